"""Leaving: a signed token -> the addresses that a mail carries for it -> a subscriber who gets one digest less.

Whoever leaves a digest keeps a row in the choices that says so (`left`), which no later list takes away. Who leaves
the last one is unsubscribed; their choices stay, for the day on which they ask to return.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import Connection, delete, insert, select, update

from veillee.audience.subscribers import LEFT
from veillee.audience.tokens import Leaving, sign_leaving
from veillee.database.tables import choices, subscribers
from veillee.model import SubscriberState

CAN_LEAVE = frozenset(
    (SubscriberState.PENDING, SubscriberState.ACTIVE, SubscriberState.PAUSED, SubscriberState.BOUNCED)
)
"""States in which there is something to leave. A bounced address may be taken back one day; its wish stands then."""

_PLAIN_IN_MAILTO = "@+-._~!$'*"  # RFC 6068 section 2


@dataclass(frozen=True, slots=True)
class LeavingUrls:
    """Where a reader leaves. `https` is None while no desk answers there."""

    mailto: str
    https: str | None


def leaving_urls(leaving: Leaving, *, unsubscribe_to: str, desk_url: str | None, key: bytes) -> LeavingUrls:
    """What List-Unsubscribe and the foot of a mail carry; `unsubscribe_to` is a wire address."""
    token = sign_leaving(leaving, secret=key)
    mailto = f"mailto:{quote(unsubscribe_to, safe=_PLAIN_IN_MAILTO)}?subject=unsubscribe%20{token}"
    return LeavingUrls(mailto, f"{desk_url.rstrip('/')}/leave/{token}" if desk_url else None)


@dataclass(frozen=True, slots=True)
class Departure:
    """What a wish to leave changes. `address` is None where nobody has that number any more.

    `digest_id` None means all digests; `is_last` says that no digest remains, `changes` that something is to be
    written down.
    """

    subscriber_id: int
    address: str | None
    digest_id: str | None
    is_last: bool = False
    changes: bool = False


def leave(connection: Connection, leaving: Leaving, *, digest_ids: Iterable[str], now: datetime) -> Departure:
    """Writes a wish to leave down, inside the caller's transaction; a second time changes nothing.

    `digest_ids` are the digests that there are: who has left each of them has left for good.
    """
    departure = _departure(connection, leaving, digest_ids=frozenset(digest_ids))
    if departure.changes:
        _record(connection, departure, now=now)
    return departure


def _departure(connection: Connection, leaving: Leaving, *, digest_ids: frozenset[str]) -> Departure:
    wanted = select(subscribers.c.address, subscribers.c.state).where(subscribers.c.id == leaving.subscriber_id)
    found = connection.execute(wanted.with_for_update()).one_or_none()
    if found is None or found.state == SubscriberState.ERASED:
        return Departure(leaving.subscriber_id, None, leaving.digest_id)
    nothing = Departure(leaving.subscriber_id, found.address, leaving.digest_id)
    if found.state not in CAN_LEAVE:
        return nothing
    if leaving.digest_id is None:
        return replace(nothing, is_last=True, changes=True)
    return decide_departure(
        nothing,
        leaving.digest_id,
        chosen=_names(connection, leaving.subscriber_id, "digests"),
        left=_names(connection, leaving.subscriber_id, LEFT),
        digest_ids=digest_ids,
    )


def decide_departure(
    nothing: Departure, digest_id: str, *, chosen: frozenset[str], left: frozenset[str], digest_ids: frozenset[str]
) -> Departure:
    """What leaving one digest changes for who chose these (none: all of them) and left those before. Pure."""
    if digest_id in left and digest_id not in chosen:
        return nothing
    remaining = (chosen or digest_ids) - left - {digest_id}
    return replace(nothing, is_last=not remaining, changes=True)


def _names(connection: Connection, subscriber_id: int, what: str) -> frozenset[str]:
    wanted = select(choices.c.name).where(choices.c.subscriber_id == subscriber_id, choices.c.what == what)
    return frozenset(connection.execute(wanted).scalars())


def _record(connection: Connection, departure: Departure, *, now: datetime) -> None:
    change = update(subscribers).where(subscribers.c.id == departure.subscriber_id).values(changed_at=now)
    if departure.is_last:
        connection.execute(change.values(state=SubscriberState.UNSUBSCRIBED.value))
        return
    connection.execute(change)
    same = (choices.c.subscriber_id == departure.subscriber_id) & (choices.c.name == departure.digest_id)
    connection.execute(delete(choices).where(same, choices.c.what.in_((LEFT, "digests"))))
    connection.execute(
        insert(choices).values(subscriber_id=departure.subscriber_id, what=LEFT, name=departure.digest_id)
    )
