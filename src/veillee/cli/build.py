"""`veillee build`."""

from __future__ import annotations


def build() -> None:
    """To be written."""
    raise NotImplementedError
