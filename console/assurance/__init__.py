"""The governance lead's desk (chapter G): daily figures, the month's audit, papers with dates, and what is public."""
