"""OPML 2.0 (opml.org/spec2.opml): all feeds of a site in one file, for a reader to import."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import format_datetime
from itertools import groupby
from xml.etree import ElementTree

from veillee.languages import Language, language
from veillee.model.places import feed_path
from veillee.render.syndication.feed import Feed, FeedForm, feed_language

OPML_PATH = feed_path("all", "opml")


def render_opml(feeds: Iterable[Feed]) -> bytes:
    """The list, in the order given, in folders; the first feed, that of everything, names it and its owner."""
    listed = tuple(feeds)
    root = ElementTree.Element("opml", {"version": "2.0"})
    head = ElementTree.SubElement(root, "head")
    body = ElementTree.SubElement(root, "body")
    if listed:
        _add_head(head, listed[0])
        _add_folders(body, listed, language(listed[0].lang))
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_folders(body: ElementTree.Element, feeds: tuple[Feed, ...], tongue: Language) -> None:
    for group, members in groupby(feeds, key=lambda feed: feed.scope.partition("/")[0]):
        name = _folder_name(group, tongue)
        parent = ElementTree.SubElement(body, "outline", {"text": name}) if name else body
        for feed in members:
            ElementTree.SubElement(parent, "outline", _outline(feed))


def _folder_name(group: str, tongue: Language) -> str:
    """Empty for the one feed that stands alone."""
    _ = tongue.gettext
    names = {
        "streams": _("Streams"),
        "kinds": _("Kinds"),
        "digests": _("Digests"),
        "languages": _("Languages"),
        "tags": _("Topics"),
        "authors": _("Members"),
    }
    return names.get(group, "")


def _add_head(head: ElementTree.Element, feed: Feed) -> None:
    changed = format_datetime(feed.updated_at, usegmt=True)
    texts = {
        "title": feed.title,
        "dateModified": changed,
        "ownerName": feed.author.name,
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
        "language": feed_language(feed.lang),
        "version": "RSS2",
    }
