"""Which models a node runs, named once: for the process that loads them and for the one that announces them."""

MOVEMENT = "movement-v1"
"""Range profiles to displacement, frame by frame."""
VITALS = "vitals-v2"
"""A window of displacement to a belief about its rate."""
BLOCKS = "blocks-v1"
"""Pictures to the motion of blocks."""
