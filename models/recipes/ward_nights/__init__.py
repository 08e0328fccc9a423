"""Thirty nights of a simulated ward, lived through the real rules of alerts, rounds, load and tiles."""
