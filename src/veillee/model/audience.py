"""Who gets digests: subscribers and what they asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SubscriberState(StrEnum):
    """Whether a subscriber may be mailed, and why not."""

    PENDING = "pending"  # asked to subscribe, has not confirmed
    ACTIVE = "active"  # gets mail
    PAUSED = "paused"  # asked for silence for a while
    UNSUBSCRIBED = "unsubscribed"  # left
    BOUNCED = "bounced"  # the address does not exist
    COMPLAINED = "complained"  # called a digest spam
    ERASED = "erased"  # asked to be forgotten; nothing of them is kept but a hash of the address


class Frequency(StrEnum):
    """How often somebody wants mail at most."""

    INSTANT = "instant"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def accepts_every(frequency: str, every: str) -> bool:
    """Whether who wants mail at most so often gets a digest that appears so often; an empty wish takes all."""
    order = [one.value for one in Frequency]
    return not frequency or every not in order or order.index(every) >= order.index(frequency)


@dataclass(frozen=True, slots=True)
class Consent:
    """When somebody agreed to be mailed, how, and to which words. Empty: nobody has written it down."""

    at: datetime | None = None
    how: str = ""
    text: str = ""


NO_CONSENT = Consent()


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who gets digests. `address` is as typed, `address_key` normalised and unique.

    Empty `digests`, `topics` or `streams` mean all of them; `left` are digests that they have left. An empty
    `frequency` means each of their digests, an empty `timezone` the digest's.
    """

    id: int
    address: str
    address_key: str
    name: str = ""
    lang: str = ""
    digests: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    state: SubscriberState = SubscriberState.ACTIVE
    subscribed_at: datetime | None = None
    left: tuple[str, ...] = ()
    frequency: str = ""
    timezone: str = ""
    consent: Consent = NO_CONSENT


@dataclass(frozen=True, slots=True)
class RawSubscriber:
    """A row of somebody's list as it was typed, unchecked. None where the list does not speak of a thing."""

    path: str
    line: int
    address: str
    name: str | None = None
    lang: str | None = None
    digests: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    streams: tuple[str, ...] | None = None
    left: tuple[str, ...] | None = None
    frequency: str | None = None
    timezone: str | None = None
    state: str | None = None
    subscribed_at: str | None = None
    consent_at: str | None = None
    consent_how: str | None = None
    consent_text: str | None = None


class DeliveryState(StrEnum):
    """Where one edition to one recipient stands."""

    PLANNED = "planned"
    CLAIMED = "claimed"  # committed before the message leaves
    ACCEPTED = "accepted"  # the transport took it
    FAILED = "failed"  # refused for good
    IN_DOUBT = "in_doubt"  # may or may not have left; a person or the relay's log decides
    SKIPPED = "skipped"  # not sent, with a reason
