"""Claims: the steps of deliveries' rows, each inside a transaction that the ledger opens.

A claim locks the rows it takes and records which run holds them, so that two senders never hold one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, case, exists, or_, select, update
from sqlalchemy.sql.expression import bindparam

from veillee.database.bulk import instant_writer, update_rows
from veillee.database.tables import choices, deliveries, editions, subscribers
from veillee.delivery.envelope import Outcome, Reply
from veillee.delivery.ledger.records import COLUMNS, Delivery, FrozenEdition, Run
from veillee.delivery.ledger.records import delivery as delivery_of
from veillee.delivery.ledger.retries import gave_up, next_attempt
from veillee.delivery.sending.rates import Rates
from veillee.model import DeliveryState, SubscriberState

ROUNDS = 4
"""How often a claim looks further where whole domains have to wait."""

_STATE_AFTER = {
    Reply.ACCEPTED: DeliveryState.ACCEPTED,
    Reply.PERMANENT: DeliveryState.FAILED,
    Reply.TEMPORARY: DeliveryState.FAILED,
    Reply.IN_DOUBT: DeliveryState.IN_DOUBT,
}


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim took. `skipped` left since the plan; `waiting_domains` have rows that may not go yet."""

    deliveries: tuple[Delivery, ...] = ()
    skipped: tuple[Delivery, ...] = ()
    waiting_domains: frozenset[str] = frozenset()
    is_paused: bool = False


def claim(
    connection: Connection, edition: FrozenEdition, *, run: Run, rates: Rates, now: datetime, limit: int
) -> Claimed:
    """The next rows that nobody holds, held by `run` from now on; whoever left since the plan is skipped."""
    if connection.execute(select(editions.c.is_paused).where(editions.c.id == edition.id)).scalar():
        return Claimed(is_paused=True)
    admitted: list[Row[Any]] = []
    skipped: list[Row[Any]] = []
    waiting: set[str] = set()
    for _ in range(ROUNDS):
        rows = _next_planned(connection, edition, limit - len(admitted), now, waiting, {row.id for row in admitted})
        left = {row.id: reason for row in rows if (reason := _left(row))}
        _skip(connection, left, now=now)
        skipped.extend(row for row in rows if row.id in left)
        _sort_out((row for row in rows if row.id not in left), rates, admitted, waiting)
        if not rows or len(admitted) >= limit:
            break
    _hold(connection, [row.id for row in admitted], run=run, now=now)
    claimed = tuple(delivery_of(row, attempts=1) for row in admitted)
    return Claimed(claimed, tuple(map(delivery_of, skipped)), frozenset(waiting))


def _sort_out(rows: Iterable[Row[Any]], rates: Rates, admitted: list[Row[Any]], waiting: set[str]) -> None:
    for row in rows:
        domain = row.domain
        if domain not in waiting and rates.admit(domain):
            admitted.append(row)
        else:
            waiting.add(domain)


def _next_planned(
    connection: Connection, edition: FrozenEdition, limit: int, now: datetime, closed: set[str], taken: set[int]
) -> Sequence[Row[Any]]:
    """The first rows that nobody holds, locked for this transaction (on SQLite the whole database is)."""
    wanted: Select[Any] = (
        select(*COLUMNS, deliveries.c.domain, subscribers.c.state.label("subscriber_state"), _has_left(edition))
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(deliveries.c.edition_id == edition.id, deliveries.c.state == DeliveryState.PLANNED.value)
        .where(or_(deliveries.c.due_at.is_(None), deliveries.c.due_at <= now))
        .order_by(deliveries.c.variant_id, deliveries.c.id)
        .limit(limit)
        .with_for_update(of=deliveries, skip_locked=True)
    )
    if closed:
        wanted = wanted.where(deliveries.c.domain.not_in(closed))
    if taken:
        wanted = wanted.where(deliveries.c.id.not_in(taken))
    return connection.execute(wanted).all()


def _has_left(edition: FrozenEdition) -> Any:
    """Whether the recipient has left this digest, and maybe no other."""
    found = exists().where(
        choices.c.subscriber_id == deliveries.c.subscriber_id,
        choices.c.what == "left",
        choices.c.name == edition.digest_id,
    )
    return found.label("has_left")


def _left(row: Row[Any]) -> str:
    """Why a recipient gets nothing any more; empty where they do."""
    if row.subscriber_state != SubscriberState.ACTIVE.value:
        return f"{row.subscriber_state} after the edition was planned"
    return "left this digest after the edition was planned" if row.has_left else ""


def _hold(connection: Connection, ids: Sequence[int], *, run: Run, now: datetime) -> None:
    if not ids:
        return
    change = update(deliveries).where(deliveries.c.id.in_(ids))
    connection.execute(
        change.values(
            state=DeliveryState.CLAIMED.value,
            claimed_by=run.name,
            transport=run.transport,
            claimed_at=now,
            settled_at=None,
            attempts=deliveries.c.attempts + 1,
        )
    )


def _skip(connection: Connection, left: Mapping[int, str], *, now: datetime) -> None:
    for reason in set(left.values()):
        ids = [delivery_id for delivery_id, why in left.items() if why == reason]
        change = update(deliveries).where(deliveries.c.id.in_(ids))
        connection.execute(change.values(state=DeliveryState.SKIPPED.value, words=reason, settled_at=now))


_RECORD = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("its_id"),
        deliveries.c.claimed_by == bindparam("its_run"),
        or_(
            deliveries.c.state == DeliveryState.CLAIMED.value,
            deliveries.c.state == DeliveryState.IN_DOUBT.value,
        ),
    )
    .values(
        state=bindparam("its_state"),
        is_temporary=bindparam("its_temporary"),
        words=case((deliveries.c.address == "", ""), else_=bindparam("its_words")),  # erased meanwhile: no traces
        settled_at=bindparam("its_instant"),
        due_at=bindparam("its_due"),
    )
)


def record(connection: Connection, settled: Sequence[tuple[Delivery, Outcome]], *, run: str, now: datetime) -> None:
    """What became of claims, even where another run took this one for dead and called the rows doubtful."""
    written = instant_writer(connection)
    its_instant = written(now)
    rows = []
    for delivery, outcome in settled:
        again = next_attempt(delivery.attempts, now=now) if outcome.reply is Reply.TEMPORARY else None
        is_given_up = outcome.reply is Reply.TEMPORARY and again is None
        row = {
            "its_id": delivery.id,
            "its_run": run,
            "its_state": _STATE_AFTER[outcome.reply].value,
            "its_temporary": again is not None,
            "its_words": gave_up(delivery.attempts, outcome.words) if is_given_up else outcome.words,
            "its_instant": its_instant,
            "its_due": written(again),
        }
        rows.append(row)
    update_rows(connection, _RECORD, rows)


def release(connection: Connection, ids: Sequence[int], *, run: str) -> None:
    """Gives claims back whose message has certainly not left: as if they had never been claimed."""
    if ids:
        change = update(deliveries).where(is_held(run), deliveries.c.id.in_(ids))
        connection.execute(
            change.values(state=DeliveryState.PLANNED.value, claimed_by=None, attempts=deliveries.c.attempts - 1)
        )


def is_held(run: str) -> Any:
    """The condition that a row is claimed by this run."""
    return (deliveries.c.state == DeliveryState.CLAIMED.value) & (deliveries.c.claimed_by == run)
