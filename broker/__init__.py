"""The shared vocabulary: what may be said between a node and the console, on which topic, over which link."""
