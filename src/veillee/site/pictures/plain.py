"""Plain pictures: posts as written -> the same posts showing the plain copy of each picture, with its size.

Feeds and mails show these as they are: JPEG or PNG, no wider than twice a mail's column. Pages offer more beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from veillee.model import Community, Image, Post
from veillee.render.tokens import attributes_of, tag_of
from veillee.site.content.links import path_below
from veillee.site.pictures.copies import Copy
from veillee.site.pictures.gallery import Gallery

_IMAGE = re.compile(r"<img\b[^>]*>")


def show_plain_copies(contents: Iterable[Any], community: Community, gallery: Gallery) -> Community:
    """The community with plain pictures; each content's `post` is the one that stands in it."""
    plain: dict[int, Post] = {}
    for content in contents:
        post = getattr(content, "post", None)
        if post is not None and (shown := plain_post(post, community.url, gallery)) is not post:
            plain[id(post)] = content.post = shown
    return replace(community, posts=tuple(plain.get(id(post), post) for post in community.posts))


def _shows_pictures(post: Post) -> bool:
    return "<img" in post.html or any("<img" in answer.html for answer in post.answers)


def plain_post(post: Post, site_url: str, gallery: Gallery) -> Post:
    """A post with plain pictures; itself where it shows none."""
    if not post.image and not _shows_pictures(post):
        return post
    answers = tuple(replace(one, html=_plain_html(one.html, site_url, gallery)) for one in post.answers)
    html = _plain_html(post.html, site_url, gallery)
    return replace(post, html=html, answers=answers, image=_plain_image(post.image, site_url, gallery))


def _plain_image(image: Image | None, site_url: str, gallery: Gallery) -> Image | None:
    copy = _copy_at(image.url, site_url, gallery) if image else None
    return image if image is None or copy is None else Image(_url(copy, site_url), image.alt, copy.width, copy.height)


def _plain_html(html: str, site_url: str, gallery: Gallery) -> str:
    def plain(found: re.Match[str]) -> str:
        attributes = attributes_of(found[0])
        copy = _copy_at(attributes.get("src", ""), site_url, gallery)
        if copy is None:
            return found[0]
        size = sized(attributes, copy.width, copy.height)
        return tag_of("img", {**attributes, "src": _url(copy, site_url), **size})

    return _IMAGE.sub(plain, html) if "<img" in html else html


def sized(attributes: dict[str, str], width: int, height: int) -> dict[str, str]:
    """Width and height of a picture in a text: as its author asked for, the other one in proportion; else its own."""
    wide, high = (attributes.get(name, "") for name in ("width", "height"))
    if wide.isdecimal() and int(wide):
        return {"width": wide, "height": high if high.isdecimal() else str(max(1, round(height * int(wide) / width)))}
    if high.isdecimal() and int(high):
        return {"width": str(max(1, round(width * int(high) / height))), "height": high}
    return {"width": str(width), "height": str(height)}


def _copy_at(url: str, site_url: str, gallery: Gallery) -> Copy | None:
    path = path_below(url, site_url)
    picture = gallery.at(unquote(path)) if path else None
    return picture.plain if picture is not None and picture.plain.width else None


def _url(copy: Copy, site_url: str) -> str:
    return f"{site_url}/{quote(copy.path)}"
