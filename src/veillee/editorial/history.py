"""History: what the other editions of a digest carried, and as what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from veillee.model.edition import Edition, Period, SectionKind


class Role(StrEnum):
    """As what a post stands in an edition. It stands once in each role, but for ASKED."""

    NEWS = "news"  # a story, an item of a stream, a line of the zapping
    NEW = "new"  # a question that was asked in the period
    ANSWERED = "answered"  # a question that was answered in the period
    ASKED = "asked"  # a question that waits for an answer
    TEASED = "teased"  # what comes next


ROLE_OF = {
    SectionKind.HELP: Role.ASKED,
    SectionKind.WAITING_QUESTIONS: Role.ASKED,
    SectionKind.NEW_QUESTIONS: Role.NEW,
    SectionKind.ANSWERED_QUESTIONS: Role.ANSWERED,
    SectionKind.TEASER: Role.TEASED,
}
"""The role in a section; NEWS in all others."""


@dataclass(frozen=True)
class History:
    """What the editions other than the one of `period` carried."""

    carried: dict[tuple[str, Role], tuple[str, ...]]  # (post, role) -> editions, oldest first
    overlap: tuple[str, datetime] | None  # the edition before, and when it was drafted, if that was early

    @classmethod
    def of(cls, editions: Iterable[Edition], period: Period) -> History:
        others = sorted((one for one in editions if one.id != period.id), key=lambda one: (one.period_end, one.id))
        carried: dict[tuple[str, Role], list[str]] = defaultdict(list)
        for edition in others:
            for section in edition.sections:
                for post_id in section.post_ids:
                    carried[post_id, ROLE_OF.get(section.kind, Role.NEWS)].append(edition.id)
        return cls({key: tuple(ids) for key, ids in carried.items()}, _overlap(others, period))

    def carried_by(self, post_id: str, role: Role) -> str | None:
        """The last edition that carried a post in this role."""
        return self.carried.get((post_id, role), (None,))[-1]

    def times_asked(self, post_id: str) -> int:
        return len(self.carried.get((post_id, Role.ASKED), ()))


def _overlap(others: list[Edition], period: Period) -> tuple[str, datetime] | None:
    """Where the edition before was drafted before its period ended, what came after it is not lost."""
    for edition in others:
        drafted_at = edition.drafted_at
        if edition.period_end == period.start and drafted_at is not None and drafted_at < period.start:
            return edition.id, drafted_at
    return None
