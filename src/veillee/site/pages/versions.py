"""The same page in other languages, and the standing pages (charter, about) in the page's own.

What the language switch, `hreflang` and the footer are made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from jinja2 import pass_context
from jinja2.runtime import Context

from veillee.model import Community, Post
from veillee.model.places import Place
from veillee.site.pages import addresses
from veillee.site.pages.noted import ANSWERS
from veillee.site.pages.tongues import content_language, page_language


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """Where a reader of `lang` goes from here. `url` is absolute, and empty where `href` is another page."""

    lang: str
    href: str
    url: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class StandingPage:
    """A page that is always there, in the best language for the reader."""

    title: str
    href: str
    lang: str


@pass_context
def language_links(context: Context) -> tuple[LanguageLink, ...]:
    """One link for each language of the site and of the page: to its version, else to the nearest list."""
    community: Community = context["community"]
    versions = _versions(context)
    return tuple(
        _link(context, lang, versions.get(lang, ""))
        for lang in dict.fromkeys([*community.languages, *sorted(versions)])
    )


def _link(context: Context, lang: str, url: str) -> LanguageLink:
    if not url:
        return LanguageLink(lang, addresses.place(context, _nearest_list(context), lang=lang))
    current = content_language(_content(context)) or page_language(context)
    return LanguageLink(lang, addresses.rel(context, url), url, is_current=lang == current)


def _versions(context: Context) -> Mapping[str, str]:
    """The absolute URL of this page in each language that it exists in."""
    community: Community = context["community"]
    content = _content(context)
    post: Post | None = getattr(content, "post", None)
    if post is not None:
        return {post.lang: post.url, **dict(post.translations)}
    if content is not None:
        return {one.lang: f"{community.url}/{one.url}" for one in (content, *content.translations)}
    this = context.get("this")
    return {lang: addresses.page_url(community, this.path(community.language, lang)) for lang in this.languages}


def _nearest_list(context: Context) -> str:
    """The place that stands in for a version which does not exist."""
    post: Post | None = getattr(_content(context), "post", None)
    if post is not None:
        return place_of_kind(post.kind)
    this = context.get("this")
    nearest = {Place.TAG: Place.TAGS, Place.PERIOD: Place.ARCHIVES, Place.EDITION: Place.DIGESTS}
    return str(nearest.get(this.place, this.place).name if this else Place.HOME.name)


def place_of_kind(kind: str) -> str:
    """The name of the place that lists posts of a kind."""
    names = {"story": Place.STORIES, "question": Place.QUESTIONS, "buzz": Place.BUZZ, "knowledge": Place.KNOWLEDGE}
    return names.get(kind, Place.ANNOUNCEMENTS).name


@ANSWERS.noted()
def standing_pages(context: Context) -> tuple[StandingPage, ...]:
    """The pages of the site, each in the page's language where it has such a version."""
    lang = page_language(context)
    return tuple(_standing_page(context, page, lang) for page in context.get("pages") or ())


def _standing_page(context: Context, page: Any, lang: str) -> StandingPage:
    best = next((one for one in (page, *page.translations) if one.lang == lang), page)
    return StandingPage(str(best.title), addresses.path_to(context, quote(best.url)), best.lang)


def _content(context: Context) -> Any:
    """Pelican's article or page, None on a page of our own."""
    return context.get("article") or (None if context.get("this") else context.get("page"))
