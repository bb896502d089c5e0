"""Coming back: somebody who left, bounced or was erased asked to be mailed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from veillee.audience.rows import NewSubscriber
from veillee.audience.subscribers import LEFT, SUPPRESSED, subscribers_by_key
from veillee.audience.suppression import LoadKeys, Suppression
from veillee.database.tables import choices, subscribers
from veillee.model import Subscriber, SubscriberState


def welcome_back(
    connection: Connection, row: NewSubscriber, *, keys: LoadKeys, now: datetime
) -> tuple[bool, NewSubscriber]:
    """Takes somebody back, and of what they left the digests that the row names (none: all); whether there was
    something to take back, and the row to import.
    """
    key = row.address.key
    before = subscribers_by_key(connection, [key]).get(key)
    is_back = take_back(connection, key, keys=keys, now=now, digests=row.digests or ())
    return is_back, beside_others(before, row)


def beside_others(before: Subscriber | None, row: NewSubscriber) -> NewSubscriber:
    """What a row asks for when its digests are welcome again. Pure.

    Whoever still gets mail gets a digest that they had left besides the others; whoever got none gets those named.
    """
    if before is None or before.state in SUPPRESSED or not set(row.digests or ()) & set(before.left):
        return row
    together = tuple(sorted({*before.digests, *(row.digests or ())})) if before.digests else ()
    return replace(row, digests=together)


def take_back(
    connection: Connection, address_key: str, *, keys: LoadKeys, now: datetime, digests: tuple[str, ...] = ()
) -> bool:
    """Whether there was something to take back: a state, a digest that was left, or an erased address.

    With `digests`, of those that they left these alone are theirs again.
    """
    was_erased = Suppression(connection, keys).remove(address_key)
    wanted = select(subscribers.c.id, subscribers.c.state).where(subscribers.c.address_key == address_key)
    found = connection.execute(wanted).one_or_none()
    if found is None:
        return was_erased
    forgotten = delete(choices).where(choices.c.subscriber_id == found.id, choices.c.what == LEFT)
    left = connection.execute(forgotten.where(choices.c.name.in_(digests)) if digests else forgotten)
    change = update(subscribers).where(subscribers.c.id == found.id)
    connection.execute(change.values(state=SubscriberState.ACTIVE.value, changed_at=now))
    return was_erased or left.rowcount > 0 or found.state != SubscriberState.ACTIVE.value
