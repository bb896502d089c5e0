"""Addresses in templates: a place, an output path or one of our own URLs -> a link from the page that is written.

Relative links make a site work below any path, and from a disk.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote, urlsplit

from jinja2 import pass_context
from jinja2.runtime import Context

from veillee.model import Community, Post
from veillee.model.places import Place, calendar_path, calendar_url, feed_path, page_path
from veillee.site.content.links import cut, path_below
from veillee.site.pages.tongues import page_language

_KEPT = 1 << 14
"""Links and paths that are remembered: pages of one folder have most of theirs in common."""

quoted = lru_cache(_KEPT)(quote)


@lru_cache(_KEPT)
def relative_path(path: str, *, start: str) -> str:
    """The link from one output path to another; a folder's `index.html` is named, so that it works from a disk."""
    here, there = start.split("/")[:-1], path.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    link = "../" * (len(here) - shared) + "/".join(there[shared:])
    return f"./{link}" if ":" in there[shared] and shared == len(here) else link  # or it would look like a scheme


def page_url(community: Community, path: str) -> str:
    """The absolute URL of an output path; the front page is the site itself."""
    return f"{community.url}/{'' if path == 'index.html' else quote(path)}"


@pass_context
def place(context: Context, name: str, key: str = "", page: int = 1, lang: str = "") -> str:
    """The link to a place of the site, in the page's language unless another one is named."""
    community: Community = context["community"]
    path = page_path(
        Place[name.upper()],
        lang or page_language(context),
        default_lang=community.language,
        key=key,
        page_number=page,
    )
    return path_to(context, quoted(path))


@pass_context
def rel(context: Context, url: str) -> str:
    """An absolute URL of our own site as a relative link; any other URL as it is."""
    community: Community = context["community"]
    path = path_below(url, community.url)
    return url if path is None else path_to(context, path)


@pass_context
def path_to(context: Context, path: str) -> str:
    """The link to an output path; from a page that is served for any address (404), one from the root."""
    if context.get("is_served_anywhere"):
        community: Community = context["community"]
        return f"{urlsplit(community.url).path}/{path}"
    target, mark, rest = cut(path)
    target = target or "index.html"
    here = quoted(context["output_file"])
    if mark == "#" and target == here:
        return mark + rest
    return relative_path(target, start=here) + mark + rest


@pass_context
def asset(context: Context, name: str) -> str:
    """The link to a file of the theme's `static` folder."""
    return path_to(context, f"{context['THEME_STATIC_DIR']}/{name}")


@pass_context
def feed(context: Context, scope: str, form: str) -> str:
    """The link to a feed: scope `all`, `streams/buzz`, `tags/sql`; form `rss.xml`, `atom.xml`, `json`."""
    return path_to(context, quote(feed_path(scope, form)))


@pass_context
def calendar_of(context: Context, post: Post) -> str:
    """The link to the calendar file of a post that invites to something."""
    return rel(context, calendar_url(post.url))


@pass_context
def calendar(context: Context) -> str:
    """The link to the calendar of everything, in the page's language."""
    community: Community = context["community"]
    return path_to(context, calendar_path(page_language(context), default_lang=community.language))


@pass_context
def absolute(context: Context, path: str) -> str:
    """An output path as an absolute URL, relative where the site does not know its own address."""
    community: Community = context["community"]
    return page_url(community, path) if community.url else path_to(context, quote(path))


@pass_context
def place_url(context: Context, name: str, key: str = "", page: int = 1, lang: str = "") -> str:
    """The absolute URL of a place, for `canonical` and `hreflang`."""
    community: Community = context["community"]
    path = page_path(Place[name.upper()], lang, default_lang=community.language, key=key, page_number=page)
    return absolute(context, path)
