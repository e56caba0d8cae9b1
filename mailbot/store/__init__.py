"""Store: the only SQL."""
