"""Feeds: Community -> Feed -> RSS 2.0, Atom, JSON Feed, OPML.

Equal input gives byte-equal output: no feed looks at the clock.
"""

from veillee.render.syndication.catalogue import Items, compose_feeds, digest_scope, feed_list
from veillee.render.syndication.feed import Feed, FeedAuthor, FeedForm, FeedItem, FeedLink
from veillee.render.syndication.jsonfeed import render_json
from veillee.render.syndication.opml import OPML_PATH, render_opml
from veillee.render.syndication.rss_atom import render_atom, render_rss

__all__ = [
    "OPML_PATH",
    "Feed",
    "FeedAuthor",
    "FeedForm",
    "FeedItem",
    "FeedLink",
    "Items",
    "compose_feeds",
    "digest_scope",
    "feed_list",
    "render_atom",
    "render_feed",
    "render_json",
    "render_opml",
    "render_rss",
]

_RENDERERS = {FeedForm.RSS: render_rss, FeedForm.ATOM: render_atom, FeedForm.JSON: render_json}


def render_feed(feed: Feed, form: FeedForm) -> bytes:
    """The feed as a file in one of its forms."""
    return _RENDERERS[form](feed)
