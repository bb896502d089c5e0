"""The pages of the digests: definitions and composed editions -> the archive, each digest, each edition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from veillee.editorial.periods import next_issue
from veillee.model import ComposedEdition, Digest, SectionKind
from veillee.site.archive import Archive


@dataclass(frozen=True, slots=True)
class DigestView:
    """A digest with its editions in one language, newest first.

    `next_at` is when the next one appears, None where nobody can know.
    """

    digest: Digest
    editions: tuple[ComposedEdition, ...]
    next_at: datetime | None

    @property
    def latest(self) -> ComposedEdition | None:
        return self.editions[0] if self.editions else None


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition with the editions before and after it."""

    composed: ComposedEdition
    newer: ComposedEdition | None = None
    older: ComposedEdition | None = None

    @property
    def headline(self) -> str:
        """The subject, where it says more than the title of an item that stands on the page anyway."""
        subject = self.composed.subject
        return "" if any(post.title in subject for post in self.composed.posts) else subject


def view_digests(archive: Archive, lang: str, *, now: datetime) -> tuple[DigestView, ...]:
    """Every digest, those with a story first, with its editions in `lang`, else in its own first language."""
    ordered = sorted(archive.digests, key=lambda digest: SectionKind.STORY not in digest.sections)
    return tuple(DigestView(digest, editions_in(archive, digest, lang), _next_at(digest, now)) for digest in ordered)


def _next_at(digest: Digest, now: datetime) -> datetime | None:
    return None if digest.schedule.is_instant else next_issue(digest.schedule, now)


def editions_in(archive: Archive, digest: Digest, lang: str) -> tuple[ComposedEdition, ...]:
    """The shown editions of a digest in one language, newest first."""
    spoken = lang if lang in digest.languages else digest.languages[0]
    return tuple(one for one in archive.composed if one.digest.id == digest.id and one.lang == spoken)


def view_editions(archive: Archive, lang: str) -> Iterator[EditionView]:
    """The editions that have a page in `lang`, each between its neighbours."""
    for digest in archive.digests:
        row = [one for one in archive.composed if one.digest.id == digest.id and one.lang == lang]
        for newer, composed, older in zip([None, *row], row, [*row[1:], None], strict=False):
            yield EditionView(composed, newer, older)


def main_digest(digests: tuple[DigestView, ...]) -> DigestView | None:
    """The digest that the home page follows: the first with a calendar, which has a story of the week if any has."""
    return next((one for one in digests if one.next_at is not None), None)
