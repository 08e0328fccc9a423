"""Who stays where: rooms, stays, places and absences."""
