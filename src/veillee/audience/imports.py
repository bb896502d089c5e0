"""An import: checked rows -> the store, in one transaction, with an account of every row.

Each row is new, changed, unchanged, kept out (its owner had left) or refused. Importing twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, insert, update
from sqlalchemy.sql.expression import bindparam

from veillee.audience.rows import NewSubscriber
from veillee.audience.subscribers import CHOICES, LEFT, SUPPRESSED, subscribers_by_key
from veillee.audience.suppression import LoadKeys, Suppression
from veillee.database import Database
from veillee.database.tables import choices, subscribers
from veillee.errors import Fault
from veillee.keys import Keys
from veillee.model import Consent, Subscriber, SubscriberState

BATCH_SIZE = 2000


@dataclass(frozen=True, slots=True)
class KeptOut:
    """An address of the list whose owner had left, bounced or complained: it stays as it is."""

    path: str
    line: int
    address: str
    state: SubscriberState


@dataclass(slots=True)
class ImportReport:
    """What became of every row. `is_applied` is False where nothing was stored because of faults."""

    new_count: int = 0
    changed_count: int = 0
    unchanged_count: int = 0
    kept_out: list[KeptOut] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    is_applied: bool = True

    @property
    def done_count(self) -> int:
        return self.new_count + self.changed_count + self.unchanged_count + len(self.kept_out)

    @property
    def refused_count(self) -> int:
        """Rows that were refused: a row with several faults counts once."""
        return len({(fault.path, fault.line) for fault in self.faults})


class _NothingIsStoredError(Exception):
    """Ends the transaction of an import that takes all rows or none."""


def import_subscribers(
    database: Database,
    rows: Iterable[NewSubscriber | Fault],
    *,
    now: datetime,
    keys: LoadKeys = lambda: Keys(b""),
    all_or_nothing: bool = False,
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
                _store(connection, batch, report, erased=erased, now=now)
                if on_batch:
                    on_batch(report.done_count)
            if all_or_nothing and report.faults:
                raise _NothingIsStoredError
    except _NothingIsStoredError:
        return ImportReport(faults=report.faults, is_applied=False)
    return report


def _good(rows: Iterable[NewSubscriber | Fault], report: ImportReport) -> Iterator[NewSubscriber]:
    for row in rows:
        if isinstance(row, Fault):
            report.faults.append(row)
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
    report.kept_out.extend(_kept_out(row, SubscriberState.ERASED) for row in new if row.address.key in forgotten)
    _insert(connection, welcome, now=now)
    report.new_count += len(welcome)
    changed: list[Subscriber] = []
    for row in batch:
        before = stored.get(row.address.key)
        if before is None:
            continue
        if before.state in SUPPRESSED:
            report.kept_out.append(_kept_out(row, before.state))
        elif (after := merge(before, row)) == before:
            report.unchanged_count += 1
        else:
            changed.append(after)
    _update(connection, changed, now=now)
    report.changed_count += len(changed)


def _kept_out(row: NewSubscriber, state: SubscriberState) -> KeptOut:
    return KeptOut(row.path, row.line, row.address.shown, state)


def merge(before: Subscriber, row: NewSubscriber) -> Subscriber:
    """The subscriber as the row wants it: what the row does not speak of stays. Pure.

    The address keeps the spelling in which it was first stored. A list can take somebody off, and brings nobody back:
    neither who asked for silence nor who left a digest.
    """
    said = {name: value for name in _SAID if (value := getattr(row, name)) is not None}
    if row.left:
        said["left"] = tuple(sorted({*before.left, *row.left}))
    if row.state is SubscriberState.UNSUBSCRIBED:
        said["state"] = row.state
    return replace(before, **said) if said else before


_SAID = ("name", "lang", *CHOICES, "frequency", "timezone", "consent")


def _insert(connection: Connection, rows: list[NewSubscriber], *, now: datetime) -> None:
    if not rows:
        return
    statement = insert(subscribers).returning(subscribers.c.id, subscribers.c.address_key)
    made = connection.execute(statement, [_values(row, now=now) for row in rows])
    id_of = {key: number for number, key in made}
    _insert_choices(connection, ((id_of[row.address.key], row) for row in rows))


def _values(row: NewSubscriber, *, now: datetime) -> dict[str, Any]:
    consent = row.consent or Consent()
    return {
        "address": row.address.shown,
        "address_key": row.address.key,
        "name": row.name or "",
        "lang": row.lang or "",
        "state": (row.state or SubscriberState.ACTIVE).value,
        "subscribed_at": now,
        "changed_at": now,
        "frequency": row.frequency or "",
        "timezone": row.timezone or "",
        "consent_at": consent.at,
        "consent_how": consent.how,
        "consent_text": consent.text,
    }


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
    values: list[dict[str, Any]] = [
        {"subscriber_id": subscriber_id, "what": what, "name": name}
        for subscriber_id, owner in owners
        for what in (*CHOICES, LEFT)
        for name in getattr(owner, what) or ()
    ]
    if values:
        connection.execute(insert(choices), values)
