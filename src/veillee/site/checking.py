"""Checking a site: everything is read, nothing is written, and every problem is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from veillee.errors import Fault
from veillee.languages import FOLDER
from veillee.languages.catalogues import untranslated_count
from veillee.shown import shown_path
from veillee.site.content.descriptions import notes_on_descriptions
from veillee.site.content.elsewhere import notes_on_elsewhere
from veillee.site.content.questions import notes_on_reviews
from veillee.site.editions import read_editions_for_site
from veillee.site.newsletters import find_newsletter_faults
from veillee.site.reading import open_session
from veillee.site.run import Run


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was looked at, and what is wrong with it."""

    read: int
    members: int
    editions: int
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        return 1 if self.faults else 0

    def as_plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "read": self.read,
            "members": self.members,
            "editions": self.editions,
            "faults": [fault.as_plain() for fault in self.faults],
            "notes": list(self.notes),
        }


def notes_on_catalogues(run: Run) -> Iterator[str]:
    """A note for each catalogue of the site that leaves messages in English."""
    for path in sorted((run.site.root / FOLDER).glob("*.po")):
        missing, all_of_them = untranslated_count(path)
        if missing:
            todo = "they are shown in English; `veillee translate` writes down which"
            yield f"{shown_path(path)}: {missing} of {all_of_them} messages are not translated; {todo}"


def _notes_on_security(run: Run) -> Iterator[str]:
    """RFC 9116, 2.5.5: what has expired is not to be used, so nobody would know any longer whom to tell."""
    expires = dict(run.site.security).get("Expires")
    if isinstance(expires, str) and datetime.fromisoformat(expires) <= run.now:
        todo = "see that Contact is still right, then write a later day into VEILLEE_SECURITY"
        yield f"security.txt has expired on {expires[:10]}; {todo}"


def _notes_of_ours(run: Run) -> Iterator[str]:
    yield from notes_on_reviews(run, run.contents)
    yield from notes_on_elsewhere(run, run.contents)
    yield from notes_on_descriptions(run, run.contents)
    yield from notes_on_catalogues(run)
    yield from _notes_on_security(run)


def check_site(settings: dict[str, Any]) -> CheckReport:
    """The site as `read_site` reads it, and the definitions, editions and mails of its digests."""
    with open_session(settings) as session:
        session.read()
        reading = session.reading()
        archive = read_editions_for_site(reading.settings, reading.community)
        for note in _notes_of_ours(session.run) if session.run.is_ours else ():
            session.run.note(note)
        mails = find_newsletter_faults(archive, reading.community)
        return CheckReport(
            read=session.run.tally.read - session.run.tally.lost + session.lost_count,
            members=len(reading.community.members),
            editions=len(archive.editions),
            faults=tuple(sorted({*reading.faults, *archive.faults, *mails})),
            notes=tuple(dict.fromkeys([*session.notes(), *archive.notes])),
        )
