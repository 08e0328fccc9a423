"""The keys and certificates that lie outside the database, and what they sign."""
