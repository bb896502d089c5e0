"""What comes back after a mailing: wishes to leave, bounces, complaints, machines that answer; and all the rest.

Each is what a message claims. Whether it is believed is decided where the keys are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BounceKind(StrEnum):
    """What a report says of an address."""

    HARD = "hard"  # the address does not exist; nothing will ever arrive there
    SOFT = "soft"  # nothing arrived this time: full, busy, or our mail was not wanted
    COMPLAINT = "complaint"  # its owner called the mail spam


@dataclass(frozen=True, slots=True)
class Traces:
    """By what a message that came back may be known: proof is in each, since none can be guessed.

    `addresses` are those that the message went to, or came from originally; one of them may be a return path.
    """

    addresses: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody's wish to leave. `token` is None where they wrote that in words of their own."""

    token: str | None
    sender: str
    subject: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that a message did not arrive. `status` is as in RFC 3463, empty where the report has none."""

    kind: BounceKind
    status: str
    words: str
    traces: Traces


@dataclass(frozen=True, slots=True)
class Complaint:
    """A report that the reader called the mail spam (RFC 5965)."""

    words: str
    traces: Traces


@dataclass(frozen=True, slots=True)
class Notice:
    """What a machine wrote and nobody needs to act on: a vacation reply, a delay, a success."""

    words: str


@dataclass(frozen=True, slots=True)
class Other:
    """Anything else: a person reads it. `reason` is why."""

    reason: str
    sender: str = ""
    subject: str = ""


Returned = Leave | Bounce | Complaint | Notice | Other
