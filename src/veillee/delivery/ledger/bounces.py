"""Bounces and complaints: what a report claims -> the delivery that it is about -> what becomes of its subscriber.

A report is believed where it holds what only the message itself could have told: a return path that we signed, for a
bounce; that, the Message-ID or a token, for a complaint. It counts once for each delivery and kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from veillee.database.tables import bounces, deliveries, editions, subscribers
from veillee.delivery.message.return_path import read_return_path
from veillee.model import DeliveryState, SubscriberState
from veillee.model.returned import BounceKind, Traces

SOFT_LIMIT = 3
"""So many deliveries of an address that came back make it one to which nothing is sent any more."""

SOFT_WINDOW = timedelta(days=30)
SPENT = "spent"
"""What soft bounces are called that have done their work: an address that is taken back begins anew."""

_HANDED_OVER = (DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT)
_REACHABLE = (SubscriberState.ACTIVE, SubscriberState.PAUSED, SubscriberState.PENDING)
_WORDS_KEPT = 500


class Effect(StrEnum):
    """What a report did."""

    ENDED = "ended"  # nothing is sent to the address any more
    COUNTED = "counted"  # written down, and the address stays
    IGNORED = "ignored"  # not believed, or known already
    LATER = "later"  # cannot be decided yet
    NOT_OURS = "not ours"  # nothing in it is of a delivery of ours


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a report did, to whom, and why."""

    effect: Effect
    why: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known when a report comes in. `earlier_soft` counts the other deliveries that came back softly."""

    delivery: DeliveryState
    subscriber: SubscriberState
    is_known: bool
    earlier_soft: int


def decide(kind: BounceKind, standing: Standing) -> tuple[Effect, str]:
    """What a report of this kind does, and why. Pure."""
    if standing.is_known:
        return Effect.IGNORED, "it was reported before"
    if standing.delivery is DeliveryState.CLAIMED:
        return Effect.LATER, "the message is still being sent"
    if standing.delivery not in _HANDED_OVER:
        return Effect.IGNORED, f"the message never left ({standing.delivery.value})"
    if standing.subscriber not in _REACHABLE:
        return Effect.IGNORED, f"its reader is {standing.subscriber.value} already"
    if kind is not BounceKind.SOFT:
        return Effect.ENDED, "the address does not exist" if kind is BounceKind.HARD else "called spam by its reader"
    count = standing.earlier_soft + 1
    if count >= SOFT_LIMIT:
        return Effect.ENDED, f"{count} messages came back within {SOFT_WINDOW.days} days"
    return Effect.COUNTED, f"{count} of {SOFT_LIMIT} that end it within {SOFT_WINDOW.days} days"


def settle_bounce(
    connection: Connection, kind: BounceKind, traces: Traces, *, words: str, keys: Iterable[bytes], now: datetime
) -> Weighed:
    """Writes a bounce down inside the caller's transaction; only a return path that we signed is believed."""
    delivery, is_forged = _by_return_path(connection, traces, tuple(keys))
    if delivery is None:
        return _unknown(is_forged=is_forged)
    return _settle(connection, kind, delivery, words=words, now=now)


def settle_complaint(
    connection: Connection,
    traces: Traces,
    *,
    readers: Iterable[tuple[int, str | None]],
    words: str,
    keys: Iterable[bytes],
    now: datetime,
) -> Weighed:
    """The same for a complaint; `readers` are (subscriber, digest) pairs from tokens that were found to be ours."""
    delivery, is_forged = _by_return_path(connection, traces, tuple(keys))
    delivery = delivery or _by_message_id(connection, traces.message_ids) or _latest_of(connection, readers)
    if delivery is None:
        return _unknown(is_forged=is_forged)
    return _settle(connection, BounceKind.COMPLAINT, delivery, words=words, now=now)


def _unknown(*, is_forged: bool) -> Weighed:
    if is_forged:
        return Weighed(Effect.IGNORED, "its return path is not one that we signed, with any key that is still believed")
    return Weighed(Effect.NOT_OURS, "nothing in it is of a message that we sent")


def _settle(connection: Connection, kind: BounceKind, delivery: Row[Any], *, words: str, now: datetime) -> Weighed:
    person = connection.execute(
        select(subscribers.c.state, subscribers.c.address)
        .where(subscribers.c.id == delivery.subscriber_id)
        .with_for_update()
    ).one()
    standing = Standing(
        delivery=DeliveryState(delivery.state),
        subscriber=SubscriberState(person.state),
        is_known=_is_known(connection, delivery.id, kind),
        earlier_soft=len(_soft_beside(connection, delivery, now=now)),
    )
    effect, why = decide(kind, standing)
    if effect in (Effect.ENDED, Effect.COUNTED):
        _record(connection, kind, delivery, words=words if person.address else "", now=now)  # nothing of the erased
    if effect is Effect.ENDED:
        _end(connection, kind, delivery, now=now)
    return Weighed(effect, why, person.address)


