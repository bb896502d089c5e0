"""A post as its author wrote it, checked field by field; nothing is resolved or rendered yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from veillee.errors import Fault
from veillee.model.post import DigestChoice, Event, Kind, Status, Stream
from veillee.sources.headers import HeaderForm


@dataclass(frozen=True, slots=True)
class PostRules:
    """How posts are read. `fields` are (our key, their key) pairs; `member_ids` None where there are no members.

    `kind` is what the folder says, None where it says nothing. Pages do without a date: `needs_date` False.
    `is_foreign`: the file stands in no folder of ours, so that it may be something else than a post; `needs_text`: it
    is one only if it has a text of its own. `default_date` is for posts without a date, where the site allows that.
    """

    is_strict: bool
    fields: tuple[tuple[str, str], ...]
    timezone: ZoneInfo
    default_lang: str
    member_ids: frozenset[str] | None
    kind: Kind | None
    needs_date: bool = True
    is_foreign: bool = False
    needs_text: bool = False
    default_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """One answer to a question; `body` is Markdown and begins in `line`."""

    author_name: str
    answered_at: datetime
    body: str
    is_accepted: bool
    line: int


@dataclass(frozen=True, slots=True)
class RawPost:
    """A post as typed: authors are ids or names, addresses are not resolved, texts are Markdown.

    Datetimes are aware, in the zone they were typed in. `published_at` is None for a draft or page without a date,
    `kind`, `lang` and `status` are None where nothing was said. `extra` holds the keys that are not ours, as plain
    values. `expires_at` of a day without an hour is the end of that day. `aliases` are output paths,
    each with its line.
    """

    line: int
    title: str
    kind: Kind | None
    stream: Stream | None
    published_at: datetime | None
    updated_at: datetime | None
    author_names: tuple[str, ...]
    tags: tuple[str, ...]
    lang: str | None
    slug: str | None
    summary: str | None
    status: Status | None
    is_story_of_the_week: bool
    digest: DigestChoice
    teaser: str | None
    expires_at: datetime | None
    review_by: datetime | None
    image: str | None
    image_alt: str | None
    link: str | None
    reactions: tuple[tuple[str, int], ...]
    body: str
    body_line: int
    answers: tuple[RawAnswer, ...]
    header: HeaderForm
    event: Event | None = None
    reviewed_at: datetime | None = None
    from_question: str | None = None
    aliases: tuple[tuple[str, int], ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PostsRead:
    """The posts of one file that are without fault, the faults of the others, and how many others there are.

    `is_list`: the file is made to hold many posts, even where it holds one. `is_other`: it is none of ours to read,
    such as another program's settings. `spoiled` are the others as far as they could be read: not fit for use, but
    their links can be looked at.
    """

    posts: tuple[RawPost, ...]
    faults: tuple[Fault, ...]
    lost_count: int = 0
    is_list: bool = False
    is_other: bool = False
    spoiled: tuple[RawPost, ...] = ()
