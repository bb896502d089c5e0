"""A transport that keeps what it is given: for tests, and for looking before sending."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from veillee.delivery.envelope import Envelope, Outcome, Reply


class MemoryTransport:
    """Takes everything, but for the addresses that have an answer of their own."""

    label = "memory:"

    def __init__(self, answers: Mapping[str, Outcome] | None = None) -> None:
        self.sent: list[tuple[Envelope, bytes]] = []
        self._answers = dict(answers or {})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, envelope: Envelope, message: bytes) -> Outcome:
        outcome = self._answers.get(envelope.recipient, Outcome(Reply.ACCEPTED, "kept in memory"))
        if outcome.reply in (Reply.ACCEPTED, Reply.IN_DOUBT):
            self.sent.append((envelope, message))
        return outcome

    def was_delivered(self, message_id: str) -> bool | None:  # noqa: ARG002
        return None  # what another process kept is gone with it
