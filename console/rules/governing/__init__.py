"""Papers, counts and reviews of those who answer for the ward (chapters G and E)."""
