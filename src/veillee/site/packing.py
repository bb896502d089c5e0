"""Packing: how pickles hold small values of ours, of which a build sends and keeps tens of thousands.

Pickle asks a dataclass in Python for its fields, one by one; as a call of its class it is told, and read, much faster.
"""

from __future__ import annotations

import copyreg
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

Kind = TypeVar("Kind", bound=type)


def packed_as_call(kind: Kind) -> Kind:
    """Pickles values of exactly this class as a call of it, with what its fields hold; for those that are plain."""
    if issubclass(kind, tuple):
        copyreg.pickle(kind, lambda value: (kind, tuple(value)))
    else:
        copyreg.pickle(kind, _as_call(kind))
    return kind


def _as_call(kind: type) -> Any:
    names = [one.name for one in fields(kind)]
    get = attrgetter(*names)
    return (lambda value: (kind, get(value))) if len(names) > 1 else (lambda value: (kind, (get(value),)))
