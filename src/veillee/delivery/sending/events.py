"""The event log of a send: what happened, for programs; one JSON object a line, only ever added to.

It names deliveries by their number and Message-ID, never by address, so that nobody has to be erased from it. The
ledger is the truth; a line here is written after the ledger has it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from veillee.delivery.envelope import Outcome
from veillee.delivery.ledger.records import Delivery, FrozenEdition
from veillee.errors import SourceError


class EventLog:
    """The file of one edition: `DIGEST/EDITION.jsonl` below `folder`."""

    def __init__(self, folder: Path, edition: FrozenEdition, *, run: str) -> None:
        self.path = folder / edition.digest_id / f"{edition.edition_id}.jsonl"
        self._run = run

    def say(self, event: str, *, at: datetime, **facts: Any) -> None:
        """One event of the run itself: begun, paused, stopped, finished, settled."""
        self._write([self._line(event, at, facts)])

    def outcomes(
        self, settled: Sequence[tuple[Delivery, Outcome]], skipped: Sequence[Delivery], *, at: datetime
    ) -> None:
        """One event for each delivery."""
        lines = [self._line(outcome.reply.value, at, _facts(one, outcome.words)) for one, outcome in settled]
        lines += [self._line("skipped", at, _facts(one, "left after the edition was planned")) for one in skipped]
        self._write(lines)

    def _line(self, event: str, at: datetime, facts: dict[str, Any]) -> str:
        stamp = at.astimezone(UTC).isoformat(timespec="milliseconds")
        return json.dumps({"at": stamp, "run": self._run, "event": event, **facts}, ensure_ascii=False)

    def _write(self, lines: Iterable[str]) -> None:
        text = "".join(f"{line}\n" for line in lines)
        if not text:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            number = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(number, text.encode())
            finally:
                os.close(number)
        except OSError as err:
            raise SourceError(
                f"{self.path}: the event log cannot be written ({err.strerror}); make room on the disk and run this "
                "again: the ledger is complete"
            ) from err


def _facts(one: Delivery, words: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"delivery": one.id, "message_id": one.message_id, "attempt": one.attempts}
    hidden = without_address(words, one)
    return {**facts, "words": hidden} if hidden else facts


def without_address(words: str, one: Delivery) -> str:
    """A server's words, with the recipient's address taken out in any of its spellings."""
    for spelling in {one.address, one.wire_address, one.wire_address.lower()} - {""}:
        words = words.replace(spelling, "<recipient>")
    return words
