"""Seeing people in person: levels, rounds, entries, load and handover (chapter O)."""
