"""A test send: every variant of an edition to one address, marked as a test; the ledger hears nothing of it."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, replace

from veillee.audience.subscribers import SubscriberStore
from veillee.audience.tokens import Leaving, sign_leaving
from veillee.cli.digest.mailing import Mailing, deliveries_of, variant_renderer
from veillee.cli.digest.running import site_keys
from veillee.database import Database
from veillee.delivery.envelope import Envelope, Outcome, Parcel
from veillee.delivery.message import fill_stencil, make_stencil, sender_of
from veillee.delivery.transports import transport_for
from veillee.model import Mailbox
from veillee.model.address import Address

NOBODY = 0
"""The subscriber whose way out a test mail carries: it takes nobody off the list."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one variant's test mail."""

    lang: str
    part: str
    subject: str
    outcome: Outcome


def send_test(mailing: Mailing, database: Database, address: Address, *, transport: str) -> tuple[Tried, ...]:
    """Sends the whole edition in each language, and each part of it that some subscriber would get."""
    variants = list(_variants(mailing, database))
    parcels = [
        Parcel(
            number,
            Envelope(sender_of(mailing.digest).wire, address.wire),
            _message(mailing, lang, posts, part, address),
        )
        for number, (lang, part, posts) in enumerate(variants)
    ]
    way_out = transport_for(replace(mailing.site.mail, transport=transport, connections=1))
    handover = _OneByOne(parcels)
    asyncio.run(way_out.carry(handover))
    render = variant_renderer(mailing)
    return tuple(
        Tried(lang, part, render(lang, posts).subject, handover.outcomes[number])
        for number, (lang, part, posts) in enumerate(variants)
    )


def _variants(mailing: Mailing, database: Database) -> dict[tuple[str, str, frozenset[str] | None], None]:
    """(language, part, posts) of every variant, the whole ones first; each once, in order."""
    found: dict[tuple[str, str, frozenset[str] | None], None] = {}
    for lang in mailing.digest.languages:
        found[lang, "", None] = None
    for one in deliveries_of(mailing, SubscriberStore(database).every(), key=b"nothing is stored"):
        if not one.skipped:
            found[one.lang, one.choice_id, one.post_ids] = None
    return found


def _message(mailing: Mailing, lang: str, posts: frozenset[str] | None, part: str, address: Address) -> bytes:
    variant = variant_renderer(mailing)(lang, posts)
    marked = replace(variant, subject=f"[test {lang}{' ' + part[:6] if part else ''}] {variant.subject}")
    token = sign_leaving(Leaving(NOBODY, mailing.digest.id), secret=site_keys(mailing.site).current)
    return fill_stencil(
        make_stencil(marked, digest=mailing.digest, date=mailing.now),
        recipient=Mailbox("", address.shown),
        message_id=f"<test.{secrets.token_hex(16)}@{sender_of(mailing.digest).domain}>",
        unsubscribe_url=f"mailto:{mailing.unsubscribe_to}?subject=unsubscribe%20{token}",
    )


class _OneByOne:
    """A `Handover` of a few parcels, which nobody else carries."""

    def __init__(self, parcels: list[Parcel]) -> None:
        self._left = deque(parcels)
        self.outcomes: dict[int, Outcome] = {}

    is_closed = False

    async def take(self) -> Parcel | None:
        return self.take_ready()

    def take_ready(self) -> Parcel | None:
        return self._left.popleft() if self._left else None

    def about_to_end(self, parcel: Parcel) -> None:
        """Nothing is written down: a test that is lost is sent again by whoever tried."""

    def settle(self, parcel: Parcel, outcome: Outcome) -> None:
        self.outcomes[parcel.delivery_id] = outcome

    def give_back(self, parcel: Parcel) -> None:
        self._left.append(parcel)
