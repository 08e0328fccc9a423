"""The workshop: how each model file was made, one seeded script per file."""
