"""One database for subscribers and ledger: its tables, its door, and the steps that brought it here."""

from veillee.database.door import Database, open_database

__all__ = ["Database", "open_database"]
