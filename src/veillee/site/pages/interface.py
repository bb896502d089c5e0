"""What templates may call and show: the functions and filters that every page of the theme is given.

Pelican makes a Jinja environment for each generator; `install_interface` furnishes one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from zlib import crc32

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from veillee.model import Author, Community, Member, Post
from veillee.model.places import slug_of
from veillee.model.urls import host_of, is_safe_url
from veillee.render.discovery.headers import content_policy
from veillee.render.markdown import render_markdown
from veillee.render.sanitize import excerpt_html
from veillee.site.content.links import relative_html
from veillee.site.outputs.tracking import track_by_field
from veillee.site.pages import addresses, machines, pictures, tongues, versions
from veillee.site.pages.indexed import has_search, indexed, indexed_post
from veillee.site.pages.noted import ANSWERS, find_post, key_of_post
from veillee.site.pages.post import PostShelf, PostView

track_by_field(Community)


def install_interface(environment: Environment) -> None:
    """Give an environment the theme's functions and filters, and messages in the language of each page."""
    environment.add_extension("jinja2.ext.i18n")
    environment.auto_reload = False  # an environment lives for one run
    environment.install_gettext_callables(tongues.gettext, tongues.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(
        _=tongues.speaker(),
        place=addresses.place,
        place_url=addresses.place_url,
        absolute=addresses.absolute,
        asset=addresses.asset,
        feed=addresses.feed,
        path_to=addresses.path_to,
        calendar=addresses.calendar,
        calendar_of=addresses.calendar_of,
        rel=addresses.rel,
        page_language=tongues.page_language,
        language_name=tongues.language_name,
        tongue=tongues.tongue,
        plural_forms=tongues.plural_forms,
        offer_in=tongues.offer_in,
        said_in=tongues.said_in,
        waiting_time=tongues.waiting_time,
        edit_url=edit_url,
        post_view=viewer_of_posts(),
        tagline=tagline,
        place_of_kind=versions.place_of_kind,
        language_links=versions.language_links,
        standing_pages=versions.standing_pages,
        spoken=tongues.spoken,
        face=pictures.face,
        offered=pictures.offered,
        content_policy=content_policy_of_page,
        structured_data=machines.structured_data,
        passed_on=machines.passed_on,
        has_search=has_search,
        indexed=indexed,
        indexed_post=indexed_post,
    )
    environment.filters.update(
        time_tag=tongues.time_tag,
        written_date=tongues.written_date,
        joined=tongues.joined,
        number=tongues.number,
        slug=slug_of,
        trusted=trusted_html,
        written_span=tongues.written_span,
        written_time=tongues.written_time,
        weekday_name=tongues.weekday_name,
        capitalised=capitalised,
        host=host_of,
        is_safe_address=is_safe_url,
        initials=initials,
        hue=hue,
        as_author=as_author,
        excerpt=excerpt,
        markdown=markdown,
    )


@pass_context
def trusted_html(context: Context, html: str) -> Markup:
    """Sanitised HTML of a post or member, its own links made relative: the one place that marks text as safe."""
    shown = pictures.with_pictures(context, html)
    return Markup(relative_html(shown, rel=lambda url: addresses.rel(context, url)))  # noqa: S704


@pass_context
def excerpt(context: Context, html: str) -> Markup:
    """A short post as part of a list: its words and links."""
    return trusted_html(context, excerpt_html(html))


def markdown(text: str, lang: str) -> Markup:
    """Markdown that stands in a template, as that of a post would be rendered."""
    return Markup(render_markdown(str(text), lang=lang, first_level=3, id_prefix="prose-", with_text=False).html)  # noqa: S704


def viewer_of_posts() -> Callable[[Context, Post], PostView]:
    """A function for templates that gives what a post's page shows beside the post; it remembers each language."""
    shelves: dict[str, PostShelf] = {}

    @ANSWERS.noted(key_of_post, find_post)
    def post_view(context: Context, post: Post) -> PostView:
        lang = tongues.page_language(context)
        community: Community = context["community"]
        if lang not in shelves or shelves[lang].community is not community:
            shelves[lang] = PostShelf(community, lang)
        return shelves[lang].view(post)

    return post_view


@pass_context
def edit_url(context: Context, source: str) -> str:
    """Where a file of the content folder is edited; empty where the site does not say."""
    pattern = context.get("VEILLEE_EDIT_URL")
    return str(pattern).replace("{path}", quote(source)) if pattern else ""


@pass_context
def content_policy_of_page(context: Context) -> str:
    """What a page may load, for hosts that let nobody set headers."""
    return content_policy(map(str, context.get("VEILLEE_IMAGE_HOSTS") or ()), is_meta=True)


@ANSWERS.noted()
def tagline(context: Context) -> str:
    """The sentence under the title, in the page's language where there is one."""
    sentence: Any = context.get("VEILLEE_TAGLINE") or ""
    if isinstance(sentence, str):
        return sentence
    community: Community = context["community"]
    return str(sentence.get(tongues.page_language(context)) or sentence.get(community.language) or "")


def capitalised(text: str) -> str:
    """A text as a heading: its first letter a capital, the others as they are."""
    return text[:1].upper() + text[1:]


def initials(name: str) -> str:
    """One or two capital letters that stand in for a picture."""
    return Member(id="", name=name, url="").initials


HUES = 6
"""How many colours the style sheet has behind initials."""


def hue(author: Author) -> int:
    """Which colour stands behind somebody's initials, from 1: the same on every page and in every build."""
    return 1 + crc32((author.member_id or author.name).encode("utf-8", "surrogatepass")) % HUES


def as_author(member: Member) -> Author:
    """A member as a name on a post."""
    return Author(name=member.name, member_id=member.id)
