"""Listeners: whether a plugin of others wants to hear of something, so that it must happen as Pelican does it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from weakref import ReferenceType

_OURS = "veillee."


def others_listen(signals: Iterable[Any]) -> bool:
    """Whether anybody but us is connected to one of these signals of Pelican's."""
    return any(True for _ in others_among(signals))


def others_among(signals: Iterable[Any]) -> Iterator[Any]:
    """Whoever but us is connected to one of these signals of Pelican's."""
    return (receiver for signal in signals for receiver in _receivers(signal) if not _is_ours(receiver))


def _receivers(signal: Any) -> Iterator[Any]:
    for one in list(signal.receivers.values()):
        receiver = one() if isinstance(one, ReferenceType) else one
        if receiver is not None:
            yield receiver


def _is_ours(receiver: Any) -> bool:
    return str(getattr(receiver, "__module__", "")).startswith(_OURS)
