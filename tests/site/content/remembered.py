"""Sites that are read again and again, as builds do it: what was read, and how many files were opened for it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.site.building import settings_of, write_site
from veillee.model import Community
from veillee.site.content.memory import SETTLED_NS
from veillee.site.content.remembering import SHELF_KEY
from veillee.site.reading import open_session

FOREIGN = {"THEME": "simple"}


@dataclass(frozen=True, slots=True)
class Look:
    """One reading of a site. `bodies` are the texts of its articles by address; `opened` how many files were read."""

    community: Community
    bodies: dict[str, str]
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    tally: str
    opened: int


def look(folder: Path, *, shelf: dict[Any, Any] | None = None, **settings: Any) -> Look:
    """Reads the site and keeps what it came to, as a build does."""
    loaded = settings_of(folder, **settings)
    if shelf is not None:
        loaded[SHELF_KEY] = shelf
    with open_session(loaded) as session:
        session.read()
        memory = session.run.memory
        if memory is not None:
            memory.save()
        reading = session.reading()
        everything = [*session.articles.articles, *session.articles.drafts]
        return Look(
            community=reading.community,
            bodies={article.save_as: article._content for article in everything},
            faults=tuple(map(str, reading.faults)),
            notes=reading.notes,
            tally=repr(session.run.tally),
            opened=memory.learnt_count if memory is not None else -1,
        )


def said(one: Look) -> tuple[object, ...]:
    """All that people see of it."""
    return one.community, one.bodies, one.faults, one.notes, one.tally


def write_settled(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Files that have been at rest for as long as a memory wants them to be."""
    write_site(folder, files)
    settle()
    return folder


def settle() -> None:
    """Waits until what was changed before is at rest."""
    time.sleep(2 * SETTLED_NS / 1e9)


def store_of(folder: Path) -> Path:
    """The file of the site's memory."""
    (found,) = (folder / "var" / "build").glob("*.reads")
    return found
