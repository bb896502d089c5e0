"""An import: checked rows -> the store, in one transaction, with an account of every row.

Each row is new, changed, unchanged, kept out (its owner had left) or refused. Importing twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, insert, update
from sqlalchemy.sql.expression import bindparam

from veillee.audience.rows import NewSubscriber
from veillee.audience.subscribers import CHOICES, SUPPRESSED, subscribers_by_key
from veillee.database import Database
from veillee.database.tables import choices, subscribers
from veillee.errors import Fault
from veillee.model import Subscriber, SubscriberState

BATCH_SIZE = 500


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
    def refused_count(self) -> int:
        """Rows that were refused: a row with several faults counts once."""
        return len({(fault.path, fault.line) for fault in self.faults})


class _NothingIsStoredError(Exception):
    """Ends the transaction of an import that takes all rows or none."""


def import_subscribers(
    database: Database, rows: Iterable[NewSubscriber | Fault], *, now: datetime, all_or_nothing: bool = False
) -> ImportReport:
    """Stores the good rows in one transaction and accounts for all; with `all_or_nothing` one fault stores nothing."""
    report = ImportReport()
    try:
        with database.writing() as connection:
            for batch in _batches(_good(rows, report)):
                _store(connection, batch, report, now=now)
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


def _store(connection: Connection, batch: list[NewSubscriber], report: ImportReport, *, now: datetime) -> None:
    stored = subscribers_by_key(connection, (row.address.key for row in batch))
    new = [row for row in batch if row.address.key not in stored]
    _insert(connection, new, now=now)
    report.new_count += len(new)
    changed: list[Subscriber] = []
    for row in batch:
        before = stored.get(row.address.key)
        if before is None:
            continue
        if before.state in SUPPRESSED:
            report.kept_out.append(KeptOut(row.path, row.line, before.address, before.state))
        elif (after := merge(before, row)) == before:
            report.unchanged_count += 1
        else:
            changed.append(after)
    _update(connection, changed, now=now)
    report.changed_count += len(changed)


def merge(before: Subscriber, row: NewSubscriber) -> Subscriber:
    """The subscriber as the row wants it: what the row does not speak of stays. Pure.

    The address keeps the spelling in which it was first stored.
    """
    said = {name: getattr(row, name) for name in ("name", "lang", *CHOICES)}
    return replace(before, **{name: value for name, value in said.items() if value is not None})


def _insert(connection: Connection, rows: list[NewSubscriber], *, now: datetime) -> None:
    if not rows:
        return
    values = [
        {
            "address": row.address.shown,
            "address_key": row.address.key,
            "name": row.name or "",
            "lang": row.lang or "",
            "state": SubscriberState.ACTIVE.value,
            "subscribed_at": now,
            "changed_at": now,
        }
        for row in rows
    ]
    statement = insert(subscribers).returning(subscribers.c.id, subscribers.c.address_key)
    id_of = {made.address_key: made.id for made in connection.execute(statement, values)}
    _insert_choices(connection, ((id_of[row.address.key], row) for row in rows))


def _update(connection: Connection, changed: list[Subscriber], *, now: datetime) -> None:
    if not changed:
        return
    statement = update(subscribers).where(subscribers.c.id == bindparam("its_id"))
    values = [{"its_id": one.id, "name": one.name, "lang": one.lang, "changed_at": now} for one in changed]
    connection.execute(
        statement.values(name=bindparam("name"), lang=bindparam("lang"), changed_at=bindparam("changed_at")), values
    )
    connection.execute(delete(choices).where(choices.c.subscriber_id.in_([one.id for one in changed])))
    _insert_choices(connection, ((one.id, one) for one in changed))


def _insert_choices(connection: Connection, owners: Iterable[tuple[int, NewSubscriber | Subscriber]]) -> None:
    values: list[dict[str, Any]] = [
        {"subscriber_id": subscriber_id, "what": what, "name": name}
        for subscriber_id, owner in owners
        for what in CHOICES
        for name in getattr(owner, what) or ()
    ]
    if values:
        connection.execute(insert(choices), values)
