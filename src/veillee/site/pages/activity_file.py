"""The activity of a built site, beside each live page: its entries -> a small JSON file that the page asks for again.

The page's script builds from it what the template has built; see `theme/static/js/veillee.js`.
"""

from __future__ import annotations

import json
from functools import partial

from veillee.model.community import Community
from veillee.site.content.links import path_below
from veillee.site.pages.activity import ActivityView, Entry
from veillee.site.pages.addresses import relative_path
from veillee.site.pages.tongues import spoken

SIZE_LIMIT = 20_000
"""In bytes: each reader of the live page asks for it every minute. Where titles are long, fewer entries are told."""


def render_activity(view: ActivityView, community: Community, page: str) -> bytes:
    """The file for the live page at the output path `page`, newest entry first; links are relative to the page."""
    told = [_told(entry, community, page) for entry in view.entries]
    written = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
    content = written({"version": view.version, "entries": told})
    while len(content.encode()) > SIZE_LIMIT:
        told.pop()
        content = written({"version": view.version, "entries": told})
    return f"{content}\n".encode()


def _told(entry: Entry, community: Community, page: str) -> dict[str, str]:
    path = path_below(entry.url, community.url)
    told = {
        "key": entry.key,
        "label": entry.label,
        "where": entry.where,
        "stream": entry.stream or "",
        "title": entry.title,
        **spoken(entry.lang),
        "url": entry.url if path is None else relative_path(path, start=page),
        "who": entry.who,
        "at": entry.at.astimezone(community.timezone).isoformat(timespec="minutes"),
    }
    return {name: value for name, value in told.items() if value}
