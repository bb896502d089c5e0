"""RSS 2.0, as the RSS Advisory Board's profile and the W3C's feed checker have it."""

from __future__ import annotations

import re

from lxml import etree

from tests.feeds.markup import is_absolute, problems_of_html
from tests.feeds.xml_rules import (
    ATOM,
    CONTENT,
    DC,
    MEDIA,
    parsed,
    problems_of_children,
    problems_of_language,
    problems_of_media,
    problems_of_order,
    problems_of_rfc822,
)

_CHANNEL_WORDS = """
title link description language copyright managingEditor webMaster pubDate lastBuildDate generator docs cloud
ttl image rating textInput skipHours skipDays
"""
_CHANNEL_ONCE = _CHANNEL_WORDS.split()
_ITEM_ONCE = [
    "title",
    "link",
    "description",
    "author",
    "comments",
    "guid",
    "pubDate",
    "source",
    f"{CONTENT}encoded",
    f"{DC}language",
]

_DOUBTFUL = re.compile(rb"<(?:title|category)>[^<]*&(?:lt|amp);[^<]*</")
"""The RSS profile writes `<` and `&` of a plain text as `&#x3C;` and `&#x26;`."""


def problems_of_rss(content: bytes, url: str) -> list[str]:
    """Everything wrong with an RSS feed that stands at `url`."""
    root, problems = parsed(content)
    if root is None:
        return problems
    if root.tag != "rss" or root.get("version") != "2.0" or [child.tag for child in root] != ["channel"]:
        return [*problems, "not RSS 2.0 with one channel"]
    channel = root[0]
    problems += problems_of_children(
        channel,
        "channel",
        once=_CHANNEL_ONCE,
        often=("item", "category", f"{ATOM}link"),
        required=("title", "link", "description", "language"),
    )
    problems += _problems_of_channel(channel, url)
    problems += problems_of_order(channel, "channel", "item")
    problems += [f"markup or not? {found.decode()}" for found in _DOUBTFUL.findall(content)]
    for number, item in enumerate(channel.findall("item"), start=1):
        problems += _problems_of_item(item, f"item {number}")
    guids = [guid.text for guid in channel.iter("guid")]
    problems += [f"two items with the guid {guid}" for guid in set(guids) if guids.count(guid) > 1]
    return problems


def _problems_of_channel(channel: etree._Element, url: str) -> list[str]:
    problems = []
    own = [link for link in channel.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if len(own) != 1:
        problems.append("missing atom:link with rel=self")
    problems += [f"self reference does not match: {link.get('href')}" for link in own if link.get("href") != url]
    problems += ["atom:link of another type" for link in own if link.get("type") != "application/rss+xml"]
    link = channel.findtext("link") or ""
    if not is_absolute(link):
        problems.append(f"channel: link is not absolute: {link}")
    if link == url:
        problems.append("channel: link leads to the feed itself")
    problems += problems_of_language(channel.findtext("language"), "channel")
    for name in ("pubDate", "lastBuildDate"):
        if channel.find(name) is not None:
            problems += problems_of_rfc822(channel.findtext(name), name)
    image = channel.find("image")
    if image is not None:
        problems += _problems_of_image(image, channel)
    return problems


def _problems_of_image(image: etree._Element, channel: etree._Element) -> list[str]:
    problems = [f"image: missing {name}" for name in ("url", "title", "link") if not image.findtext(name)]
    if not is_absolute(image.findtext("url") or ""):
        problems.append("image: url is not absolute")
    problems += [
        f"image {n} differs from the channel's" for n in ("title", "link") if image.findtext(n) != channel.findtext(n)
    ]
    return problems


def _problems_of_item(item: etree._Element, place: str) -> list[str]:
    problems = problems_of_children(
        item,
        place,
        once=_ITEM_ONCE,
        often=("category", "enclosure", f"{DC}creator", f"{MEDIA}content"),
        required=("title", "link", "guid", "pubDate", "description", f"{CONTENT}encoded"),
    )
    link = item.findtext("link") or ""
    if not is_absolute(link):
        problems.append(f"{place}: link is not absolute: {link}")
    guid = item.find("guid")
    if guid is not None and guid.get("isPermaLink", "true") == "true" and not is_absolute(guid.text or ""):
        problems.append(f"{place}: guid must be a full URL unless isPermaLink is false: {guid.text}")
    texts = [child.tag for child in item if child.tag in ("description", f"{CONTENT}encoded")]
    if texts[:1] != ["description"]:
        problems.append(f"{place}: the content stands before the description")
    author = item.find("author")
    if author is not None and "@" not in (author.text or ""):
        problems.append(f"{place}: author is no address")
    problems += problems_of_rfc822(item.findtext("pubDate"), f"{place} pubDate")
    problems += problems_of_language(item.findtext(f"{DC}language"), place)
    problems += problems_of_html(item.findtext("description") or "", f"{place} description")
    problems += problems_of_html(item.findtext(f"{CONTENT}encoded") or "", f"{place} content")
    for enclosure in item.findall("enclosure"):
        if not (
            enclosure.get("type") and enclosure.get("length", "").isdigit() and is_absolute(enclosure.get("url", ""))
        ):
            problems.append(f"{place}: enclosure without url, length or type")
    return problems + problems_of_media(item, place)
