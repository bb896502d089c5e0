"""One database for subscribers and ledger: its tables, its door, and the steps that brought it here."""

from veillee.database.door import Database, is_made, open_database

__all__ = ["Database", "is_made", "open_database"]
