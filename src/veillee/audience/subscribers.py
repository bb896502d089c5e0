"""The store of subscribers: rows in and out of the database, one for every address whatever its spelling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, select, update

from veillee.audience.segment_sql import condition_of
from veillee.database import Database
from veillee.database.tables import choices, subscribers
from veillee.model import Consent, Subscriber, SubscriberState
from veillee.model.audience import NO_CONSENT
from veillee.model.segments import Segment

PAGE_SIZE = 1000
CHOICES = ("digests", "topics", "streams")
LEFT = "left"
"""What the choices call a digest that its reader left; no list brings it back."""
_COLUMNS = tuple(column for column in subscribers.c if column.name != "changed_at")
SUPPRESSED = frozenset(
    (SubscriberState.UNSUBSCRIBED, SubscriberState.BOUNCED, SubscriberState.COMPLAINED, SubscriberState.ERASED)
)
"""States that no list of addresses ends: whoever left stays out."""


class SubscriberStore:
    """Everybody who gets, or got, digests."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, key: str) -> Subscriber | None:
        """The subscriber with this normalised address, in whatever state."""
        with self._database.reading() as connection:
            found = _with_choices(connection, select(*_COLUMNS).where(subscribers.c.address_key == key))
        return found[0] if found else None

    def every(
        self,
        *,
        lang: str | None = None,
        digest: str | None = None,
        states: Iterable[SubscriberState] = (),
        segment: Segment | None = None,
    ) -> Iterator[Subscriber]:
        """Subscribers in the order in which they came, page by page, so that memory stays flat.

        `lang` None means any; with `digest` those who chose it, or chose no digest in particular; no `states`
        means any state.
        """
        with self._database.reading() as connection:
            yield from read_subscribers_in(connection, lang=lang, digest=digest, states=states, segment=segment)

    def set_state(self, key: str, state: SubscriberState, *, now: datetime) -> bool:
        """Whether there is such a subscriber; who leaves keeps a row, so that no later list brings them back."""
        change = update(subscribers).where(subscribers.c.address_key == key).values(state=state.value, changed_at=now)
        with self._database.writing() as connection:
            return connection.execute(change).rowcount == 1


def read_subscribers_in(
    connection: Connection,
    *,
    lang: str | None = None,
    digest: str | None = None,
    states: Iterable[SubscriberState] = (),
    segment: Segment | None = None,
) -> Iterator[Subscriber]:
    """The same on a connection that is open already: what it sees is what its transaction sees."""
    wanted = select(*_COLUMNS).order_by(subscribers.c.id).limit(PAGE_SIZE)
    if lang is not None:
        wanted = wanted.where(subscribers.c.lang == lang)
    if digest is not None:
        wanted = wanted.where(gets_digest(digest))
    if state_names := [state.value for state in states]:
        wanted = wanted.where(subscribers.c.state.in_(state_names))
    if segment is not None:
        wanted = wanted.where(condition_of(segment))
    last_id = 0
    while page := _with_choices(connection, wanted.where(subscribers.c.id > last_id)):
        yield from page
        last_id = page[-1].id


def subscribers_by_key(connection: Connection, keys: Iterable[str]) -> dict[str, Subscriber]:
    """Those of these normalised addresses that are stored."""
    wanted = select(*_COLUMNS).where(subscribers.c.address_key.in_(list(keys)))
    return {found.address_key: found for found in _with_choices(connection, wanted)}


def gets_digest(digest: str) -> Any:
    """The condition that a subscriber chose a digest, or none in particular, and has not left it."""
    mine = and_(choices.c.subscriber_id == subscribers.c.id, choices.c.what == "digests")
    has_left = and_(choices.c.subscriber_id == subscribers.c.id, choices.c.what == LEFT, choices.c.name == digest)
    is_chosen = ~exists().where(mine) | exists().where(and_(mine, choices.c.name == digest))
    return is_chosen & ~exists().where(has_left)


def _with_choices(connection: Connection, wanted: Select[Any]) -> list[Subscriber]:
    rows = connection.execute(wanted).all()
    chosen: dict[int, dict[str, list[str]]] = {}
    for start in range(0, len(rows), PAGE_SIZE):
        ids = [row[0] for row in rows[start : start + PAGE_SIZE]]
        query = select(choices).where(choices.c.subscriber_id.in_(ids)).order_by(choices.c.name)
        for subscriber_id, what, name in connection.execute(query):
            chosen.setdefault(subscriber_id, {}).setdefault(what, []).append(name)
    return [_subscriber(row, chosen.get(row[0], _NOTHING)) for row in rows]


_NOTHING: dict[str, list[str]] = {}
_STATES = {state.value: state for state in SubscriberState}


def _subscriber(row: Sequence[Any], chosen: dict[str, list[str]]) -> Subscriber:
    """`row` has `_COLUMNS` in their order: to ask for each by name would cost half as much again."""
    number, address, key, name, lang, state, subscribed_at, frequency, timezone, at, how, text = row
    digests, topics, streams, left = _NO_WORDS if not chosen else [tuple(chosen.get(what, ())) for what in _WHATS]
    return Subscriber(
        id=number,
        address=address,
        address_key=key,
        name=name,
        lang=lang,
        digests=digests,
        topics=topics,
        streams=streams,
        state=_STATES[state],
        subscribed_at=subscribed_at,
        left=left,
        frequency=frequency,
        timezone=timezone,
        consent=Consent(at, how, text) if at or how or text else NO_CONSENT,
    )


_WHATS = (*CHOICES, LEFT)
_NO_WORDS: tuple[tuple[str, ...], ...] = ((), (), (), ())
