"""`veillee digest draft`."""

from __future__ import annotations


def draft() -> None:
    """To be written."""
    raise NotImplementedError
