"""History: what the other editions of a digest carried, and as what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from veillee.model.edition import Edition, Period, SectionKind

CATCH_UP_PERIODS = 4
"""How many periods back an edition looks for posts that no edition carried."""


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
    since: datetime  # from when on posts are looked at: the period's start, or earlier where some would be lost
    until: datetime  # the period's end
    before: str = ""  # the edition before, where there is one and `since` is earlier than the period's start

    @classmethod
    def of(cls, editions: Iterable[Edition], period: Period, *, untold: Collection[str] = ()) -> History:
        """The history before a period; what the `untold` editions carried nobody has read, and is told again."""
        known = sorted((one for one in editions if one.id != period.id), key=lambda one: (one.period_end, one.id))
        others = [one for one in known if one.id not in untold]
        unread = [one for one in known if one.id in untold]
        carried: dict[tuple[str, Role], list[str]] = defaultdict(list)
        for edition in others:
            for section in edition.sections:
                for post_id in section.post_ids:
                    carried[post_id, ROLE_OF.get(section.kind, Role.NEWS)].append(edition.id)
        since, before = _since(others, period, unread)
        return cls({key: tuple(ids) for key, ids in carried.items()}, since, period.end, before)

    def covers(self, instant: datetime) -> bool:
        """Whether what happened at an instant is this edition's to tell."""
        return self.since <= instant < self.until

    def carried_by(self, post_id: str, role: Role) -> str | None:
        """The last edition that carried a post in this role."""
        return self.carried.get((post_id, role), (None,))[-1]

    def times_asked(self, post_id: str) -> int:
        return len(self.carried.get((post_id, Role.ASKED), ()))


def _since(others: list[Edition], period: Period, unread: list[Edition]) -> tuple[datetime, str]:
    """From when on posts belong to this edition, and the edition before it.

    What came after that one was drafted is in no file; what came in a period that was too quiet for an edition is in
    none either. Both are looked at again, a few periods back. The first edition of all begins with its period, or with
    that of the first that went to nobody.
    """
    before = [edition for edition in others if edition.period_end <= period.start]
    last = before[-1] if before else None
    if last is not None:
        since = min(last.drafted_at or last.period_end, last.period_end)
    elif unread:
        since = unread[0].period_start
    else:
        return period.start, ""
    since = max(since, period.start - CATCH_UP_PERIODS * (period.end - period.start))
    return (since, last.id if last else "") if since < period.start else (period.start, "")
