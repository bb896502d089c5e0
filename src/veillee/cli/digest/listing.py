"""`veillee digest list`."""

from __future__ import annotations


def list_digests() -> None:
    """To be written."""
    raise NotImplementedError
