"""Who is on shift, what they are trained for, and in which rooms they are."""
