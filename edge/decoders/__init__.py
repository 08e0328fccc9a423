"""Bytes of a live sensor to what it said; pure, and never surprised by what a cable can do to them."""
