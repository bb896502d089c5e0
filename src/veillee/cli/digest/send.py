"""`veillee digest send`."""

from __future__ import annotations


def send() -> None:
    """To be written."""
    raise NotImplementedError
