"""Where real things are chosen, and how they run."""
