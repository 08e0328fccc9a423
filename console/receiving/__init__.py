"""What nodes say: checked, taken in, settled into rows, and held in memory for the moment."""
