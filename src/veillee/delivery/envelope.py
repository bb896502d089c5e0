"""What a transport gets and what it answers: an envelope and bytes -> an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self


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
    """A message on its way; `delivery_id` is the row of the ledger that it settles."""

    delivery_id: int
    envelope: Envelope
    message: bytes


class Handover(Protocol):
    """Where a transport gets parcels, and whom it tells what became of each. One for all connections of a run.

    Every parcel taken is either settled or given back, exactly once.
    """

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

    def give_back(self, parcel: Parcel) -> None:
        """A parcel that has certainly not been handed over, and that somebody else may carry."""
        ...


class Transport(Protocol):
    """A way out for messages, open between `__enter__` and `__exit__`.

    `send` raises ConfigurationError or SourceError where no message can leave at all; then it is certain that
    this one has not left. `label` names the way out, so that a later run knows whether it may look there.
    """

    @property
    def label(self) -> str: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, envelope: Envelope, message: bytes) -> Outcome: ...

    def was_delivered(self, message_id: str) -> bool | None:
        """Whether this message went out in an earlier run; None where nobody can tell."""
        ...
