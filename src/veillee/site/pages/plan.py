"""The community's own pages: Community and editions -> planned pages -> files.

Posts and pages are written by Pelican; this writes every page that lists, in every language of the site.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from pelican.generators import Generator

from veillee.languages import language
from veillee.model import Community
from veillee.model.places import Place, activity_path, page_path
from veillee.render.syndication import digest_scope
from veillee.site.archive import Archive
from veillee.site.editions import editions_of_run
from veillee.site.outputs.collecting import put_file
from veillee.site.pages.activity import ActivityView, view_activity
from veillee.site.pages.activity_file import render_activity
from veillee.site.pages.digests import DigestView, view_digests, view_editions
from veillee.site.pages.home import view_home
from veillee.site.pages.knowledge import view_knowledge
from veillee.site.pages.lists import Listing, PostList
from veillee.site.pages.style import view_style
from veillee.site.run import run_of

TEMPLATES = {
    Place.HOME: "home",
    Place.STORIES: "stories",
    Place.ANNOUNCEMENTS: "announcements",
    Place.QUESTIONS: "questions",
    Place.QUESTIONS_OPEN: "questions",
    Place.QUESTIONS_ANSWERED: "questions",
    Place.BUZZ: "buzz-wall",
    Place.KNOWLEDGE: "knowledge",
    Place.MEMBERS: "members",
    Place.MEMBER: "member",
    Place.TAGS: "tags",
    Place.TAG: "tag",
    Place.ARCHIVES: "archives",
    Place.PERIOD: "period",
    Place.DIGESTS: "digests",
    Place.DIGEST: "digest",
    Place.EDITION: "edition",
    Place.FEEDS: "feeds",
    Place.STYLE: "style",
    Place.SEARCH: "search",
    Place.LIVE: "live",
    Place.NOT_FOUND: "not-found",
}
"""The template of each place: the theme's table of contents."""


@dataclass(frozen=True, slots=True)
class FeedsView:
    """The feeds beyond those of streams and kinds, each a name and a scope."""

    digests: tuple[tuple[str, str], ...]
    languages: tuple[tuple[str, str], ...]
    topics: tuple[tuple[str, str], ...]
    has_knowledge: bool = False


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """One page to write: where it stands, in which language, and what its template sees as `view`.

    `languages` are those that the page exists in, for the language switch; `feed` is the scope of its own feeds.
    """

    place: Place
    lang: str
    view: object = None
    key: str = ""
    number: int = 1
    feed: str = ""
    languages: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[Place, str, int]:
        """The same for the page in every language."""
        return self.place, self.key, self.number

    @property
    def is_found(self) -> bool:
        """Whether machines and searches are shown the page."""
        return self.place not in (Place.STYLE, Place.NOT_FOUND)

    @property
    def template(self) -> str:
        return TEMPLATES[self.place]

    def path(self, default_lang: str, lang: str = "") -> str:
        """The output path, in another language if one is named."""
        spoken = lang or self.lang
        return page_path(self.place, spoken, default_lang=default_lang, key=self.key, page_number=self.number)


def plan_pages(community: Community, archive: Archive, *, has_search: bool = True) -> tuple[PlannedPage, ...]:
    """Every page that is not a post's, language by language; each knows in which languages it stands."""
    pages = [page for lang in community.languages for page in _plan_language(community, archive, lang)]
    if has_search:
        pages += [PlannedPage(Place.SEARCH, lang) for lang in community.languages]
    languages: dict[tuple[Place, str, int], tuple[str, ...]] = {}
    for page in pages:
        languages[page.identity] = (*languages.get(page.identity, ()), page.lang)
    return tuple(replace(page, languages=languages[page.identity]) for page in pages)


