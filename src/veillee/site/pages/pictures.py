"""Pictures on pages: each in several sizes and forms, of which a browser takes the smallest that serves.

An address -> what the gallery knows of it -> `picture` elements; what is not ours to know stays as it was.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, unquote, urlsplit

from jinja2 import pass_context
from jinja2.runtime import Context

from veillee.model import Community
from veillee.render.tokens import attributes_of, tag_of
from veillee.site.content.links import path_below
from veillee.site.outputs.tracking import track_by_field
from veillee.site.pages import addresses
from veillee.site.pictures.copies import Copy, Picture
from veillee.site.pictures.gallery import Gallery
from veillee.site.pictures.plain import sized

track_by_field(Gallery)

IN_TEXT = "(max-width: 42rem) 94vw, 39rem"
"""How wide a picture in a text is shown: see `.prose` in the style sheet."""

WIDEST_IN_TEXT = 624  # pixels: 39rem

_IMAGE = re.compile(r"<img\b[^>]*>")


@dataclass(frozen=True, slots=True)
class Offer:
    """A picture as a page offers it: the plain file, and rows of files by type, the smallest type first."""

    src: str
    width: int
    height: int
    rows: tuple[tuple[str, str], ...] = ()


@pass_context
def offered(context: Context, url: str) -> Offer | None:
    """The picture at an absolute address of the site; None where nothing is known of it."""
    picture = _picture_at(context, url)
    return None if picture is None or not picture.plain.width else _offer(context, picture)


def _offer(context: Context, picture: Picture) -> Offer:
    rows = tuple((f"image/{form}", _row(context, copies)) for form, copies in picture.modern)
    return Offer(_link(context, picture.plain), picture.plain.width, picture.plain.height, rows)


@pass_context
def face(context: Context, url: str) -> Offer | None:
    """The same for the picture of a member, cut to its middle."""
    gallery: Gallery | None = context.get("gallery")
    community: Community = context["community"]
    path = path_below(url, community.url)
    found = gallery.face_at(unquote(path)) if gallery is not None and path else None
    return None if found is None else _offer(context, found)


def with_pictures(context: Context, html: str) -> str:
    """HTML whose pictures are offered in several sizes and forms, and say how much room they take."""
    if "<img" not in html:
        return html
    return _IMAGE.sub(lambda found: _element(context, found[0]), html)


def _element(context: Context, tag: str) -> str:
    attributes = attributes_of(tag)
    offer = offered(context, attributes.get("src", ""))
    if offer is None:
        return tag_of("img", {"loading": "lazy", "decoding": "async", **attributes})
    kept = {name: value for name, value in attributes.items() if name not in ("src", "width", "height")}
    size = sized(attributes, offer.width, offer.height)
    image = tag_of("img", {"src": offer.src, "alt": "", **kept, **size, "loading": "lazy", "decoding": "async"})
    if not offer.rows:
        return image
    width = int(size["width"])
    sizes = IN_TEXT if width >= WIDEST_IN_TEXT else f"(max-width: {width}px) 94vw, {width}px"
    sources = "".join(f'<source type="{kind}" srcset="{escape(row)}" sizes="{sizes}">' for kind, row in offer.rows)
    return f"<picture>{sources}{image}</picture>"


def _picture_at(context: Context, url: str) -> Picture | None:
    gallery: Gallery | None = context.get("gallery")
    community: Community = context["community"]
    path = path_below(url, community.url)
    if path is None and not urlsplit(url).scheme and not url.startswith("/"):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(context["output_file"]), url))
    return gallery.at(unquote(path)) if gallery is not None and path else None


def _row(context: Context, copies: tuple[Copy, ...]) -> str:
    return ", ".join(f"{_link(context, copy)} {copy.width}w" for copy in copies)


def _link(context: Context, copy: Copy) -> str:
    return addresses.path_to(context, quote(copy.path))
