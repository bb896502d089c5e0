"""The front door for Pelican: `PLUGINS = ["veillee.plugin"]`."""

from __future__ import annotations


def register() -> None:
    """Connects the readers and generators to Pelican's signals."""
