"""What happened last: posts, answers, new members and editions -> one row, newest first. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from hashlib import blake2b
from heapq import nlargest
from urllib.parse import quote

from veillee.languages import Language, language
from veillee.model import Author, Kind, Member, Post, Stream
from veillee.model.places import Place, page_path
from veillee.site.archive import Archive
from veillee.site.names import KIND_NAMES, STREAM_NAMES
from veillee.site.pages.digests import editions_in
from veillee.site.pages.lists import Listing
from veillee.site.pages.post import number_answers

TITLE_LENGTH = 160
ENTRY_COUNT = 40
"""About a fortnight of a busy community; what is older stands in the lists."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, as a page in one language tells it; `url` is absolute.

    `key` names it from one build to the next. `label` says what it is; `where` its stream, and is empty where the
    label says that already. `at` is midnight of the community's day where no hour is known.
    """

    key: str
    label: str
    at: datetime
    title: str
    lang: str
    url: str
    who: str = ""
    stream: Stream | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class ActivityView:
    """The newest entries; `version` is another one whenever they are."""

    entries: tuple[Entry, ...]
    version: str


def view_activity(listing: Listing, archive: Archive) -> ActivityView:
    """The live page in the listing's language; what is dated in the future has not happened."""
    now = listing.community.now
    found = (entry for entry in _everything(listing, archive) if entry.at <= now)
    entries = tuple(nlargest(ENTRY_COUNT, found, key=lambda entry: (entry.at, entry.key)))
    return ActivityView(entries, blake2b(repr(entries).encode(), digest_size=6).hexdigest())


def _everything(listing: Listing, archive: Archive) -> Iterator[Entry]:
    """All that may be among the newest; posts are many, so that only the newest of them come."""
    tongue, now = language(listing.lang), listing.community.now
    told = (post for post in listing.posts if post.published_at <= now)
    for post in nlargest(ENTRY_COUNT, told, key=lambda post: (post.published_at, post.id)):
        yield _of_post(post, tongue)
    for post in listing.posts:
        yield from _of_answers(post, tongue)
    for member in listing.community.members:
        if member.joined:
            yield _of_member(member, listing, tongue)
    for digest in archive.digests:
        for composed in editions_in(archive, digest, listing.lang):
            yield Entry(
                key=f"digests/{digest.id}/{composed.edition.id}",
                label=tongue.gettext("New edition"),
                at=composed.edition.period_end,
                title=shortened(composed.subject),
                lang=composed.lang,
                url=composed.url,
            )


def _of_post(post: Post, tongue: Language) -> Entry:
    is_told = post.kind is not Kind.STORY and post.stream is post.kind.stream
    return Entry(
        key=post.id,
        label=tongue.gettext(KIND_NAMES[post.kind]),
        at=post.published_at,
        title=shortened(post.title),
        lang=post.lang,
        url=post.url,
        who=_names(post.authors),
        stream=post.stream,
        where="" if is_told else tongue.gettext(STREAM_NAMES[post.stream]),
    )


def _of_answers(post: Post, tongue: Language) -> Iterator[Entry]:
    for numbered in number_answers(post.answers) if post.answers else ():
        yield Entry(
            key=f"{post.id}#answer-{numbered.number}",
            label=tongue.gettext("Answer to a question"),
            at=numbered.answer.answered_at,
            title=shortened(post.title),
            lang=post.lang,
            url=f"{post.url}#answer-{numbered.number}",
            who=_names((numbered.answer.author,)),
            stream=post.stream,
        )


def _of_member(member: Member, listing: Listing, tongue: Language) -> Entry:
    assert member.joined is not None
    community = listing.community
    path = page_path(Place.MEMBER, listing.lang, default_lang=community.language, key=member.id)
    return Entry(
        key=f"members/{member.id}",
        label=tongue.gettext("New here"),
        at=datetime.combine(member.joined, time(), community.timezone),
        title=shortened(member.name),
        lang=listing.lang,
        url=f"{community.url}/{quote(path)}",
    )


def _names(authors: tuple[Author, ...]) -> str:
    return shortened(", ".join(author.name for author in authors))


def shortened(text: str) -> str:
    """A text of a length that fits in a row."""
    return text if len(text) <= TITLE_LENGTH else f"{text[: TITLE_LENGTH - 1].rstrip()}…"
