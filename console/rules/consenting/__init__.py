"""What a yes needs, what a no does, and what both are worth now (chapters C, S and E)."""
