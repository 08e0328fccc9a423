"""One module per kind of reader: who sees what, and which command a press becomes."""
