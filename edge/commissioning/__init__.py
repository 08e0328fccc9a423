"""Commissioning a room: an engineer tries the sensor in an empty room, under a lease of its own (rule N3)."""
