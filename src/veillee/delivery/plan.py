"""The plan of an edition: subscribers and variants -> what is frozen before anything leaves. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from veillee.delivery.message import make_stencil, message_id_for, sender_of
from veillee.delivery.stencil import Stencil
from veillee.model import Digest, Edition, Subscriber, SubscriberState, Variant


@dataclass(frozen=True, slots=True)
class PlannedVariant:
    """A variant as it will be sent: `stencil` holds its bytes."""

    lang: str
    subject: str
    stencil: Stencil


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """One edition to one recipient, in the variant of `lang`."""

    subscriber_id: int
    address: str
    address_key: str
    name: str
    lang: str
    message_id: str


@dataclass(frozen=True, slots=True)
class EditionPlan:
    """What all recipients of an edition share. `sender` and `unsubscribe_to` are wire addresses."""

    digest_id: str
    edition_id: str
    period_end: datetime
    sender: str
    unsubscribe_to: str
    variants: tuple[PlannedVariant, ...]


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """A plan in numbers: recipients in all, by the language of their variant and by the domain of their address."""

    total: int
    by_lang: tuple[tuple[str, int], ...]
    by_domain: tuple[tuple[str, int], ...]


def plan_edition(
    edition: Edition, digest: Digest, variants: Iterable[Variant], *, unsubscribe_to: str, now: datetime
) -> EditionPlan:
    """The edition as it will leave; raises DeliveryError where a header of it would not be safe."""
    planned = (
        PlannedVariant(variant.lang, variant.subject, make_stencil(variant, digest=digest, date=now))
        for variant in variants
    )
    return EditionPlan(
        digest_id=digest.id,
        edition_id=edition.id,
        period_end=edition.period_end,
        sender=sender_of(digest).wire,
        unsubscribe_to=unsubscribe_to,
        variants=tuple(planned),
    )


def plan_deliveries(
    subscribers: Iterable[Subscriber], digest: Digest, edition_id: str, *, secret: bytes
) -> Iterator[PlannedDelivery]:
    """One delivery for each subscriber who gets this digest, in the order given, one after the other.

    Topics and streams do not choose yet: every recipient of a language gets the same variant.
    """
    for subscriber in subscribers:
        if not gets(subscriber, digest.id):
            continue
        yield PlannedDelivery(
            subscriber_id=subscriber.id,
            address=subscriber.address,
            address_key=subscriber.address_key,
            name=subscriber.name,
            lang=variant_language(subscriber.lang, digest.languages),
            message_id=message_id_for(digest, edition_id, subscriber.address_key, secret=secret),
        )


def gets(subscriber: Subscriber, digest_id: str) -> bool:
    """Whether a subscriber gets a digest: is active, and chose it or chose none in particular."""
    is_chosen = not subscriber.digests or digest_id in subscriber.digests
    return subscriber.state is SubscriberState.ACTIVE and is_chosen


def variant_language(lang: str, languages: tuple[str, ...]) -> str:
    """The language of the variant: the subscriber's own (`fr` for `fr-ca`), else the digest's first."""
    for wanted in (lang, lang.partition("-")[0]):
        if wanted in languages:
            return wanted
    return languages[0]


def summarise(deliveries: Iterable[PlannedDelivery]) -> PlanSummary:
    """A plan in numbers, the largest ones first."""
    by_lang: Counter[str] = Counter()
    by_domain: Counter[str] = Counter()
    for delivery in deliveries:
        by_lang[delivery.lang] += 1
        by_domain[delivery.address_key.rpartition("@")[2]] += 1
    return PlanSummary(by_lang.total(), _by_size(by_lang), _by_size(by_domain))


def _by_size(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
