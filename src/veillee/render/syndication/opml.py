"""OPML 2.0 (opml.org/spec2.opml): all feeds of a site in one file, for a reader to import."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import format_datetime
from xml.etree import ElementTree

from veillee.model.places import feed_path
from veillee.render.syndication.feed import Feed, FeedForm

OPML_PATH = feed_path("all", "opml")


def render_opml(feeds: Iterable[Feed]) -> bytes:
    """The list, in the order given; the first feed, that of everything, gives it its name and its owner."""
    listed = tuple(feeds)
    root = ElementTree.Element("opml", {"version": "2.0"})
    head = ElementTree.SubElement(root, "head")
    if listed:
        _add_head(head, listed[0])
    body = ElementTree.SubElement(root, "body")
    for feed in listed:
        ElementTree.SubElement(body, "outline", _outline(feed))
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_head(head: ElementTree.Element, feed: Feed) -> None:
    changed = format_datetime(feed.updated_at, usegmt=True)
    texts = {
        "title": feed.title,
        "dateModified": changed,
        "ownerName": feed.author.name,
        "ownerId": feed.home_url,
    }
    for name, text in texts.items():
        ElementTree.SubElement(head, name).text = text


def _outline(feed: Feed) -> dict[str, str]:
    """`text` is what a reader's list shows: the name alone would say nothing between other sites' feeds."""
    return {
        "type": "rss",
        "text": feed.title,
        "title": feed.title,
        "description": feed.description,
        "xmlUrl": feed.url(FeedForm.RSS),
        "htmlUrl": feed.home_url,
        "language": feed.lang,
        "version": "RSS2",
    }
