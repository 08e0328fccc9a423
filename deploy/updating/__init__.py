"""Updates of a ward's machines: signed, tried in one room first, and never at night (rule N5)."""
