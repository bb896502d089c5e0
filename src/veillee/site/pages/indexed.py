"""What is to be found: attributes of the one element of a page that the search reads (Pagefind's, version 1).

Lists carry none, and neither does what only those see who have its address.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from jinja2 import pass_context
from jinja2.runtime import Context

from veillee.model import Author, Community, Post, Status

_FILTERS = ("kind", "stream")
"""Their values are those of one filter, `kind:story`: `bundles.py` puts them in order."""


@pass_context
def has_search(context: Context) -> bool:
    """Whether the site has a search page."""
    return context.get("VEILLEE_SEARCH") is not False


@pass_context
def indexed(
    context: Context, kind: str, *, stream: str = "", day: date | None = None, authors: Iterable[Author] = ()
) -> dict[str, str]:
    """The attributes, for `xmlattr`, of the element that the search reads; none where the site has no search."""
    if not has_search(context):
        return {}
    community: Community = context["community"]
    exact = day.astimezone(community.timezone).date() if isinstance(day, datetime) else day
    said = {
        "kind": kind,
        "stream": stream,
        "date": exact.isoformat() if exact else "",
        "author": ", ".join(author.name for author in authors),
    }
    told = [name for name, value in said.items() if value]
    return {
        "data-pagefind-body": "",
        "data-pagefind-filter": ", ".join(f"in[data-in-{name}]" for name in told if name in _FILTERS),
        "data-pagefind-meta": ", ".join(f"{name}[data-{name}]" for name in told),
        **{f"data-{name}": said[name] for name in told},
        **{f"data-in-{name}": f"{name}:{said[name]}" for name in told if name in _FILTERS},
    }


@pass_context
def indexed_post(context: Context, post: Post) -> dict[str, str]:
    """The same for the page of a post; none where it is a draft, or hidden."""
    if post.status is not Status.PUBLISHED:
        return {}
    return indexed(context, post.kind.value, stream=post.stream.value, day=post.published_at, authors=post.authors)