def _plan_language(community: Community, archive: Archive, lang: str) -> Iterator[PlannedPage]:
    listing = Listing(community, lang)
    digests = view_digests(archive, lang, now=community.now)
    yield PlannedPage(Place.HOME, lang, view_home(listing, digests))
    for one in (*listing.streams(), *listing.tag_pages(), *listing.period_pages()):
        yield PlannedPage(one.place, lang, one, one.key, one.number, feed=_feed_of(one))
    feed = "kinds/knowledge" if listing.knowledge else ""
    yield PlannedPage(Place.KNOWLEDGE, lang, view_knowledge(listing), feed=feed)
    yield PlannedPage(Place.TAGS, lang, listing.tags)
    yield PlannedPage(Place.ARCHIVES, lang, listing.years)
    yield PlannedPage(Place.MEMBERS, lang, listing.members)
    for member in listing.members:
        feed = f"authors/{member.member.id}" if member.written or member.asked else ""
        yield PlannedPage(Place.MEMBER, lang, member, member.member.id, feed=feed)
    yield from _plan_digests(community, digests, archive, lang)
    yield PlannedPage(Place.FEEDS, lang, _view_feeds(listing, digests))
    yield PlannedPage(Place.STYLE, lang, view_style(community, lang))
    yield PlannedPage(Place.LIVE, lang, view_activity(listing, archive))
    yield PlannedPage(Place.NOT_FOUND, lang)


def _plan_digests(
    community: Community, digests: tuple[DigestView, ...], archive: Archive, lang: str
) -> Iterator[PlannedPage]:
    yield PlannedPage(Place.DIGESTS, lang, digests)
    for digest in digests:
        feed = digest_scope(community, digest.digest, lang)
        yield PlannedPage(Place.DIGEST, lang, digest, digest.digest.id, feed=feed)
    for view in view_editions(archive, lang):
        digest_id, edition_id = view.composed.digest.id, view.composed.edition.id
        feed = digest_scope(community, view.composed.digest, lang)
        yield PlannedPage(Place.EDITION, lang, view, f"{digest_id}/{edition_id}", feed=feed)


def _view_feeds(listing: Listing, digests: tuple[DigestView, ...]) -> FeedsView:
    languages = listing.community.languages
    return FeedsView(
        digests=tuple(_digest_feed(listing, view) for view in digests),
        languages=tuple((language(code).own_name, f"languages/{code}") for code in languages) if languages[1:] else (),
        topics=tuple((tag.name, f"tags/{tag.slug}") for tag in listing.tags),
        has_knowledge=bool(listing.knowledge),
    )


def _digest_feed(listing: Listing, view: DigestView) -> tuple[str, str]:
    return view.digest.title_in(listing.lang), digest_scope(listing.community, view.digest, listing.lang)


def _feed_of(one: PostList) -> str:
    """The scope of the feeds that carry the same posts as a list; empty where none does."""
    scopes = {
        Place.STORIES: "kinds/stories",
        Place.ANNOUNCEMENTS: "streams/announcements",
        Place.QUESTIONS: "streams/questions",
        Place.QUESTIONS_OPEN: "streams/questions",
        Place.QUESTIONS_ANSWERED: "streams/questions",
        Place.BUZZ: "streams/buzz",
        Place.TAG: f"tags/{one.key}",
    }
    return scopes.get(one.place, "")


class CommunityPagesGenerator(Generator):  # type: ignore[misc]  # Pelican has no types
    """Writes the community's own pages after Pelican's articles and pages."""

    def generate_output(self, writer: Any) -> None:
        run = run_of(self.settings)
        if run is None or run.community is None:
            return
        archive = editions_of_run(run, run.community)
        run.planned = plan_pages(run.community, archive, has_search=run.site.has_search)
        for page in run.planned:
            self.write_page(page, run.community, writer)

    def write_page(self, page: PlannedPage, community: Community, writer: Any) -> None:
        """One page, with the file that it asks for news."""
        writer.write_file(
            page.path(community.language),
            self.get_template(page.template),
            self.context,
            relative_urls=True,
            url="",
            lang=page.lang,
            this=page,
            view=page.view,
            is_served_anywhere=page.place is Place.NOT_FOUND,
        )
        if isinstance(page.view, ActivityView):
            self._put_activity(page, page.view, community, writer)

    def _put_activity(self, page: PlannedPage, view: ActivityView, community: Community, writer: Any) -> None:
        default, at = community.language, page.path(community.language)
        put_file(
            writer,
            activity_path(page.lang, default_lang=default),
            (view, community.url, str(community.timezone)),
            partial(render_activity, view, community, at),
            output=Path(self.output_path),
        )