def _by_return_path(connection: Connection, traces: Traces, keys: tuple[bytes, ...]) -> tuple[Row[Any] | None, bool]:
    """The delivery that a return path names; whether there was one that nobody with our keys signed."""
    is_forged = False
    for address in traces.addresses:
        path = read_return_path(address)
        if path is None:
            continue
        found = connection.execute(select(deliveries).where(deliveries.c.id == path.delivery_id)).one_or_none()
        if found is not None and path.is_signed(found.message_id, keys=keys):
            return found, False
        is_forged = True
    return None, is_forged


def _by_message_id(connection: Connection, message_ids: tuple[str, ...]) -> Row[Any] | None:
    wanted = select(deliveries).where(deliveries.c.message_id.in_(message_ids)).order_by(deliveries.c.id)
    return connection.execute(wanted.limit(1)).one_or_none() if message_ids else None


def _latest_of(connection: Connection, readers: Iterable[tuple[int, str | None]]) -> Row[Any] | None:
    """The last message that one of these readers was sent, of this digest."""
    for subscriber_id, digest_id in readers:
        wanted = select(deliveries).where(
            deliveries.c.subscriber_id == subscriber_id,
            deliveries.c.state.in_([state.value for state in _HANDED_OVER]),
        )
        if digest_id is not None:
            wanted = wanted.join(editions, editions.c.id == deliveries.c.edition_id).where(
                editions.c.digest == digest_id
            )
        if found := connection.execute(wanted.order_by(deliveries.c.id.desc()).limit(1)).one_or_none():
            return found
    return None


def _is_known(connection: Connection, delivery_id: int, kind: BounceKind) -> bool:
    kinds = [kind.value, SPENT] if kind is BounceKind.SOFT else [kind.value]
    wanted = select(func.count()).where(bounces.c.delivery_id == delivery_id, bounces.c.kind.in_(kinds))
    return connection.execute(wanted).scalar_one() > 0


def _soft_beside(connection: Connection, delivery: Row[Any], *, now: datetime) -> list[int]:
    """Soft bounces of the subscriber's other deliveries that count together with this one.

    Both were read and both were sent within the window: a mailbox that is read once a year does not make old
    troubles new ones.
    """
    wanted = (
        select(bounces.c.id, deliveries.c.claimed_at)
        .join(deliveries, deliveries.c.id == bounces.c.delivery_id)
        .where(
            bounces.c.subscriber_id == delivery.subscriber_id,
            bounces.c.kind == BounceKind.SOFT.value,
            bounces.c.delivery_id != delivery.id,
            bounces.c.received_at > now - SOFT_WINDOW,
        )
    )
    return [row.id for row in connection.execute(wanted) if _are_near(row.claimed_at, delivery.claimed_at)]


def _are_near(one: datetime | None, other: datetime | None) -> bool:
    return one is None or other is None or abs(one - other) < SOFT_WINDOW


def _record(connection: Connection, kind: BounceKind, delivery: Row[Any], *, words: str, now: datetime) -> None:
    connection.execute(
        insert(bounces).values(
            delivery_id=delivery.id,
            subscriber_id=delivery.subscriber_id,
            kind=kind.value,
            words=words[:_WORDS_KEPT],
            received_at=now,
        )
    )
    doubtful = update(deliveries).where(
        deliveries.c.id == delivery.id, deliveries.c.state == DeliveryState.IN_DOUBT.value
    )
    said = f"it was handed over: a {kind.value} report came back"
    connection.execute(
        doubtful.values(state=DeliveryState.ACCEPTED.value, words=said, decided_by="bounce", settled_at=now)
    )


def _end(connection: Connection, kind: BounceKind, delivery: Row[Any], *, now: datetime) -> None:
    state = SubscriberState.COMPLAINED if kind is BounceKind.COMPLAINT else SubscriberState.BOUNCED
    change = update(subscribers).where(subscribers.c.id == delivery.subscriber_id)
    connection.execute(change.values(state=state.value, changed_at=now))
    spent = update(bounces).where(
        bounces.c.subscriber_id == delivery.subscriber_id, bounces.c.kind == BounceKind.SOFT.value
    )
    connection.execute(spent.values(kind=SPENT))
