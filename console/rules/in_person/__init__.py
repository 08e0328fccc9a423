"""People who see people: levels, rounds, entries, load and training (chapters O and G3)."""
