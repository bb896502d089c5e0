"""A transport that keeps what it is given: for tests, and for looking before sending."""

from __future__ import annotations

from collections.abc import Mapping

from veillee.delivery.envelope import Envelope, Handover, Outcome, Parcel, Reply
from veillee.errors import SourceError


class MemoryTransport:
    """Takes everything, but for the addresses that have an answer of their own."""

    label = "memory:"
    lanes = 1

    def __init__(self, answers: Mapping[str, Outcome] | None = None) -> None:
        self.sent: list[tuple[Envelope, bytes]] = []
        self._answers = dict(answers or {})

    async def carry(self, handover: Handover) -> None:
        while parcel := await handover.take():
            try:
                handover.about_to_end(parcel)
            except SourceError:
                handover.give_back(parcel)
                raise
            handover.settle(parcel, self._answer(parcel))

    def _answer(self, parcel: Parcel) -> Outcome:
        outcome = self._answers.get(parcel.envelope.recipient, Outcome(Reply.ACCEPTED, "kept in memory"))
        if outcome.reply in (Reply.ACCEPTED, Reply.IN_DOUBT):
            self.sent.append((parcel.envelope, parcel.message))
        return outcome

    def was_delivered(self, message_id: str) -> bool | None:  # noqa: ARG002
        return None  # what another process kept is gone with it
