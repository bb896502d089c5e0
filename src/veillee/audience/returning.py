"""Coming back: somebody who left, bounced or was erased asked to be mailed again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from veillee.audience.subscribers import LEFT
from veillee.audience.suppression import LoadKeys, Suppression
from veillee.database.tables import choices, subscribers
from veillee.model import SubscriberState


def take_back(connection: Connection, address_key: str, *, keys: LoadKeys, now: datetime) -> bool:
    """Whether there was something to take back: a state, a digest that was left, or an erased address."""
    was_erased = Suppression(connection, keys).remove(address_key)
    wanted = select(subscribers.c.id, subscribers.c.state).where(subscribers.c.address_key == address_key)
    found = connection.execute(wanted).one_or_none()
    if found is None:
        return was_erased
    left = connection.execute(delete(choices).where(choices.c.subscriber_id == found.id, choices.c.what == LEFT))
    change = update(subscribers).where(subscribers.c.id == found.id)
    connection.execute(change.values(state=SubscriberState.ACTIVE.value, changed_at=now))
    return was_erased or left.rowcount > 0 or found.state != SubscriberState.ACTIVE.value
