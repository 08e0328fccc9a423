"""A console from its settings to its end: read, opened, run in loops, logged."""
