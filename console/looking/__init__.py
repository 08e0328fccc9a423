"""Looks at patients: what surrounds one, who counts them, who is told (rules X1, X2, X7, X8)."""
