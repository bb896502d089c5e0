"""A test send: every variant of an edition to one address, marked as a test; the ledger hears nothing of it."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from veillee.audience.leaving import leaving_urls
from veillee.audience.subscribers import SubscriberStore
from veillee.audience.tokens import Leaving
from veillee.cli.digest.mailing import Mailing, deliveries_of, variant_renderer
from veillee.cli.digest.running import site_keys
from veillee.database import Database
from veillee.delivery.envelope import Envelope, Outcome, Parcel
from veillee.delivery.message.composing import make_stencil, sender_of
from veillee.delivery.message.dkim_keys import load_signers
from veillee.delivery.message.filling import Filling
from veillee.delivery.message.press import MessagePress
from veillee.delivery.transports import transport_for
from veillee.model import Variant
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
    render = variant_renderer(mailing)
    variants = [replace(render(lang, posts), choice=part) for lang, part, posts in _variants(mailing, database)]
    sender = sender_of(mailing.digest).wire
    handover = _OneByOne(
        Parcel(number, Envelope(sender, address.wire), _message(mailing, variant, address))
        for number, variant in enumerate(variants)
    )
    asyncio.run(transport_for(replace(mailing.site.mail, transport=transport, connections=1)).carry(handover))
    return tuple(
        Tried(variant.lang, variant.choice, variant.subject, handover.outcomes[number])
        for number, variant in enumerate(variants)
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


def _message(mailing: Mailing, variant: Variant, address: Address) -> bytes:
    """Signed as the others will be."""
    site, sender = mailing.site, sender_of(mailing.digest)
    mark = f"[test {variant.lang}{' ' + variant.choice[:6] if variant.choice else ''}] "
    stencil = make_stencil(variant, digest=mailing.digest, date=mailing.now, mark=mark)
    signers = load_signers(site.mail.dkim, sender.domain, root=site.root)
    leaving = Leaving(NOBODY, mailing.digest.id)
    key = site_keys(site).current
    urls = leaving_urls(leaving, unsubscribe_to=mailing.unsubscribe_to, desk_url=site.mail.desk_url, key=key)
    message_id = f"<test.{secrets.token_hex(16)}@{sender.domain}>"
    filling = Filling("", address.wire, message_id, urls.mailto, urls.https)
    return MessagePress(stencil, signers, signed_at=mailing.now).message(filling)


class _OneByOne:
    """A `Handover` of a few parcels, which nobody else carries."""

    def __init__(self, parcels: Iterable[Parcel]) -> None:
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

    def give_back(self, parcel: Parcel, *, was_tried: bool = True) -> None:  # noqa: ARG002
        self._left.append(parcel)
