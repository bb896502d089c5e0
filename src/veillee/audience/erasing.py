"""Erasing: everything personal of one subscriber goes; what stays is a number without a person, and a hash.

The row stays as a tombstone, so that no number is ever given to somebody else and the sums of past editions still
balance.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, String, case, cast, delete, literal, select, update

from veillee.audience.suppression import Suppression
from veillee.database import Database
from veillee.database.tables import bounces, choices, deliveries, subscribers
from veillee.keys import Keys
from veillee.model import DeliveryState, SubscriberState

ERASED = "erased"


def erase_subscriber(database: Database, address_key: str, *, keys: Keys, now: datetime) -> bool:
    """Whether there was somebody with this normalised address; afterwards nothing of them is in the database file."""
    with database.erasing() as connection:
        found = connection.execute(select(subscribers.c.id).where(subscribers.c.address_key == address_key)).scalar()
        if found is None:
            return False
        Suppression(connection, lambda: keys).add(address_key, reason=ERASED, keys=keys, now=now)
        _empty(connection, found, now=now)
    return True


def _empty(connection: Connection, subscriber_id: int, *, now: datetime) -> None:
    nothing = dict.fromkeys(("address", "name", "lang", "frequency", "timezone", "consent_how", "consent_text"), "")
    tombstone = {**nothing, "address_key": f"erased:{subscriber_id}", "consent_at": None, "changed_at": now}
    change = update(subscribers).where(subscribers.c.id == subscriber_id)
    connection.execute(change.values(**tombstone, state=SubscriberState.ERASED.value))
    connection.execute(delete(choices).where(choices.c.subscriber_id == subscriber_id))
    connection.execute(update(bounces).where(bounces.c.subscriber_id == subscriber_id).values(words=""))
    _empty_deliveries(connection, subscriber_id, now=now)


def _empty_deliveries(connection: Connection, subscriber_id: int, *, now: datetime) -> None:
    """Of what was not sent yet, nothing is; what is on its way at this moment arrives."""
    waits = (deliveries.c.state == DeliveryState.PLANNED.value) | deliveries.c.is_temporary
    change = update(deliveries).where(deliveries.c.subscriber_id == subscriber_id)
    connection.execute(
        change.values(
            address="",
            name="",
            domain="",
            address_key=literal("erased:") + cast(deliveries.c.id, String),
            words=case((waits, ERASED), else_=""),
            state=case((waits, DeliveryState.SKIPPED.value), else_=deliveries.c.state),
            is_temporary=False,
            settled_at=case((waits, now), else_=deliveries.c.settled_at),
            due_at=None,
        )
    )
