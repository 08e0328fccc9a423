"""What may be said of what is sensed: readings, their age, tiles and trends (chapters K and A)."""
