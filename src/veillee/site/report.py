"""The report of a build: what it found, what it wrote, and how long it stays right. It leaves nothing out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from veillee.errors import Fault
from veillee.site.outputs.making import Made

_INNER = ("faults", "notes", "rest", "phases", "made")
"""Fields of a report that JSON shows in another form, or not at all."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A build that hangs on files alone: all that it wrote, and until when it stays right by itself.

    `mark` is that of its plan, by which it can be done over for single texts; empty where it cannot.
    """

    written: tuple[str, ...]
    until: datetime
    mark: bytes = b""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build found and wrote. Of the posts that were `read`, each is in exactly one of the other counts.

    `rest` is None where the next build has to look for itself, whatever the files say. `phases` are seconds by what was
    done; `made` says of each file why it was rendered.
    """

    output: str
    read: int
    published: int
    hidden: int
    drafts: int
    scheduled: int
    expired: int
    lost: int
    pages: int
    files_written: int
    files_unchanged: int
    files_removed: int
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    seconds: float
    rest: Rest | None = None
    phases: tuple[tuple[str, float], ...] = ()
    made: tuple[Made, ...] = ()

    @property
    def exit_code(self) -> int:
        return 1 if self.faults else 0

    def as_plain(self) -> dict[str, Any]:
        """For JSON."""
        names = (one.name for one in fields(self) if one.name not in _INNER)
        faults = [fault.as_plain() for fault in self.faults]
        return {**{name: getattr(self, name) for name in names}, "faults": faults, "notes": list(self.notes)}
