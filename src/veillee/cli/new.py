"""`veillee new`."""

from __future__ import annotations


def new() -> None:
    """To be written."""
    raise NotImplementedError
