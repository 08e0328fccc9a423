"""A yes, a no and a stop: asked, given, taken back, tried out, and followed to the sensor (chapters C and S)."""
