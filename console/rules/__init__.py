"""The rule book as pure functions: no input or output, no clock of their own; each returns a decision with its rule."""
