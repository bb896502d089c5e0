"""What happens in a run: each step that was taken, or would be, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from veillee.cli.console import report_faults, say, say_aside
from veillee.delivery.ledger.records import Tally
from veillee.errors import Fault, VeilleeError


class What(StrEnum):
    """What became of a step."""

    NOTHING = "nothing"  # nothing was due
    QUIET = "quiet"  # due, with too little to tell
    MISSED = "missed"  # its time passed, and it goes to nobody any more
    DRAFTED = "drafted"
    WAITS = "waits"  # for its manager's commit
    SENT = "sent"
    INCOMPLETE = "incomplete"  # somebody still waits for it, or it failed for somebody
    FAILED = "failed"
    FORETOLD = "foretold"  # a rehearsal: what would be done


@dataclass(frozen=True, slots=True)
class Happening:
    """One step. `words` go on after the edition's name; `account` is the ledger's, for programs."""

    digest_id: str
    what: What
    words: str
    edition_id: str = ""
    todo: str = ""
    exit_code: int = 0
    faults: tuple[Fault, ...] = ()
    account: dict[str, Any] = field(default_factory=dict)
    ends_the_run: bool = False
    is_new: bool = True  # False for what every run says until somebody acts

    @property
    def name(self) -> str:
        return f"{self.digest_id} {self.edition_id}".rstrip()

    def as_plain(self) -> dict[str, Any]:
        return {
            "digest": self.digest_id,
            "edition": self.edition_id or None,
            "what": self.what.value,
            "words": self.words,
            "todo": self.todo or None,
            "exit_code": self.exit_code,
            "faults": [fault.as_plain() for fault in self.faults],
            "account": self.account or None,
        }


def is_only_early(tally: Tally, now: datetime) -> bool:
    """Whether all that is left waits for its hour in another time zone: nothing failed, and nothing is in doubt."""
    is_settled = not (tally.put_off or tally.in_doubt or tally.claimed)
    return bool(tally.waiting) and is_settled and tally.next_due_at is not None and tally.next_due_at > now


def failure(digest_id: str, error: VeilleeError) -> Happening:
    """An error that kept a digest back."""
    says_more = error.message != "\n".join(map(str, error.faults))
    words = error.message if says_more or not error.faults else "kept back by what is named here"
    return Happening(digest_id, What.FAILED, words, exit_code=error.exit_code, faults=error.faults)


def say_happening(one: Happening) -> None:
    """One step, for people: results on stdout; on stderr what went wrong, and what somebody has to do, once.

    Whoever lets cron mail the latter to them is told once, not every ten minutes.
    """
    tell = say_aside if one.what is What.FAILED else say
    tell(f"{one.name}: {one.words}")
    report_faults(one.faults)
    if one.todo:
        (say_aside if one.is_new else say)(f"  {one.todo}")


def worst(happenings: Sequence[Happening]) -> int:
    """The exit code of a run: the worst of all its steps."""
    return max((one.exit_code for one in happenings), default=0)
