"""`veillee digest preview`."""

from __future__ import annotations


def preview() -> None:
    """To be written."""
    raise NotImplementedError
