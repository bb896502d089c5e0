"""Which posts and editions have a social card, what stands on it, and where it lies."""

from __future__ import annotations

from urllib.parse import quote, unquote

from veillee.languages import language
from veillee.model import Community, ComposedEdition, Image, Post
from veillee.site.content.links import path_below
from veillee.site.names import KIND_NAMES
from veillee.site.pictures.cards import HEIGHT, WIDTH, Card, can_be_drawn

FOLDER = "cards"


def card_of_post(post: Post, community: Community) -> Card:
    """In the language of the post."""
    tongue = language(post.lang)
    name = "The story of the week" if post.is_story_of_the_week else KIND_NAMES[post.kind]
    day = tongue.format_date(post.published_at, timezone=community.timezone)
    byline = " · ".join(filter(None, [", ".join(author.name for author in post.authors), day]))
    return Card(post.title, tongue.gettext(name), byline, community.title, str(post.stream))


def card_of_edition(composed: ComposedEdition, community: Community) -> Card:
    tongue = language(composed.lang)
    day = tongue.format_date(composed.edition.period_end, timezone=community.timezone)
    return Card(composed.subject, composed.digest.title_in(composed.lang), day, community.title)


def card_path(url: str, community: Community) -> str:
    """The output path of the card beside a page's absolute URL; empty where the page is none of the site."""
    path = path_below(url, community.url)
    return f"{FOLDER}/{unquote(path).removesuffix('.html')}.jpg" if path else ""


def social_image(url: str, title: str, community: Community) -> Image | None:
    """The card of a page as a picture with an absolute URL; None where its title cannot be drawn."""
    path = card_path(url, community)
    return Image(f"{community.url}/{quote(path)}", title, WIDTH, HEIGHT) if path and can_be_drawn(title) else None
