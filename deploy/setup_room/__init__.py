"""`hushward setup-room`: the local page on which an engineer draws a camera's room (rules N3 and P3)."""
