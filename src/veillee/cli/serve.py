"""`veillee serve`."""

from __future__ import annotations


def serve() -> None:
    """To be written."""
    raise NotImplementedError
