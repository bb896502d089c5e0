"""Which feeds a community has, and what each carries: Community, digests, editions -> Feeds.

`all`, each stream, kind, tag and author hold every post once, in the site's first language where there is such a
version; `languages/fr` holds the posts in that language and no others. A digest's feed holds its editions in the
site's first language, `digests/<id>/<lang>` those in another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from urllib.parse import urlsplit

from veillee.languages import language
from veillee.model import Community, ComposedEdition, Digest, Kind, Post, Stream
from veillee.model.places import Place, page_path, slug_of
from veillee.render.syndication.feed import (
    BEFORE_FEEDS,
    EARLIEST,
    Feed,
    FeedAuthor,
    FeedItem,
    FeedLink,
    as_uri,
    clean_line,
)
from veillee.render.syndication.items import item_of_edition, item_of_post

ITEM_LIMIT = 50
BYTE_LIMIT = 2_000_000
"""Of content: escaped, and with the rest around it, a feed stays below the five million that checkers read."""

_PLACES = {
    "streams/announcements": Place.ANNOUNCEMENTS,
    "streams/questions": Place.QUESTIONS,
    "streams/buzz": Place.BUZZ,
    "kinds/stories": Place.STORIES,
    "kinds/announcements": Place.ANNOUNCEMENTS,
    "kinds/questions": Place.QUESTIONS,
    "kinds/buzz": Place.BUZZ,
    "kinds/knowledge": Place.KNOWLEDGE,
}


def feed_list(community: Community, digests: tuple[Digest, ...] = ()) -> tuple[FeedLink, ...]:
    """Every feed of the site: everything, streams, kinds, digests, languages, tags, authors, in this order."""
    return tuple(_Catalogue(community, digests, (), {}).links())


Items = dict[tuple[str, str], tuple[Post, FeedItem]]
"""Posts by id and language, each with what a feed says of it."""


def compose_feeds(
    community: Community,
    digests: tuple[Digest, ...] = (),
    editions: tuple[ComposedEdition, ...] = (),
    items: Items | None = None,
) -> Iterator[Feed]:
    """Every feed of `feed_list` with what it carries.

    `items` keeps what was made of a post, for as long as the same object stands for it and nothing but posts changes.
    """
    catalogue = _Catalogue(community, digests, editions, {} if items is None else items)
    return (catalogue.feed(link) for link in catalogue.links())


def digest_scope(community: Community, digest: Digest, lang: str) -> str:
    """The scope of the feed that holds a digest's editions in a language, in its main one where it lacks that."""
    is_main = lang == _main_language(community, digest) or lang not in digest.languages
    return f"digests/{digest.id}" if is_main else f"digests/{digest.id}/{lang}"


def _main_language(community: Community, digest: Digest) -> str:
    wanted = community.language
    return wanted if wanted in digest.languages else digest.languages[0]


