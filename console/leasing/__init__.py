"""Permissions on their way to the sensors: leases, their book and their serials."""
