"""A row of somebody's list, as typed -> what to store, or everything that is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, TypeVar

from veillee.audience import cells
from veillee.audience.seen import SeenKeys
from veillee.errors import Fault
from veillee.model import Consent, RawSubscriber, Stream, SubscriberState
from veillee.model.address import Address
from veillee.model.audience import NO_CONSENT

Typed = TypeVar("Typed", str, tuple[str, ...])
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class NewSubscriber:
    """Somebody to store, checked. None where the list did not speak of a thing: what is stored stays.

    An empty `frequency` means no limit.
    """

    path: str
    line: int
    address: Address
    name: str | None = None
    lang: str | None = None
    digests: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    streams: tuple[str, ...] | None = None
    left: tuple[str, ...] | None = None
    frequency: str | None = None
    timezone: str | None = None
    state: SubscriberState | None = None
    subscribed_at: datetime | None = None
    consent: Consent | None = None


def check_rows(
    rows: Iterable[RawSubscriber | Fault], *, digest_ids: Collection[str]
) -> Iterator[NewSubscriber | Fault]:
    """Each row checked, each fault passed on; an address that comes a second time is a fault, in any spelling."""
    checks = RowChecks(digest_ids)
    seen = SeenKeys()
    for row in rows:
        if isinstance(row, Fault):
            yield row
            continue
        for checked in checks.check(row):
            if isinstance(checked, Fault):
                yield checked
            elif first := seen.first_line(checked.address.key, row.line):
                found = f'"{row.address.strip()}" is here a second time (first in line {first})'
                yield Fault(row.path, row.line, found, "each address once", "remove one of the two")
            else:
                yield checked


def check_row(row: RawSubscriber, *, digest_ids: Collection[str]) -> tuple[NewSubscriber | Fault, ...]:
    """The one subscriber that the row speaks of, or its faults, all of them."""
    return RowChecks(digest_ids).check(row)


class RowChecks:
    """Looks at rows cell by cell. What many rows share (a language, topics) is looked at once."""

    def __init__(self, digest_ids: Collection[str]) -> None:
        self._read_digests = _remembering(partial(cells.read_words, what="digests", known=tuple(digest_ids)))

    def check(self, row: RawSubscriber) -> tuple[NewSubscriber | Fault, ...]:
        """The one subscriber that the row speaks of, or its faults, all of them."""
        try:
            return (self._checked(row),)
        except cells.CellError:
            return tuple(self._faults(row))

    def _checked(self, row: RawSubscriber) -> NewSubscriber:
        """Raises CellError at the first cell that is wrong."""
        return NewSubscriber(
            path=row.path,
            line=row.line,
            address=cells.read_address(row.address),
            name=None if row.name is None else cells.read_name(row.name),
            lang=_read_lang(row.lang),
            digests=self._read_digests(row.digests),
            topics=_read_topics(row.topics),
            streams=_read_streams(row.streams),
            left=_read_left(row.left),
            frequency=_read_frequency(row.frequency),
            timezone=_read_timezone(row.timezone),
            state=_read_state(row.state),
            subscribed_at=None if row.subscribed_at is None else _read_subscribed_at(row.subscribed_at),
            consent=_consent(row) if row.consent_at or row.consent_how or row.consent_text else None,
        )

    def _faults(self, row: RawSubscriber) -> Iterator[Fault]:
        for name in _CELLS:
            cell = getattr(row, name)
            read: Callable[[Any], object] = self._read_digests if name == "digests" else _READERS[name]
            try:
                if cell is not None:
                    read(cell)
            except cells.CellError as err:
                yield from (Fault(row.path, row.line, *problem) for problem in err.problems)


def _remembering(read: Callable[[Typed], Value]) -> Callable[[Typed | None], Value | None]:
    """The same for a cell that may not be there, and quick for one that came before."""
    return lru_cache(cells.REMEMBERED)(lambda cell: None if cell is None else read(cell))


_read_lang = _remembering(cells.read_lang)
_read_topics = _remembering(partial(cells.read_words, what="topics"))
_read_streams = _remembering(partial(cells.read_words, what="streams", known=tuple(one.value for one in Stream)))
_read_left = _remembering(partial(cells.read_words, what="left"))
_read_frequency = _remembering(cells.read_frequency)
_read_timezone = _remembering(cells.read_timezone)
_read_state = _remembering(cells.read_state)
_read_subscribed_at = partial(cells.read_instant, what="subscribed_at")
_read_consent_at = partial(cells.read_instant, what="consent_at")
_read_consent_how = partial(cells.read_line, what="consent_how")
_read_consent_text = partial(cells.read_text, what="consent_text")

_READERS: dict[str, Callable[[Any], object]] = {
    "address": cells.read_address,
    "name": cells.read_name,
    "lang": _read_lang,
    "topics": _read_topics,
    "streams": _read_streams,
    "left": _read_left,
    "frequency": _read_frequency,
    "timezone": _read_timezone,
    "state": _read_state,
    "subscribed_at": _read_subscribed_at,
    "consent_at": _read_consent_at,
    "consent_how": _read_consent_how,
    "consent_text": _read_consent_text,
}
_CELLS = ("digests", *_READERS)


def _consent(row: RawSubscriber) -> Consent | None:
    """The record of a row, whole; None where its cells hold nothing: no list takes a record away."""
    consent = Consent(
        _read_consent_at(row.consent_at or ""),
        _read_consent_how(row.consent_how or ""),
        _read_consent_text(row.consent_text or ""),
    )
    return None if consent == NO_CONSENT else consent
