"""Pure byte decoders, one per sensor family: bytes in as they come, packets out, and a count of what was not sound."""
