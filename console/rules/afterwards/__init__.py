"""What follows an incident, a complaint or a wish to have notes deleted (chapters I, R and S)."""
