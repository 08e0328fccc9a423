"""A node's life at the broker: asked for on the node, vouched for on the ward's machine, renewed, taken back, wiped."""
