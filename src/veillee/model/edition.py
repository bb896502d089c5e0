"""A digest, its editions, and an edition as it is rendered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from veillee.model.post import Post, Stream
from veillee.model.segments import Segment


class Every(StrEnum):
    """How often a digest appears."""

    INSTANT = "instant"  # as soon as there is something
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Weekday(IntEnum):
    """The days of the week as ISO 8601 numbers them."""

    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6
    SUNDAY = 7


class SectionKind(StrEnum):
    """A part of an edition. The first group is filled by the mix, the others by rules of their own."""

    ANNOUNCEMENTS = "announcements"  # the three streams, filled to the mix
    QUESTIONS = "questions"
    BUZZ = "buzz"
    STORY = "story"  # the story of the week, one post
    HELP = "help"  # "can you help?": questions that wait for an answer
    ZAPPING = "zapping"  # a strip of one-line items
    TEASER = "teaser"  # one line on what comes next
    NEW_QUESTIONS = "new_questions"  # asked in the period
    ANSWERED_QUESTIONS = "answered_questions"  # first answered or accepted in the period
    WAITING_QUESTIONS = "waiting_questions"  # still without an answer

    @property
    def carries_news(self) -> bool:
        """Whether its posts are the edition's own news, rather than lines or questions that are asked again."""
        return self not in _WITHOUT_NEWS


_WITHOUT_NEWS = frozenset(
    (SectionKind.HELP, SectionKind.WAITING_QUESTIONS, SectionKind.ZAPPING, SectionKind.TEASER),
)


@dataclass(frozen=True, slots=True)
class Period:
    """The time that an edition is about: `start <= instant < end`, both in UTC, named like the edition."""

    id: str
    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


@dataclass(frozen=True, slots=True)
class Schedule:
    """When editions appear: `at` is local time in `timezone`.

    `weekday` is set when `every` is WEEK, `day_of_month` (1 to 28) when it is MONTH; `at` says nothing for INSTANT.
    """

    every: Every
    at: time
    timezone: ZoneInfo
    weekday: Weekday | None = None
    day_of_month: int | None = None

    @property
    def is_instant(self) -> bool:
        """Whether editions appear as soon as there is something to tell, and not by the calendar."""
        return self.every is Every.INSTANT


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and an address, as in a From header."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A recurring mail, as `digests/<id>/digest.yaml` defines it.

    `mix` gives each stream its weight; `item_count` slots are shared out by it. An edition with fewer than
    `minimum_items` items does not go out. Sizes in bytes. `titles` and `subjects` are (language, text) pairs.
    """

    id: str
    folder: str  # the digest's folder, as the commands know it
    titles: tuple[tuple[str, str], ...]
    languages: tuple[str, ...]
    schedule: Schedule
    sections: tuple[SectionKind, ...]
    mix: tuple[tuple[Stream, int], ...]
    item_count: int
    minimum_items: int
    sender: Mailbox
    reply_to: str | None = None
    subjects: tuple[tuple[str, str], ...] = ()  # `{title}` and `{story}` are filled in
    descriptions: tuple[tuple[str, str], ...] = ()
    help_count: int = 3
    zapping_count: int = 6
    size_budget_bytes: int = 80_000
    lateness_days: int = 7
    needs_review: bool = False  # a draft waits until its manager has committed it
    segment: Segment | None = None  # who gets it, of those who chose it; None: all of them
    at_local_time: bool = False  # each subscriber gets it at the digest's hour in their own time zone

    def title_in(self, lang: str) -> str:
        return dict(self.titles).get(lang) or self.titles[0][1]

    def description_in(self, lang: str) -> str:
        by_lang = dict(self.descriptions)
        return by_lang.get(lang) or (self.descriptions[0][1] if self.descriptions else "")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an edition: the ids of its posts in order, and the lines that stand below them.

    `lines` are (language, text) pairs, one tuple of pairs for each line that the manager wrote by hand.
    """

    kind: SectionKind
    post_ids: tuple[str, ...] = ()
    lines: tuple[tuple[tuple[str, str], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """One issue of a digest: what the manager decided, as the file in git holds it.

    `id` is `2026-W47` (week), `2026-11-20` (day), `2026-11` (month) or `2026-11-20T0800Z` (instant). The period is
    half open, in UTC. `introductions` and `subjects` are (language, text) pairs; introductions are Markdown as typed.
    `drafted_at` is when it was proposed: what was published between then and the period's end belongs to the
    next edition. `item_lines` are (post id, line in `source`) pairs.
    """

    digest_id: str
    id: str
    period_start: datetime
    period_end: datetime
    sections: tuple[Section, ...]
    introductions: tuple[tuple[str, str], ...] = ()
    subjects: tuple[tuple[str, str], ...] = ()
    source: str = field(default="", compare=False)  # the file, as the commands know it
    drafted_at: datetime | None = None
    item_lines: tuple[tuple[str, int], ...] = field(default=(), compare=False, repr=False)

    @property
    def period(self) -> Period:
        return Period(self.id, self.period_start, self.period_end)

    @property
    def post_ids(self) -> tuple[str, ...]:
        """Every post that the edition carries, in order, each once."""
        return tuple(dict.fromkeys(pid for section in self.sections for pid in section.post_ids))

    @property
    def news_count(self) -> int:
        """How many posts it carries as news: what `Digest.minimum_items` is compared with."""
        return len({pid for section in self.sections if section.kind.carries_news for pid in section.post_ids})

    def section(self, kind: SectionKind) -> Section | None:
        return next((section for section in self.sections if section.kind is kind), None)

    def line_of(self, post_id: str) -> int:
        """The line of the file that names a post; 0 where it is not known."""
        return dict(self.item_lines).get(post_id, 0)


@dataclass(frozen=True, slots=True)
class EditionNotes:
    """What a drafted file says to its reader, as comments: on top, beside each post, and of those not chosen."""

    heading: tuple[str, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()  # (post id, one line)
    not_chosen: tuple[tuple[str, str], ...] = ()  # (post id, one line)


@dataclass(frozen=True, slots=True)
class ComposedSection:
    """A section in one language: posts in their best version, and plain one-line texts."""

    kind: SectionKind
    posts: tuple[Post, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComposedEdition:
    """An edition in one language, with the posts themselves: what a template renders.

    `introduction_html` is sanitised; `url` is where the edition stands on the site, absolute.
    """

    digest: Digest
    edition: Edition
    lang: str
    title: str
    subject: str
    url: str
    introduction_html: str
    introduction_text: str
    sections: tuple[ComposedSection, ...]
    is_part: bool = False  # it carries only what its reader follows

    def section(self, kind: SectionKind) -> ComposedSection | None:
        return next((section for section in self.sections if section.kind is kind), None)

    @property
    def posts(self) -> tuple[Post, ...]:
        """Every post that it carries, in order, each once."""
        return tuple({post.id: post for section in self.sections for post in section.posts}.values())


class Token(StrEnum):
    """What differs from one recipient to the next; joined in at the moment of sending."""

    UNSUBSCRIBE_URL = "unsubscribe-url"  # the recipient's own way out
    RECIPIENT_NAME = "recipient-name"


Parts = tuple[str | Token, ...]
"""Rendered text, cut where a token stands."""


@dataclass(frozen=True, slots=True)
class Variant:
    """An edition as rendered for one language and one choice of its posts, ready for any recipient.

    `choice` is empty where it carries all of them.
    """

    edition_id: str
    digest_id: str
    lang: str
    subject: str
    html: Parts = field(repr=False)
    text: Parts = field(repr=False)
    choice: str = field(default="", repr=False)
