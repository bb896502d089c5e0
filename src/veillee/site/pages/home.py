"""The home page: the community and its latest edition -> what stands at the top, and the three streams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from veillee.model import Community, ComposedEdition, Kind, Member, Post, SectionKind, Stream
from veillee.site.pages.digests import DigestView, main_digest
from veillee.site.pages.lists import Listing

COLUMN_COUNTS = {Stream.ANNOUNCEMENTS: 3, Stream.QUESTIONS: 5, Stream.BUZZ: 3}
"""How many posts of each stream; a question takes less room than an announcement, so that the columns end together."""
WAITING_COUNT = 3
ZAPPING_COUNT = 5
NEWEST_COUNT = 4
NEWCOMER_COUNT = 6
NEW_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ZappingItem:
    """One line of the zapping strip; with a post it links there."""

    text: str
    post: Post | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One of the three streams."""

    stream: Stream
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class Teaser:
    """One line on what comes next, and the language that it speaks."""

    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """Everything on the home page, in one language; None and empty where there is nothing to show yet."""

    story: Post | None
    zapping: tuple[ZappingItem, ...]
    columns: tuple[Column, ...]
    waiting: tuple[Post, ...]
    teaser: Teaser | None
    digest: DigestView | None
    newcomers: tuple[Member, ...] = ()


def view_home(listing: Listing, digests: tuple[DigestView, ...]) -> HomeView:
    """The home page in the listing's language."""
    digest = main_digest(digests)
    edition = digest.latest if digest else None
    story = _story(listing, edition)
    columns = tuple(Column(stream, _column(listing, stream, besides=story)) for stream in Stream)
    shown = {post.id for column in columns for post in column.posts} | ({story.id} if story else set())
    return HomeView(
        story=story,
        zapping=_zapping(listing, edition, shown),
        columns=columns,
        waiting=listing.waiting[:WAITING_COUNT],
        teaser=_teaser(listing, edition),
        digest=digest,
        newcomers=_newcomers(listing.community),
    )


def _newcomers(community: Community) -> tuple[Member, ...]:
    """Who joined within a month, the last one first. A day begins when it does for the community: see the horizon."""
    today = community.now.astimezone(community.timezone).date()
    new = [member for member in community.members if member.joined and today - NEW_FOR < member.joined <= today]
    return tuple(sorted(new, key=lambda member: (today - (member.joined or today), member.name))[:NEWCOMER_COUNT])


def _story(listing: Listing, edition: ComposedEdition | None) -> Post | None:
    """What the latest edition calls the story of the week, else the newest post that says it is, else any story."""
    section = edition.section(SectionKind.STORY) if edition else None
    if section and section.posts:
        return listing.community.post(section.posts[0].id, listing.lang)
    chosen = next((post for post in listing.posts if post.is_story_of_the_week), None)
    return chosen or next((post for post in listing.posts if post.kind is Kind.STORY), None)


def _column(listing: Listing, stream: Stream, *, besides: Post | None) -> tuple[Post, ...]:
    posts = listing.community.of_stream(stream, listing.lang)
    others = [post for post in posts if besides is None or post.id != besides.id]
    return tuple(others[: COLUMN_COUNTS[stream]])


def _zapping(listing: Listing, edition: ComposedEdition | None, shown: set[str]) -> tuple[ZappingItem, ...]:
    """The latest edition's zapping; without one, the newest titles that the page does not show otherwise."""
    section = edition.section(SectionKind.ZAPPING) if edition else None
    if section:
        posts = [ZappingItem(post.title, post) for post in section.posts]
        return (*(ZappingItem(line) for line in section.lines), *posts)[:ZAPPING_COUNT]
    told = (post for post in listing.posts if post.kind is not Kind.BUZZ)  # a few lines of buzz have no title to show
    others = [ZappingItem(post.title, post) for post in told if post.id not in shown]
    return tuple(others[:NEWEST_COUNT])


def _teaser(listing: Listing, edition: ComposedEdition | None) -> Teaser | None:
    """What comes next: as the edition announces it, else of the next post that is due."""
    section = edition.section(SectionKind.TEASER) if edition else None
    if edition and section and section.lines:
        return Teaser(section.lines[0], edition.lang)
    due = [post for post in listing.community.scheduled if post.teaser]
    nearest = next((post for post in due if post.lang == listing.lang), due[0] if due else None)
    return Teaser(nearest.teaser, nearest.lang) if nearest and nearest.teaser else None
