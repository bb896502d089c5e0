"""`veillee init`."""

from __future__ import annotations


def init() -> None:
    """To be written."""
    raise NotImplementedError
