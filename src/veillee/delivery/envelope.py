"""What a transport gets and what it answers: an envelope and bytes -> an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom a message comes from and goes to, as mail servers see it: domains in ASCII."""

    sender: str
    recipient: str


class Reply(StrEnum):
    """What became of one message."""

    ACCEPTED = "accepted"  # the other side has taken it over
    PERMANENT = "permanent"  # refused for good
    TEMPORARY = "temporary"  # certainly not taken; may be tried again
    IN_DOUBT = "in_doubt"  # handed over, and no answer came


@dataclass(frozen=True, slots=True)
class Outcome:
    """The reply, and the words of the server (or of the transport) that came with it."""

    reply: Reply
    words: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message on its way; `delivery_id` is the row of the ledger that it settles.

    `is_sound` says that whoever made it has seen to it that it is ASCII, every line ends in CR LF and none begins with
    a dot, as the press does: nobody has to look at each byte of each message again.
    """

    delivery_id: int
    envelope: Envelope
    message: bytes
    is_sound: bool = False


class Handover(Protocol):
    """Where a transport gets parcels, and whom it tells what became of each. One for all connections of a run.

    Every parcel taken is either settled or given back, exactly once.
    """

    @property
    def is_closed(self) -> bool:
        """Whether nothing is given out any more: there is no point in waiting for a server."""
        ...

    async def take(self) -> Parcel | None:
        """The next parcel, when there is one; None when there will be none any more."""
        ...

    def take_ready(self) -> Parcel | None:
        """The next parcel where one is at hand now; None says nothing about later."""
        ...

    def about_to_end(self, parcel: Parcel) -> None:
        """Written down before the last byte of a message may leave: from here on a death leaves a doubt.

        Raises SourceError where it cannot be written; then the message must not be ended.
        """
        ...

    def settle(self, parcel: Parcel, outcome: Outcome) -> None:
        """What became of a parcel."""
        ...

    def give_back(self, parcel: Parcel, *, was_tried: bool = True) -> None:
        """A parcel that has certainly not been handed over, and that somebody else may carry.

        `was_tried` where the line broke on it: a message that breaks every line must not go round for ever.
        """
        ...


class Transport(Protocol):
    """A way out for messages. `label` names it, so that a later run knows whether it may look there.

    `lanes` is how many connections may be open at once: so many calls of `carry` run side by side.
    """

    @property
    def label(self) -> str: ...

    @property
    def lanes(self) -> int: ...

    async def carry(self, handover: Handover) -> None:
        """Carries parcels until `take` says that there are none.

        Raises ConfigurationError or SourceError where no message can leave at all; what it had taken is settled or
        given back before.
        """
        ...

    def was_delivered(self, message_id: str) -> bool | None:
        """Whether this message went out in an earlier run; None where nobody can tell."""
        ...