class _Catalogue:
    """Sorts posts and editions into scopes once; makes each item once, however many feeds carry it."""

    def __init__(
        self, community: Community, digests: tuple[Digest, ...], editions: tuple[ComposedEdition, ...], items: Items
    ) -> None:
        self.community = community
        self.digests = digests
        self.editions: dict[str, list[ComposedEdition]] = {}
        self.posts: dict[str, list[Post]] = {}
        self.tags: dict[str, str] = {}
        self.authors: dict[str, str] = {}
        self.items = items
        for post in community.posts:
            self._sort(post)
        for composed in sorted(editions, key=lambda one: one.edition.period_end, reverse=True):
            self.editions.setdefault(digest_scope(community, composed.digest, composed.lang), []).append(composed)

    @cached_property
    def _has_versions(self) -> bool:
        """Whether a post is there in more than one language."""
        return len({post.id for post in self.community.posts}) < len(self.community.posts)

    def _sort(self, post: Post) -> None:
        """Puts a version of a post where it may belong: translations may have tags and authors of their own."""
        for scope in ("all", f"streams/{post.stream}", f"kinds/{post.kind.folder}", f"languages/{post.lang}"):
            self._put(scope, post)
        for tag in post.tags:
            if slug := slug_of(tag):
                self.tags.setdefault(slug, clean_line(tag))
                self._put(f"tags/{slug}", post)
        for author in post.authors:
            if key := author.member_id or slug_of(author.name):
                self.authors.setdefault(key, clean_line(author.name))
                self._put(f"authors/{key}", post)

    def _put(self, scope: str, post: Post) -> None:
        found = self.posts.setdefault(scope, [])
        if not found or found[-1] is not post:
            found.append(post)

    def links(self) -> Iterator[FeedLink]:
        lang = self.community.language
        _ = language(lang).gettext
        yield FeedLink("all", _("Everything"), lang)
        streams = {Stream.ANNOUNCEMENTS: _("Announcements"), Stream.QUESTIONS: _("Questions"), Stream.BUZZ: _("Buzz")}
        for stream, name in streams.items():
            yield FeedLink(f"streams/{stream}", name, lang)
        kinds = {
            Kind.STORY: _("Stories"),
            Kind.ANNOUNCEMENT: _("Announcements"),
            Kind.QUESTION: _("Questions"),
            Kind.BUZZ: _("Buzz"),
        }
        if f"kinds/{Kind.KNOWLEDGE.folder}" in self.posts:
            kinds[Kind.KNOWLEDGE] = _("Knowledge")
        for kind, name in kinds.items():
            yield FeedLink(f"kinds/{kind.folder}", name, lang)
        yield from self._digest_links()
        yield from self._language_links()
        yield from (FeedLink(f"tags/{slug}", name, lang) for slug, name in sorted(self.tags.items()))
        yield from (FeedLink(f"authors/{key}", name, lang) for key, name in sorted(self.authors.items()))

    def _digest_links(self) -> Iterator[FeedLink]:
        for digest in self.digests:
            main = _main_language(self.community, digest)
            for lang in (main, *(other for other in digest.languages if other != main)):
                title = clean_line(digest.title_in(lang)) or digest.id
                yield FeedLink(digest_scope(self.community, digest, lang), title, lang)

    def _language_links(self) -> Iterator[FeedLink]:
        others = {post.lang for post in self.community.posts} - {*self.community.languages}
        languages = (*self.community.languages, *sorted(others))
        if len(languages) > 1:
            yield from (FeedLink(f"languages/{lang}", language(lang).own_name, lang) for lang in languages)

    def feed(self, link: FeedLink) -> Feed:
        community = self.community
        site = clean_line(community.title) or urlsplit(community.url).hostname or "Veillée"
        items = tuple(_newest(self._items(link.scope)))
        title = site if link.scope == "all" else f"{site} · {link.title}"
        home = as_uri(f"{community.url}/")
        return Feed(
            scope=link.scope,
            title=title,
            description=self._description(link) or title,
            lang=link.lang,
            site_url=community.url,
            home_url=self._home(link, home),
            author=FeedAuthor(site, home),
            updated_at=max(item.updated_at for item in items) if items else self._unchanged_since(),
            items=items,
        )

    def _unchanged_since(self) -> datetime:
        """When a feed without items was last changed: never since the community began."""
        moments = [post.published_at for post in self.community.posts]
        return max(min(moments), EARLIEST) if moments else BEFORE_FEEDS

    def _items(self, scope: str) -> Iterator[FeedItem]:
        if scope.startswith("digests/"):
            for composed in self.editions.get(scope, ())[:ITEM_LIMIT]:
                yield item_of_edition(composed, self.community)
            return
        for post in self._once_each(self.posts.get(scope, ()))[:ITEM_LIMIT]:
            kept = self.items.get((post.id, post.lang))
            if kept is None or kept[0] is not post:
                kept = self.items[post.id, post.lang] = post, item_of_post(post, self.community)
            yield kept[1]

    def _once_each(self, posts: Sequence[Post]) -> tuple[Post, ...]:
        """Of several versions of a post the one in the first language, else the original."""
        if not self._has_versions:
            return tuple(posts)
        return replace(self.community, posts=tuple(posts)).posts_in(self.community.language)

    def _description(self, link: FeedLink) -> str:
        digest = self._digest_of(link.scope)
        return clean_line(digest.description_in(link.lang) if digest else self.community.tagline)

    def _digest_of(self, scope: str) -> Digest | None:
        group, _, rest = scope.partition("/")
        digest_id = rest.partition("/")[0] if group == "digests" else None
        return next((digest for digest in self.digests if digest.id == digest_id), None)

    def _home(self, link: FeedLink, home: str) -> str:
        """The page that shows people what the feed carries."""
        group, _, key = link.scope.partition("/")
        place, lang = _PLACES.get(link.scope), self.community.language
        if group == "tags":
            place = Place.TAG
        elif group == "authors" and (member := self.community.member(key)):
            return as_uri(member.url)
        elif group == "digests":
            place, key = Place.DIGEST, key.partition("/")[0]
        elif group == "languages" and link.lang != lang:
            place = Place.HOME
        if link.lang in self.community.languages:
            lang = link.lang
        if place is None:
            return home
        return as_uri(f"{self.community.url}/{page_path(place, lang, default_lang=self.community.language, key=key)}")


def _newest(items: Iterator[FeedItem]) -> Iterator[FeedItem]:
    """As many as a reader can be asked to load each hour; the first in any case."""
    room = BYTE_LIMIT
    for number, item in enumerate(items):
        room -= len(item.html.encode())
        if number and room < 0:
            return
        yield item
