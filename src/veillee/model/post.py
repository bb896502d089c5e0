"""A post: one thing that somebody published, and what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum


class Stream(StrEnum):
    """The three things that circulate in a learning community."""

    ANNOUNCEMENTS = "announcements"  # what comes from the top
    QUESTIONS = "questions"  # what members ask, and what they answer
    BUZZ = "buzz"  # the chatter that makes the social bond


class Kind(StrEnum):
    """What a post is; its folder says so unless the post does."""

    STORY = "story"  # a piece of real length, the candidate for "story of the week"
    ANNOUNCEMENT = "announcement"  # news that everybody should know
    QUESTION = "question"  # asked by a member, with answers
    BUZZ = "buzz"  # a few lines, a link, reactions
    KNOWLEDGE = "knowledge"  # what the answers to a question came to, kept up to date

    @property
    def stream(self) -> Stream:
        """The stream of a post of this kind that does not name another."""
        return _STREAM_OF[self]

    @property
    def folder(self) -> str:
        """The folder below `content/`, and the first part of the URL."""
        return _FOLDER_OF[self]


_STREAM_OF = {
    Kind.STORY: Stream.ANNOUNCEMENTS,
    Kind.ANNOUNCEMENT: Stream.ANNOUNCEMENTS,
    Kind.QUESTION: Stream.QUESTIONS,
    Kind.BUZZ: Stream.BUZZ,
    Kind.KNOWLEDGE: Stream.ANNOUNCEMENTS,
}
_FOLDER_OF = {
    Kind.STORY: "stories",
    Kind.ANNOUNCEMENT: "announcements",
    Kind.QUESTION: "questions",
    Kind.BUZZ: "buzz",
    Kind.KNOWLEDGE: "knowledge",
}


class Status(StrEnum):
    """Who can see a post."""

    PUBLISHED = "published"  # everybody, in every list
    HIDDEN = "hidden"  # whoever has the link; in no list, feed or digest
    DRAFT = "draft"  # nobody but its authors
    SCHEDULED = "scheduled"  # nobody until its date; only its teaser may be shown


class DigestChoice(StrEnum):
    """What its author wants of the digests."""

    AUTO = "auto"  # let the selection decide
    PIN = "pin"  # in the next edition, first
    NEVER = "never"  # in no edition


@dataclass(frozen=True, slots=True, order=True)
class Author:
    """A name on a post: a member's, with the member's id, or a plain name, with id None."""

    name: str
    member_id: str | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """A picture with an absolute URL; `width` and `height` in pixels, None where not known."""

    url: str
    alt: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question; `html` is sanitised and its URLs are absolute."""

    author: Author
    answered_at: datetime
    html: str
    text: str
    is_accepted: bool = False


@dataclass(frozen=True, slots=True)
class Reaction:
    """How many members reacted with one word (`merci`, `bravo`)."""

    word: str
    count: int


@dataclass(frozen=True, slots=True)
class Event:
    """What an announcement invites to; instants are aware and in UTC.

    `ends_at` is when it is over: where it lasts whole days, when the day after the last begins.
    """

    starts_at: datetime
    ends_at: datetime
    is_whole_day: bool = False
    place: str | None = None
    url: str | None = None

    def first_day(self, timezone: tzinfo) -> date:
        return self.starts_at.astimezone(timezone).date()

    def last_day(self, timezone: tzinfo) -> date:
        """The day on which it is over; of whole days, the last one."""
        there = self.ends_at.astimezone(timezone).date()
        return there - timedelta(days=1) if self.is_whole_day else there


@dataclass(frozen=True, slots=True)
class Post:
    """One thing that somebody published, in one language.

    `id` is `folder/slug` (`stories/night-shift`), the same for all translations and stable for ever: editions
    and feeds name posts by it. `html` is sanitised, its URLs are absolute; `text` and `summary` are plain text.
    Datetimes are aware and in UTC. `translations` are the languages and URLs of the other versions.
    """

    id: str
    kind: Kind
    stream: Stream
    title: str
    url: str
    lang: str
    slug: str
    source: str  # path of the file, relative to the content folder, with `/`
    published_at: datetime
    authors: tuple[Author, ...]
    summary: str
    html: str
    text: str
    status: Status = Status.PUBLISHED
    updated_at: datetime | None = None
    tags: tuple[str, ...] = ()
    image: Image | None = None
    is_story_of_the_week: bool = False
    digest: DigestChoice = DigestChoice.AUTO
    teaser: str | None = None
    expires_at: datetime | None = None
    review_by: datetime | None = None
    answers: tuple[Answer, ...] = ()  # accepted first, then oldest first
    link: str | None = None
    reactions: tuple[Reaction, ...] = ()
    translations: tuple[tuple[str, str], ...] = ()  # (language, absolute URL), sorted
    is_original: bool = True  # False for a translation of another post
    word_count: int = field(default=0)
    event: Event | None = None
    question_id: str | None = None  # the question that a knowledge page came from
    reviewed_at: datetime | None = None

    @property
    def reading_minutes(self) -> int:
        """Whole minutes to read the text at 220 words a minute, at least 1."""
        return max(1, round(self.word_count / 220))

    @property
    def accepted_answer(self) -> Answer | None:
        """The answer that the asker or a manager accepted, None where there is none yet."""
        return next((answer for answer in self.answers if answer.is_accepted), None)

    @property
    def is_waiting(self) -> bool:
        """A question that nobody has answered yet."""
        return self.kind is Kind.QUESTION and not self.answers

    @property
    def last_activity_at(self) -> datetime:
        """When it was published or last answered, whichever is later."""
        return max([self.published_at, *(answer.answered_at for answer in self.answers)])

    @property
    def reaction_count(self) -> int:
        return sum(reaction.count for reaction in self.reactions)

    @property
    def checked_at(self) -> datetime:
        """When somebody last made sure that it holds: wrote, changed or reviewed it."""
        return max(moment for moment in (self.published_at, self.updated_at, self.reviewed_at) if moment)

    def is_due(self, now: datetime) -> bool:
        """Whether somebody was to look at it again by now, and has not."""
        return self.review_by is not None and self.review_by <= now and self.checked_at < self.review_by

    @property
    def shown_until(self) -> datetime | None:
        """The last moment before it expires: of a day without an hour, in that day."""
        return self.expires_at - timedelta(seconds=1) if self.expires_at else None

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now
