"""The worlds that models are made and judged in: people, rooms and a radar, seeded, with known truth."""
