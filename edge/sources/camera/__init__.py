"""Pictures in, frames out: masked, grey and small before anything else sees them; a door to OpenCV."""
