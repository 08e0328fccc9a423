"""What is noted about staff: their own page, and when their names go (rule P11)."""
