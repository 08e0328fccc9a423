"""How well estimates are: accuracy and coverage side by side, never one without the other; `judge` walks a list."""
