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


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who gets digests. `address` is as typed, `address_key` normalised and unique.

    Empty `digests`, `topics` or `streams` mean all of them.
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


class DeliveryState(StrEnum):
    """Where one edition to one recipient stands."""

    PLANNED = "planned"
    CLAIMED = "claimed"  # committed before the message leaves
    ACCEPTED = "accepted"  # the transport took it
    FAILED = "failed"  # refused for good
    IN_DOUBT = "in_doubt"  # may or may not have left; a person or the relay's log decides
    SKIPPED = "skipped"  # not sent, with a reason
