"""Atom, as RFC 4287 and the W3C's feed checker have it."""

from __future__ import annotations

import re

from lxml import etree

from tests.feeds.markup import is_absolute, problems_of_html
from tests.feeds.xml_rules import (
    ATOM,
    MEDIA,
    XML,
    parsed,
    problems_of_children,
    problems_of_language,
    problems_of_media,
    problems_of_order,
    problems_of_rfc3339,
)

_FEED_ONCE = [f"{ATOM}{name}" for name in ["id", "title", "updated", "generator", "icon", "logo", "rights", "subtitle"]]
_ENTRY_NAMES = ("id", "title", "updated", "published", "content", "summary", "rights", "source")
_ENTRY_ONCE = [f"{ATOM}{name}" for name in _ENTRY_NAMES]
_OFTEN = [f"{ATOM}{name}" for name in ["author", "contributor", "category", "link"]]
_LINK_ATTRIBUTES = frozenset(["href", "rel", "type", "hreflang", "title", "length"])
_TAG_URI = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d{2}){0,2}:(?:[A-Za-z0-9;/?:@&=+$.\-_!~*'(),]|%[0-9A-F]{2})+\Z")
_RELATIONS = frozenset(["alternate", "enclosure", "related", "self", "via"])


def problems_of_atom(content: bytes, url: str) -> list[str]:
    """Everything wrong with an Atom feed that stands at `url`."""
    root, problems = parsed(content)
    if root is None:
        return problems
    if root.tag != f"{ATOM}feed":
        return [*problems, "not an Atom feed"]
    required = [f"{ATOM}{name}" for name in ("id", "title", "updated", "author", "link")]
    problems += problems_of_children(root, "feed", once=_FEED_ONCE, often=[*_OFTEN, f"{ATOM}entry"], required=required)
    problems += _problems_of_head(root, "feed")
    problems += problems_of_order(root, "feed", f"{ATOM}entry")
    problems += problems_of_language(root.get(f"{XML}lang"), "feed")
    own = [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if own != [url]:
        problems.append(f"self reference does not match: {own}")
    entries = root.findall(f"{ATOM}entry")
    for number, entry in enumerate(entries, start=1):
        problems += _problems_of_entry(entry, f"entry {number}")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    problems += [f"two entries with the id {one}" for one in set(ids) if ids.count(one) > 1]
    newest = max((entry.findtext(f"{ATOM}updated") or "" for entry in entries), default="")
    if newest and newest != root.findtext(f"{ATOM}updated"):
        problems.append("feed: updated is not that of its newest entry")
    return problems


def _problems_of_head(element: etree._Element, place: str) -> list[str]:
    """What feeds and entries have in common."""
    problems = []
    ident = element.findtext(f"{ATOM}id") or ""
    if not is_absolute(ident) and not _TAG_URI.match(ident):
        problems.append(f"{place}: id is no full URI: {ident}")
    for name in ("title", "subtitle", "summary", "rights"):
        for text in element.findall(f"{ATOM}{name}"):
            if text.get("type", "text") == "html":
                problems += problems_of_html(text.text or "", f"{place} {name}")
    problems += problems_of_rfc3339(element.findtext(f"{ATOM}updated"), f"{place} updated")
    for person in [*element.findall(f"{ATOM}author"), *element.findall(f"{ATOM}contributor")]:
        problems += _problems_of_person(person, place)
    for category in element.findall(f"{ATOM}category"):
        if not category.get("term", "").strip():
            problems.append(f"{place}: category without a term")
    return problems + _problems_of_links(element, place)


def _problems_of_person(person: etree._Element, place: str) -> list[str]:
    allowed = [f"{ATOM}{name}" for name in ("name", "uri", "email")]
    problems = problems_of_children(person, f"{place} author", once=allowed, often=(), required=allowed[:1])
    uri = person.findtext(f"{ATOM}uri")
    return problems + ([f"{place}: uri is not absolute: {uri}"] if uri is not None and not is_absolute(uri) else [])


def _problems_of_links(element: etree._Element, place: str) -> list[str]:
    problems = []
    alternates = []
    for link in element.findall(f"{ATOM}link"):
        if not is_absolute(link.get("href", "")):
            problems.append(f"{place}: link is not absolute: {link.get('href')}")
        if link.get("rel", "alternate") not in _RELATIONS:
            problems.append(f"{place}: link of no known relation: {link.get('rel')}")
        problems += [f"{place}: unexpected {key} on a link" for key in set(link.attrib) - _LINK_ATTRIBUTES]
        if "hreflang" in link.attrib:
            problems += problems_of_language(link.get("hreflang"), place)
        if link.get("rel", "alternate") == "alternate":
            alternates.append((link.get("type"), link.get("hreflang")))
    if len(alternates) != len(set(alternates)):
        problems.append(f"{place}: two alternate links of one type and language")
    return problems + ([] if alternates else [f"{place}: no alternate link"])


def _problems_of_entry(entry: etree._Element, place: str) -> list[str]:
    required = [f"{ATOM}{name}" for name in ("id", "title", "updated", "published", "content")]
    problems = problems_of_children(
        entry, place, once=_ENTRY_ONCE, often=[*_OFTEN, f"{MEDIA}content"], required=required
    )
    problems += _problems_of_head(entry, place)
    problems += problems_of_rfc3339(entry.findtext(f"{ATOM}published"), f"{place} published")
    problems += problems_of_language(entry.get(f"{XML}lang"), place)
    if (entry.findtext(f"{ATOM}updated") or "") < (entry.findtext(f"{ATOM}published") or ""):
        problems.append(f"{place}: updated before it was published")
    content = entry.find(f"{ATOM}content")
    if content is not None and content.get("type") != "html":
        problems.append(f"{place}: content that is not HTML")
    problems += problems_of_html(entry.findtext(f"{ATOM}content") or "", f"{place} content")
    return problems + problems_of_media(entry, place)
