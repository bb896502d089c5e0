"""The front door for people: one file per command."""
