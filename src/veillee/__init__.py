"""Veillée: a newsroom for learning communities, on Pelican."""

__version__ = "0.1.0"
