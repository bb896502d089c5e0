"""The plan of an edition: subscribers and variants -> what is frozen before anything leaves. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from veillee.delivery.message.composing import message_ids, sender_of
from veillee.delivery.message.stencil import Stencil
from veillee.model import Digest, Edition, Every, Subscriber, SubscriberState
from veillee.model.audience import accepts_every
from veillee.model.segments import matches

_Word = TypeVar("_Word", str, tuple[str, str])


@dataclass(frozen=True, slots=True)
class PlannedVariant:
    """A variant as it will be sent: `stencil` holds its bytes."""

    lang: str
    subject: str
    stencil: Stencil


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """One edition to one recipient, in the variant of `lang` with the posts of a choice.

    `post_ids` None means all of them, and then `choice_id` is empty. `skipped` says why nothing will be sent;
    `due_at` None means at once.
    """

    subscriber_id: int
    address: str
    address_key: str
    name: str
    lang: str
    message_id: str
    choice_id: str = ""
    post_ids: frozenset[str] | None = None
    due_at: datetime | None = None
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class EditionPlan:
    """What all recipients of an edition share. `sender` and `unsubscribe_to` are wire addresses."""

    digest_id: str
    edition_id: str
    period_end: datetime
    sender: str
    unsubscribe_to: str


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """A plan in numbers, the largest ones first.

    `by_variant` has (language, choice) pairs, `by_domain` the domains of the addresses, `skipped` the reasons.
    """

    total: int
    by_variant: tuple[tuple[tuple[str, str], int], ...]
    by_domain: tuple[tuple[str, int], ...]
    skipped: tuple[tuple[str, int], ...]


Choose = Callable[[tuple[str, ...], tuple[str, ...]], tuple[str, frozenset[str] | None] | None]
"""Topics and streams that somebody follows -> the name of the choice and its posts; None: nothing is left."""

NOTHING_FOLLOWED = "nothing in it of the topics and streams that they follow"


def everything(topics: tuple[str, ...], streams: tuple[str, ...]) -> tuple[str, frozenset[str] | None]:  # noqa: ARG001
    """The choice of an edition that is the same for everybody."""
    return "", None


def plan_edition(edition: Edition, digest: Digest, *, unsubscribe_to: str) -> EditionPlan:
    """What is frozen of the edition, beside variants and recipients."""
    return EditionPlan(
        digest_id=digest.id,
        edition_id=edition.id,
        period_end=edition.period_end,
        sender=sender_of(digest).wire,
        unsubscribe_to=unsubscribe_to,
    )


def plan_deliveries(
    subscribers: Iterable[Subscriber], digest: Digest, edition: Edition, *, key: bytes, choose: Choose = everything
) -> Iterator[PlannedDelivery]:
    """One delivery for each subscriber who gets this digest, in the order given, one after the other."""
    make_id = message_ids(digest, edition.id, key=key)
    for subscriber in subscribers:
        if not gets(subscriber, digest):
            continue
        chosen = choose(subscriber.topics, subscriber.streams)
        choice_id, post_ids = chosen or ("", None)
        yield PlannedDelivery(
            subscriber_id=subscriber.id,
            address=subscriber.address,
            address_key=subscriber.address_key,
            name=subscriber.name,
            lang=variant_language(subscriber.lang, digest.languages),
            message_id=make_id(subscriber.address_key),
            choice_id=choice_id,
            post_ids=post_ids,
            due_at=due_at(subscriber, digest, edition),
            skipped="" if chosen else NOTHING_FOLLOWED,
        )


def gets(subscriber: Subscriber, digest: Digest) -> bool:
    """Whether a subscriber gets a digest."""
    return not why_not(subscriber, digest)


def why_not(subscriber: Subscriber, digest: Digest) -> str:
    """Why a subscriber does not get a digest; empty where they do."""
    if subscriber.state is not SubscriberState.ACTIVE:
        return subscriber.state.value
    if digest.id in subscriber.left:
        return "left this digest"
    if subscriber.digests and digest.id not in subscriber.digests:
        return "chose other digests"
    if not accepts_every(subscriber.frequency, digest.schedule.every.value):
        return f"want mail every {subscriber.frequency} at most"
    if digest.segment is not None and not matches(digest.segment, subscriber):
        return "are not of its segment"
    return ""


def due_at(subscriber: Subscriber, digest: Digest, edition: Edition) -> datetime | None:
    """When a subscriber gets the edition: at the digest's hour where they are, where the digest wants it so.

    None means at once: also where that hour has passed already when the edition appears.
    """
    if not (digest.at_local_time and subscriber.timezone) or digest.schedule.every is Every.INSTANT:
        return None
    day = edition.period_end.astimezone(digest.schedule.timezone).date()
    there = datetime.combine(day, digest.schedule.at, tzinfo=ZoneInfo(subscriber.timezone)).astimezone(UTC)
    return there if there > edition.period_end else None


def variant_language(lang: str, languages: tuple[str, ...]) -> str:
    """The language of the variant: the subscriber's own (`fr` for `fr-ca`), else the digest's first."""
    for wanted in (lang, lang.partition("-")[0]):
        if wanted in languages:
            return wanted
    return languages[0]


def summarise(deliveries: Iterable[PlannedDelivery]) -> PlanSummary:
    """A plan in numbers, the largest ones first."""
    by_variant: Counter[tuple[str, str]] = Counter()
    by_domain: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for delivery in deliveries:
        if delivery.skipped:
            skipped[delivery.skipped] += 1
        else:
            by_variant[delivery.lang, delivery.choice_id] += 1
            by_domain[delivery.address_key.rpartition("@")[2]] += 1
    return PlanSummary(by_variant.total(), _by_size(by_variant), _by_size(by_domain), _by_size(skipped))


def _by_size(counts: Counter[_Word]) -> tuple[tuple[_Word, int], ...]:
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
