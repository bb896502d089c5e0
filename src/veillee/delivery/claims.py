"""Claims: the steps of one delivery's row, each inside a transaction that the ledger opens.

A claim locks the rows it takes and a record names the run that holds the row, so that two senders never hold one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from veillee.database.tables import deliveries, subscribers
from veillee.delivery.envelope import Outcome, Reply
from veillee.delivery.records import Delivery, FrozenEdition
from veillee.delivery.records import delivery as delivery_of
from veillee.model import DeliveryState, SubscriberState

_STATE_AFTER = {
    Reply.ACCEPTED: DeliveryState.ACCEPTED,
    Reply.PERMANENT: DeliveryState.FAILED,
    Reply.TEMPORARY: DeliveryState.FAILED,
    Reply.IN_DOUBT: DeliveryState.IN_DOUBT,
}


def claim(
    connection: Connection, edition: FrozenEdition, *, run: str, transport: str, now: datetime, limit: int
) -> tuple[Delivery, ...]:
    """The next rows that nobody holds, held by `run` from now on; whoever left since the plan is skipped."""
    while rows := _next_planned(connection, edition, limit):
        left = {row.id: row.subscriber_state for row in rows if row.subscriber_state != SubscriberState.ACTIVE.value}
        for delivery_id, state in left.items():
            _skip(connection, delivery_id, SubscriberState(state), now=now)
        claimed = [row for row in rows if row.id not in left]
        if claimed:
            change = update(deliveries).where(deliveries.c.id.in_([row.id for row in claimed]))
            connection.execute(
                change.values(
                    state=DeliveryState.CLAIMED.value,
                    claimed_by=run,
                    transport=transport,
                    claimed_at=now,
                    settled_at=None,
                    attempts=deliveries.c.attempts + 1,
                )
            )
            return tuple(delivery_of(row) for row in claimed)
    return ()


def _next_planned(connection: Connection, edition: FrozenEdition, limit: int) -> list[Row[Any]]:
    """The first rows that nobody holds, locked for this transaction (on SQLite the whole database is)."""
    wanted = (
        select(deliveries, subscribers.c.state.label("subscriber_state"))
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(deliveries.c.edition_id == edition.id, deliveries.c.state == DeliveryState.PLANNED.value)
        .order_by(deliveries.c.id)
        .limit(limit)
        .with_for_update(of=deliveries, skip_locked=True)
    )
    return list(connection.execute(wanted))


def _skip(connection: Connection, delivery_id: int, state: SubscriberState, *, now: datetime) -> None:
    change = update(deliveries).where(deliveries.c.id == delivery_id)
    reason = f"{state.value} after the edition was planned"
    connection.execute(change.values(state=DeliveryState.SKIPPED.value, words=reason, settled_at=now))


def record(connection: Connection, delivery: Delivery, outcome: Outcome, *, run: str, now: datetime) -> None:
    """What became of a claim, even where another run took this one for dead and called the row doubtful."""
    change = update(deliveries).where(
        deliveries.c.id == delivery.id,
        deliveries.c.claimed_by == run,
        deliveries.c.state.in_((DeliveryState.CLAIMED.value, DeliveryState.IN_DOUBT.value)),
    )
    connection.execute(
        change.values(
            state=_STATE_AFTER[outcome.reply].value,
            is_temporary=outcome.reply is Reply.TEMPORARY,
            words=outcome.words,
            settled_at=now,
        )
    )


def after_a_crash(*, was_delivered: bool | None, now: datetime) -> dict[str, Any]:
    """What becomes of a claim whose sender died, by what can be known of its message."""
    if was_delivered is None:
        words = "the sender stopped after the message may have left, and before the answer was written down"
        return {"state": DeliveryState.IN_DOUBT.value, "words": words, "settled_at": now}
    if was_delivered:
        words = "found where it was delivered, after the sender had stopped"
        return {"state": DeliveryState.ACCEPTED.value, "words": words, "settled_at": now}
    return {"state": DeliveryState.PLANNED.value, "claimed_by": None}


def is_held(run: str) -> Any:
    """The condition that a row is claimed by this run."""
    return (deliveries.c.state == DeliveryState.CLAIMED.value) & (deliveries.c.claimed_by == run)
