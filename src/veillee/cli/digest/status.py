"""`veillee digest status`."""

from __future__ import annotations


def status() -> None:
    """To be written."""
    raise NotImplementedError
