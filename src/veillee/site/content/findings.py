"""Findings: what reading one file found to say, kept apart from the run until it is told.

A file is read on a scratch run -> its findings -> the run. So a file that is read in another process, or remembered,
says what it said when it was read here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from veillee.errors import Fault
from veillee.site.run import Run, SourceFile
from veillee.sources.posts import RawPost


@dataclass(frozen=True, slots=True)
class Findings:
    """Of one file. `spoiled` are its posts with a fault, `doubts` what only counts where Pelican stumbles, too."""

    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    spoiled: tuple[RawPost, ...] = ()
    doubts: tuple[Fault, ...] | None = None
    is_lost: bool = False
    lost_count: int = 0
    skipped_count: int = 0

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to say, whatever becomes of the file."""
        return replace(self, doubts=None if not self.doubts else self.doubts) == NOTHING


NOTHING = Findings()


def findings_of(scratch: Run, source: SourceFile) -> Findings:
    """What was found on a run that read this file and nothing else."""
    found = Findings(
        faults=tuple(scratch.faults),
        notes=tuple(scratch.notes),
        spoiled=tuple(raw for raw, _ in scratch.spoiled),
        doubts=scratch.doubts.get(source.shown),
        is_lost=source.relative in scratch.lost,
        lost_count=scratch.tally.lost,
        skipped_count=scratch.tally.skipped,
    )
    return NOTHING if found == NOTHING else found


def tell(findings: Findings, source: SourceFile, run: Run) -> None:
    """Puts on the run what a file has to say."""
    if findings is NOTHING:
        return
    run.record(findings.faults)
    for note in findings.notes:
        run.note(note)
    run.spoiled.extend((raw, source) for raw in findings.spoiled)
    if findings.doubts is not None:
        run.doubts[source.shown] = findings.doubts
    if findings.is_lost:
        run.lose(source.relative)
    run.tally.lost += findings.lost_count
    run.tally.skipped += findings.skipped_count
