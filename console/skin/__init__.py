"""What stands around the screens: cookies, headers, limits on requests, and the live stream."""
