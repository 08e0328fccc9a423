"""An edge node: from a frame to a message, and only while a lease allows it."""
