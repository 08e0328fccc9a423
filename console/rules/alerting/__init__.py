"""When somebody is called, who goes, and what ends a call (chapters A and K)."""
