"""JSON Feed 1.1, as its specification has it."""

from __future__ import annotations

import json
from typing import Any

from tests.feeds.markup import is_absolute, problems_of_html
from tests.feeds.xml_rules import problems_of_language, problems_of_rfc3339

_FEED = {
    "version": str,
    "title": str,
    "home_page_url": str,
    "feed_url": str,
    "description": str,
    "user_comment": str,
    "next_url": str,
    "icon": str,
    "favicon": str,
    "authors": list,
    "language": str,
    "expired": bool,
    "hubs": list,
    "items": list,
}
_ITEM = {
    "id": str,
    "url": str,
    "external_url": str,
    "title": str,
    "content_html": str,
    "content_text": str,
    "summary": str,
    "image": str,
    "banner_image": str,
    "date_published": str,
    "date_modified": str,
    "authors": list,
    "tags": list,
    "language": str,
    "attachments": list,
}
_URLS = ("home_page_url", "feed_url", "url", "external_url", "image", "icon", "favicon", "avatar")


def problems_of_json(content: bytes, url: str) -> list[str]:
    """Everything wrong with a JSON feed that stands at `url`."""
    try:
        feed = json.loads(content.decode("utf-8"))
    except ValueError as error:
        return [f"not JSON in UTF-8: {error}"]
    problems = _problems_of_object(feed, "feed", _FEED, required=("version", "title", "items", "language"))
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        problems.append(f"version is {feed.get('version')}")
    if feed.get("feed_url") != url:
        problems.append(f"feed_url does not match: {feed.get('feed_url')}")
    problems += problems_of_language(feed.get("language"), "feed")
    for number, item in enumerate(feed.get("items", ()), start=1):
        problems += _problems_of_item(item, f"item {number}")
    ids = [item.get("id") for item in feed.get("items", ())]
    return problems + [f"two items with the id {one}" for one in set(ids) if ids.count(one) > 1]


def _problems_of_object(
    found: dict[str, Any], place: str, types: dict[str, type], *, required: tuple[str, ...]
) -> list[str]:
    problems = [f"{place}: missing {key}" for key in required if key not in found]
    for key, value in found.items():
        if key not in types and not key.startswith("_"):
            problems.append(f"{place}: unexpected {key}")
        elif key in types and not isinstance(value, types[key]):
            problems.append(f"{place}: {key} is of another type")
        elif key.startswith("_") and not isinstance(value, dict):
            problems.append(f"{place}: an extension that is no object: {key}")
        elif value in ("", []) and key != "items":
            problems.append(f"{place}: empty {key}")
        elif key in _URLS and not is_absolute(value):
            problems.append(f"{place}: {key} is not absolute: {value}")
    for author in found.get("authors", ()):
        if not author or not set(author) <= {"name", "url", "avatar"} or not all(author.values()):
            problems.append(f"{place}: an author without anything: {author}")
    return problems


def _problems_of_attachment(found: Any, place: str) -> list[str]:
    if not isinstance(found, dict) or not {"url", "mime_type"} <= set(found) or not is_absolute(found["url"]):
        return [f"{place}: an attachment without url or mime_type: {found}"]
    unknown = set(found) - {"url", "mime_type", "title", "size_in_bytes", "duration_in_seconds"}
    return [f"{place}: unexpected {key} on an attachment" for key in unknown]


def _problems_of_item(item: dict[str, Any], place: str) -> list[str]:
    problems = _problems_of_object(item, place, _ITEM, required=("id", "url", "title", "date_published"))
    if "content_html" not in item and "content_text" not in item:
        problems.append(f"{place}: no content")
    for key in ("date_published", "date_modified"):
        if key in item:
            problems += problems_of_rfc3339(item[key], f"{place} {key}")
    problems += problems_of_language(item.get("language"), place)
    for attachment in item.get("attachments", ()):
        problems += _problems_of_attachment(attachment, place)
    problems += [
        f"{place}: a tag that is no word: {tag!r}"
        for tag in item.get("tags", ())
        if not isinstance(tag, str) or not tag.strip()
    ]
    return problems + problems_of_html(item.get("content_html", ""), f"{place} content")
