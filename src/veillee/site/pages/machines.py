"""What a page tells machines about itself: structured data, and what is shown where a link to it is passed on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from veillee.languages import language
from veillee.model import Community, Image, Kind, Post
from veillee.model.places import Place
from veillee.render.structured import (
    Node,
    edition_node,
    post_nodes,
    profile_node,
    render_nodes,
    site_node,
    trail_node,
)
from veillee.site.pages import addresses, tongues, versions
from veillee.site.pages.post import number_answers
from veillee.site.pictures.social import social_image

_NAMES = {
    Place.STORIES: "Stories",
    Place.ANNOUNCEMENTS: "Announcements",
    Place.QUESTIONS: "Questions",
    Place.BUZZ: "Buzz",
    Place.KNOWLEDGE: "Knowledge",
    Place.MEMBERS: "Members",
    Place.TAGS: "Topics",
    Place.ARCHIVES: "Archives",
    Place.DIGESTS: "Digests",
}
"""What the breadcrumbs call the lists, as the navigation does."""

_ABOVE = {
    Place.QUESTIONS_OPEN: Place.QUESTIONS,
    Place.QUESTIONS_ANSWERED: Place.QUESTIONS,
    Place.MEMBER: Place.MEMBERS,
    Place.TAG: Place.TAGS,
    Place.PERIOD: Place.ARCHIVES,
    Place.DIGEST: Place.DIGESTS,
    Place.EDITION: Place.DIGESTS,
}
_RASTER = (".png", ".jpg", ".jpeg", ".webp", ".gif")


@dataclass(frozen=True, slots=True)
class PassedOn:
    """How a page appears where somebody passes its link on: Open Graph's `type`, a picture, the locales."""

    type: str
    image: Image | None
    locale: str
    other_locales: tuple[str, ...]


@pass_context
def structured_data(context: Context, title: str) -> Markup:
    """The page's JSON-LD; empty where machines are to leave it alone."""
    this, post = context.get("this"), _post(context)
    if (this and not this.is_found) or (post and post.status != "published"):
        return Markup("")
    return Markup(render_nodes([*_nodes(context), *_trail(context, title)]))  # noqa: S704 escaped there


def _nodes(context: Context) -> Iterator[Node]:
    community: Community = context["community"]
    post, this, lang = _post(context), context.get("this"), tongues.page_language(context)
    if post:
        numbered = [(one.number, one.answer) for one in number_answers(post.answers)]
        image = _picture(post)
        section = tongues.gettext(context, _NAMES[Place[versions.place_of_kind(post.kind)]])
        url = image.url if image else ""
        yield from post_nodes(post, community, numbered=numbered, section=section, image_url=url)
    elif this and this.place is Place.HOME:
        yield site_node(community, url=_url(context, Place.HOME), lang=lang, tagline=community.tagline)
    elif this and this.place is Place.MEMBER:
        member = context["view"].member
        yield profile_node(member, role=member.role_in(lang), lang=lang)
    elif this and this.place is Place.EDITION:
        yield edition_node(context["view"].composed, community)


def _trail(context: Context, title: str) -> Iterator[Node]:
    """The steps down to this page; none on the front page."""
    community: Community = context["community"]
    this, post = context.get("this"), _post(context)
    if this and this.place is Place.HOME:
        return
    above = Place[versions.place_of_kind(post.kind)] if post else _ABOVE.get(this.place) if this else None
    own = next((one.url for one in versions.language_links(context) if one.is_current), "")
    steps = [(community.title, _url(context, Place.HOME))]
    if above:
        steps.append((tongues.gettext(context, _NAMES[above]), _url(context, above)))
    if own and title:
        yield trail_node([*steps, (title, own)])


def _url(context: Context, place: Place) -> str:
    return addresses.place_url(context, place.name, lang=tongues.page_language(context))


@pass_context
def passed_on(context: Context) -> PassedOn:
    """What a link to this page looks like elsewhere."""
    post, this = _post(context), context.get("this")
    locales = [(one.is_current, _locale(one.lang)) for one in versions.language_links(context) if one.url]
    is_article = post is not None and post.kind is not Kind.BUZZ
    is_member = bool(this and this.place is Place.MEMBER)
    return PassedOn(
        type="article" if is_article else "profile" if is_member else "website",
        image=_shown(context),
        locale=next((locale for is_current, locale in locales if is_current), ""),
        other_locales=tuple(locale for is_current, locale in locales if not is_current),
    )


def _shown(context: Context) -> Image | None:
    """The page's social card, else the picture of its post."""
    community: Community = context["community"]
    post, this = _post(context), context.get("this")
    found = None
    if context.get("has_social_cards"):
        if post and post.status == "published":
            found = social_image(post.url, post.title, community)
        elif this and this.place is Place.EDITION:
            composed = context["view"].composed
            found = social_image(composed.url, composed.subject, community)
    return found or (_picture(post) if post else None)


def _locale(lang: str) -> str:
    """Open Graph wants a territory: `fr_FR`."""
    return language(lang).territorial


def _picture(post: Post) -> Image | None:
    """The post's picture, where it is one that other programs can show."""
    image = post.image
    return image if image and image.url.lower().endswith(_RASTER) else None


def _post(context: Context) -> Post | None:
    return getattr(context.get("article"), "post", None)
