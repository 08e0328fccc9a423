"""After an incident: sealed days, release by two, who is told, what went wrong, keep or delete (chapters I and R)."""
