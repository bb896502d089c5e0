"""The members of the community: the files of `content/members/` -> Member, with bios rendered and pictures found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from veillee.model import Member
from veillee.site.run import Run, shown_path

FOLDER = "members"


def load_members(run: Run) -> None:
    """Puts the members on the run, and their faults; a site without the folder has none."""
    folder = run.site.content / FOLDER
    if not folder.is_dir() or not (run.is_ours or any(folder.glob("*.y*ml"))):
        return
    from veillee.sources.members import read_members

    read = read_members(folder, shown=shown_path(folder))
    run.record(read.faults)
    run.members = tuple(sorted((_member(raw, folder, run) for raw in read.members), key=lambda one: (one.name, one.id)))


def _member(raw: Any, folder: Path, run: Run) -> Member:
    raise NotImplementedError
