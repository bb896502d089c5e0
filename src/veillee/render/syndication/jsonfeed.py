"""JSON Feed 1.1 (jsonfeed.org/version/1.1): Feed -> bytes."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from typing import Any

from veillee.render.syndication.content import feed_html
from veillee.render.syndication.feed import Feed, FeedAuthor, FeedForm, FeedItem, feed_language

VERSION = "https://jsonfeed.org/version/1.1"


def render_json(feed: Feed) -> bytes:
    """The feed as JSON, without a key that has nothing to say."""
    document = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.url(FeedForm.JSON),
        "description": feed.description,
        "language": feed_language(feed.lang),
        "authors": [_author(feed.author)],
        "items": [_item(item) for item in feed.items],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _item(item: FeedItem) -> dict[str, Any]:
    return _without_nothing(
        {
            "id": item.id,
            "url": item.url,
            "external_url": item.link,
            "title": item.title,
            "content_html": feed_html(item.html, item.url) or escape(item.title),
            "summary": item.summary,
            "image": item.image.url if item.image else None,
            "date_published": _instant(item.published_at),
            "date_modified": _instant(item.updated_at),
            "authors": [_author(author) for author in item.authors],
            "tags": list(item.tags),
            "language": feed_language(item.lang),
        }
    )


def _author(author: FeedAuthor) -> dict[str, Any]:
    return _without_nothing({"name": author.name, "url": author.url, "avatar": author.avatar})


def _instant(moment: datetime) -> str:
    """RFC 3339."""
    return moment.isoformat().replace("+00:00", "Z")


def _without_nothing(pairs: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in pairs.items() if value not in (None, "", [])}
