"""What the screens are handed for the board and the desks behind it: plain frozen facts."""
