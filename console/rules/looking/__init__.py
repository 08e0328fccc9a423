"""Who looks at what, what stands out, and what is kept of staff (chapters X and P)."""
