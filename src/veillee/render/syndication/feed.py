"""A feed as every form of it is rendered: the view between the Community and RSS, Atom and JSON.

All texts are clean (nothing that XML forbids), all URLs are absolute and in ASCII, all instants are in UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from veillee.languages import is_known
from veillee.model import Image
from veillee.model.places import feed_path

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Feeds know no year before this: readers and RFC 822's four digits would stumble."""

BEFORE_FEEDS = datetime(1990, 1, 1, tzinfo=UTC)
"""When nothing is known; checkers take an earlier moment for a clock that is wrong."""

_NOT_FOR_URIS: Final = re.compile(r"""[\s<>"{}|\\^`\[\]]|%(?![0-9A-Fa-f]{2})""")
_LONE_PERCENT: Final = re.compile("%(?![0-9A-Fa-f]{2})")
_SAFE: Final = "/?:@!$&'()*+,;=-._~%"
_NOT_FOR_FEEDS = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")


class FeedForm(StrEnum):
    """A format that feeds come in; the value is how its files end."""

    RSS = "rss.xml"
    ATOM = "atom.xml"
    JSON = "json"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    FeedForm.RSS: "application/rss+xml",
    FeedForm.ATOM: "application/atom+xml",
    FeedForm.JSON: "application/feed+json",
}


@dataclass(frozen=True, slots=True)
class FeedLink:
    """That a feed exists: its scope (`all`, `tags/sql`), what it is called in its own language, that language."""

    scope: str
    title: str
    lang: str


@dataclass(frozen=True, slots=True)
class FeedAuthor:
    """A name, never empty, with the member's page and picture where there are such."""

    name: str
    url: str | None = None
    avatar: str | None = None


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One entry. `summary` is plain text; `link` is what the entry points to elsewhere.

    `html` is the whole content as a page has it, clean; `feed_html` makes of it what a feed may hold.
    """

    id: str
    url: str
    title: str
    lang: str
    published_at: datetime
    updated_at: datetime
    html: str
    summary: str = ""
    authors: tuple[FeedAuthor, ...] = ()
    tags: tuple[str, ...] = ()
    image: Image | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed in one language, newest item first; `home_url` is the page that shows the same to people.

    `author` stands for every item that names nobody.
    """

    scope: str
    title: str
    description: str
    lang: str
    site_url: str
    home_url: str
    author: FeedAuthor
    updated_at: datetime
    items: tuple[FeedItem, ...]

    def url(self, form: FeedForm) -> str:
        """Where this feed stands in one of its forms."""
        return as_uri(f"{self.site_url}/{feed_path(self.scope, form)}")


def clean(text: str) -> str:
    """The text without what XML 1.0 forbids or advises against (control characters, halves of pairs)."""
    return _NOT_FOR_FEEDS.sub("", text)


def clean_line(text: str) -> str:
    """The text as one clean line."""
    return " ".join(clean(text).split())


def as_uri(url: str) -> str:
    """A URL in ASCII (RFC 3987 section 3.1): what no URI may hold is percent-encoded, a host's name goes by IDNA."""
    url = clean(url).strip()
    if url.isascii() and not _NOT_FOR_URIS.search(url):
        return url
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no address
        return _quoted(url)
    rest = (_quoted(part) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, _ascii_host(parts.netloc), *rest))


def _quoted(part: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", part), safe=_SAFE)


def _ascii_host(netloc: str) -> str:
    try:
        return netloc.encode("idna").decode("ascii")
    except UnicodeError:
        return quote(netloc, safe="@:[]")


def feed_language(code: str) -> str:
    """The code as BCP 47 writes it (`zh-Hans`, `pt-BR`); `und` for what names no language, which feeds may not say."""
    primary, *others = code.lower().split("-")
    if not is_known(primary):
        return "und"
    return "-".join([primary, *map(_subtag, others)])


def _subtag(text: str) -> str:
    """A script has four letters and starts with a capital, a region has two and is in capitals."""
    return text.title() if len(text) == 4 and text.isalpha() else text.upper() if len(text) == 2 else text


def plausible(moment: datetime) -> datetime:
    """The instant in UTC, no earlier than feeds can say."""
    return max(moment.astimezone(UTC), EARLIEST)
