"""Store: the only SQL, on SQLite (the default) or PostgreSQL (for several workers); both sit the same tests."""

from mailbot.store.unit import Store, Unit, open_store

__all__ = ["Store", "Unit", "open_store"]
