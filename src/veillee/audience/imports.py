"""An import: checked rows -> the store, in one transaction, with an account of every row.

Each row is new, changed, unchanged, kept out (its owner had left) or refused. Importing twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.sql.expression import bindparam

from veillee.audience.returning import welcome_back
from veillee.audience.rows import NewSubscriber
from veillee.audience.subscribers import CHOICES, LEFT, SUPPRESSED, subscribers_by_key
from veillee.audience.suppression import LoadKeys, Suppression
from veillee.database import Database
from veillee.database.bulk import insert_rows, instant_writer
from veillee.database.tables import choices, subscribers
from veillee.errors import Fault
from veillee.keys import Keys
from veillee.model import Subscriber, SubscriberState
from veillee.model.audience import NO_CONSENT

BATCH_SIZE = 2000
MAX_NAMED = 10_000


@dataclass(frozen=True, slots=True)
class KeptOut:
    """An address of the list whose owner had left, bounced or complained: it stays as it is."""

    path: str
    line: int
    address: str
    state: SubscriberState


@dataclass(frozen=True, slots=True)
class StillLeft:
    """Digests that a list chose for somebody who had left them: the rest of the row was taken."""

    path: str
    line: int
    address: str
    digests: tuple[str, ...]


@dataclass(slots=True)
class ImportReport:
    """What became of every row. `is_applied` is False where nothing was stored because of faults.

    Every row is counted; `kept_out` and `faults` name the first ones of each, so that memory stays flat.
    """

    new_count: int = 0
    changed_count: int = 0
    unchanged_count: int = 0
    kept_out_count: int = 0
    back_count: int = 0  # of these, who left and asked to return
    refused_count: int = 0  # rows: one with several faults counts once
    kept_out: list[KeptOut] = field(default_factory=list)
    still_left: list[StillLeft] = field(default_factory=list)
    still_left_count: int = 0
    faults: list[Fault] = field(default_factory=list)
    is_applied: bool = True
    _last_refused: tuple[str, int] | None = None

    @property
    def done_count(self) -> int:
        return self.new_count + self.changed_count + self.unchanged_count + self.kept_out_count + self.refused_count

    def keep_out(self, row: NewSubscriber, state: SubscriberState) -> None:
        self.kept_out_count += 1
        if len(self.kept_out) < MAX_NAMED:
            self.kept_out.append(KeptOut(row.path, row.line, row.address.shown, state))

    def leave_out(self, row: NewSubscriber, before: Subscriber) -> None:
        """Says which digests of a row stay left."""
        if digests := tuple(sorted(set(row.digests or ()) & set(before.left))):
            self.still_left_count += 1
            if len(self.still_left) < MAX_NAMED:
                self.still_left.append(StillLeft(row.path, row.line, row.address.shown, digests))

    def refuse(self, fault: Fault) -> None:
        """The faults of a row come one after the other."""
        place = (fault.path, fault.line)
        self.refused_count += place != self._last_refused
        self._last_refused = place
        if len(self.faults) < MAX_NAMED:
            self.faults.append(fault)


class _NothingIsStoredError(Exception):
    """Ends the transaction of an import that takes all rows or none."""


def import_subscribers(
    database: Database,
    rows: Iterable[NewSubscriber | Fault],
    *,
    now: datetime,
    keys: LoadKeys = lambda: Keys(b""),
    all_or_nothing: bool = False,
    by_their_wish: bool = False,
    on_batch: Callable[[int], None] | None = None,
) -> ImportReport:
    """Stores the good rows in one transaction and accounts for all; with `all_or_nothing` one fault stores nothing.

    `keys` tell the addresses that were erased; without them nobody can have been. `on_batch` hears how many rows are
    done. Raises ConfigurationError where an erased address could not be told.
    """
    report = ImportReport()
    try:
        with database.writing() as connection:
            erased = Suppression(connection, keys)
            for batch in _batches(_good(rows, report)):
                if by_their_wish:
                    welcomed = [welcome_back(connection, row, keys=keys, now=now) for row in batch]
                    report.back_count += sum(is_back for is_back, _ in welcomed)
                    batch = [row for _, row in welcomed]
                _store(connection, batch, report, erased=erased, now=now)
                if on_batch:
                    on_batch(report.done_count)
            if all_or_nothing and report.refused_count:
                raise _NothingIsStoredError
    except _NothingIsStoredError:
        return ImportReport(faults=report.faults, refused_count=report.refused_count, is_applied=False)
    return report


def _good(rows: Iterable[NewSubscriber | Fault], report: ImportReport) -> Iterator[NewSubscriber]:
    for row in rows:
        if isinstance(row, Fault):
            report.refuse(row)
        else:
            yield row


def _batches(rows: Iterator[NewSubscriber]) -> Iterator[list[NewSubscriber]]:
    while batch := list(islice(rows, BATCH_SIZE)):
        yield batch


def _store(
    connection: Connection, batch: list[NewSubscriber], report: ImportReport, *, erased: Suppression, now: datetime
) -> None:
    stored = subscribers_by_key(connection, (row.address.key for row in batch))
    new = [row for row in batch if row.address.key not in stored]
    forgotten = erased.among([row.address.key for row in new])
    welcome = [row for row in new if row.address.key not in forgotten]
    for row in new:
        if row.address.key in forgotten:
            report.keep_out(row, SubscriberState.ERASED)
    _insert(connection, welcome, now=now)
    report.new_count += len(welcome)
    changed: list[Subscriber] = []
    for row in batch:
        before = stored.get(row.address.key)
        if before is None:
            continue
        after = merge(before, row)
        if stays_silent(before, row, after):
            report.keep_out(row, before.state)
            continue
        report.leave_out(row, before)
        if after is before:
            report.unchanged_count += 1
        else:
            changed.append(after)
    _update(connection, changed, now=now)
    report.changed_count += len(changed)


_SILENCE = {
    SubscriberState.ACTIVE: 0,
    SubscriberState.PENDING: 1,
    SubscriberState.PAUSED: 2,
    **dict.fromkeys(SUPPRESSED, 3),
}
_SAID = ("name", "lang", *CHOICES, "frequency", "timezone", "consent")


def stays_silent(before: Subscriber, row: NewSubscriber, after: Subscriber) -> bool:
    """Whether a row is kept out: it would wake somebody, or change somebody who left. Pure.

    A list that says of somebody that they left, as is known, changes nothing.
    """
    if before.state in SUPPRESSED:
        return row.state is not before.state or after is not before
    return row.state is not None and _SILENCE[row.state] < _SILENCE[before.state]


def merge(before: Subscriber, row: NewSubscriber) -> Subscriber:
    """The subscriber as the row wants it, the same object where nothing changes: what it does not speak of stays. Pure.

    The address keeps the spelling in which it was first stored, and the day since when. A list can take somebody off,
    and brings nobody back: neither who asked for silence nor who left a digest.
    """
    said: dict[str, Any] = {}
    for name in _SAID:
        value = getattr(row, name)
        if name == "digests" and value and before.left:
            value = tuple(one for one in value if one not in before.left) or None
        if value is not None and value != getattr(before, name):
            said[name] = value
    if row.left and (left := {*before.left, *row.left}) != {*before.left}:
        said["left"] = tuple(sorted(left))
    if row.state is not None and _SILENCE[row.state] > _SILENCE[before.state]:
        said["state"] = row.state
    return replace(before, **said) if said else before


_STORED = (
    "address",
    "address_key",
    "name",
    "lang",
    "state",
    "subscribed_at",
    "changed_at",
    "frequency",
    "timezone",
    "consent_at",
    "consent_how",
    "consent_text",
)


def _insert(connection: Connection, rows: list[NewSubscriber], *, now: datetime) -> None:
    write = instant_writer(connection)
    stored_now = write(now)

    def values(row: NewSubscriber) -> tuple[Any, ...]:
        consent = row.consent or NO_CONSENT
        return (
            row.address.shown,
            row.address.key,
            row.name or "",
            row.lang or "",
            row.state.value if row.state else "active",
            write(row.subscribed_at) if row.subscribed_at else stored_now,
            stored_now,
            row.frequency or "",
            row.timezone or "",
            write(consent.at) if consent.at else None,
            consent.how,
            consent.text,
        )

    insert_rows(connection, subscribers, _STORED, [values(row) for row in rows])
    choosers = {row.address.key: row for row in rows if row.topics or row.digests or row.streams or row.left}
    wanted = select(subscribers.c.id, subscribers.c.address_key).where(subscribers.c.address_key.in_(list(choosers)))
    made = connection.execute(wanted).all() if choosers else ()
    _insert_choices(connection, ((number, choosers[key]) for number, key in made))


_CHANGED = ("name", "lang", "frequency", "timezone")


def _update(connection: Connection, changed: list[Subscriber], *, now: datetime) -> None:
    if not changed:
        return
    values = [
        {
            "its_id": one.id,
            **{f"its_{name}": getattr(one, name) for name in _CHANGED},
            "its_state": one.state.value,
            "its_consent_at": one.consent.at,
            "its_consent_how": one.consent.how,
            "its_consent_text": one.consent.text,
        }
        for one in changed
    ]
    names = (*_CHANGED, "state", "consent_at", "consent_how", "consent_text")
    statement = update(subscribers).where(subscribers.c.id == bindparam("its_id"))
    connection.execute(statement.values(changed_at=now, **{name: bindparam(f"its_{name}") for name in names}), values)
    theirs = choices.c.subscriber_id.in_([one.id for one in changed])
    connection.execute(delete(choices).where(theirs, choices.c.what.in_((*CHOICES, LEFT))))
    _insert_choices(connection, ((one.id, one) for one in changed))


def _insert_choices(connection: Connection, owners: Iterable[tuple[int, NewSubscriber | Subscriber]]) -> None:
    rows = [
        (subscriber_id, what, name)
        for subscriber_id, owner in owners
        for what in (*CHOICES, LEFT)
        for name in getattr(owner, what) or ()
    ]
    insert_rows(connection, choices, ("subscriber_id", "what", "name"), rows)
