"""Erasing: everything personal of one subscriber goes; what stays is a number without a person, and a hash.

The row stays as a tombstone, so that no number is ever given to somebody else and the sums of past editions still
balance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, String, case, cast, delete, literal, select, update

from veillee.audience.suppression import Suppression
from veillee.database import Database
from veillee.database.tables import bounces, choices, deliveries, subscribers
from veillee.keys import Keys
from veillee.model import DeliveryState, SubscriberState
from veillee.model.address import Address

ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What became of a wish to be forgotten. `is_wiped` False: another program keeps old bytes of the database alive.

    `was_erased` says that it had been done before; where neither is true, nobody here has that address.
    """

    was_there: bool = False
    was_erased: bool = False
    delivery_count: int = 0
    is_wiped: bool = True

    @property
    def is_done(self) -> bool:
        return self.was_there or self.was_erased


def erase_subscriber(database: Database, address: Address, *, keys: Keys, now: datetime) -> Erasure:
    """Afterwards nothing of whoever had this address is in the database, and nothing of it in its files."""
    wanted = select(subscribers.c.id, subscribers.c.address).where(subscribers.c.address_key == address.key)
    with database.erasing() as connection:
        suppression = Suppression(connection, lambda: keys)
        found = connection.execute(wanted).one_or_none()
        if found is None:
            erasure = Erasure(was_erased=bool(suppression.among([address.key])))
        else:
            suppression.add(address.key, reason=ERASED, keys=keys, now=now)
            erasure = Erasure(was_there=True, delivery_count=_empty(connection, found.id, now=now))
    spelled = {address.key, address.shown, address.wire, found.address if found else ""}
    return replace(erasure, is_wiped=database.wipe(spelled)) if erasure.is_done else erasure


def _empty(connection: Connection, subscriber_id: int, *, now: datetime) -> int:
    """How many deliveries there were."""
    nothing = dict.fromkeys(("address", "name", "lang", "frequency", "timezone", "consent_how", "consent_text"), "")
    tombstone = {**nothing, "address_key": f"erased:{subscriber_id}", "consent_at": None, "changed_at": now}
    change = update(subscribers).where(subscribers.c.id == subscriber_id)
    connection.execute(change.values(**tombstone, state=SubscriberState.ERASED.value))
    connection.execute(delete(choices).where(choices.c.subscriber_id == subscriber_id))
    connection.execute(update(bounces).where(bounces.c.subscriber_id == subscriber_id).values(words=""))
    return _empty_deliveries(connection, subscriber_id, now=now)


def _empty_deliveries(connection: Connection, subscriber_id: int, *, now: datetime) -> int:
    """Of what was not sent yet, nothing is; what is on its way at this moment arrives."""
    waits = (deliveries.c.state == DeliveryState.PLANNED.value) | deliveries.c.is_temporary
    change = update(deliveries).where(deliveries.c.subscriber_id == subscriber_id)
    emptied = connection.execute(
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
    return emptied.rowcount
