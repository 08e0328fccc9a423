"""What machines ask the console."""
