"""Rules that RSS and Atom share: encoding, names, dates, languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from datetime import datetime
from email.utils import parsedate_to_datetime

from babel import Locale
from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
XML = "{http://www.w3.org/XML/1998/namespace}"

_PREFIXES = {"atom": ATOM, "dc": DC, "content": CONTENT, "media": MEDIA}
_RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} ([+-]\d{4}|GMT)\Z")
_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})\Z")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_UNWISE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


_LANGUAGES = frozenset(Locale.parse("en").languages)
_LARGEST = 5_000_000


def parsed(content: bytes) -> tuple[etree._Element | None, list[str]]:
    """The document's root, and what is wrong with its bytes."""
    problems = [] if len(content) <= _LARGEST else [f"more than {_LARGEST} bytes: the checker reads no further"]
    if not re.match(rb"<\?xml version=['\"]1\.0['\"] encoding=['\"][Uu][Tt][Ff]-8['\"]\?>", content):
        problems.append("no XML declaration with UTF-8")
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return None, [*problems, f"not well-formed: {error}"]
    if root.getroottree().docinfo.doctype:
        problems.append("a DOCTYPE has no place here")
    problems += [f"usual prefix not used: {p}" for p, ns in root.nsmap.items() if _usual(ns) not in (p, None)]
    if found := _UNWISE.search(content.decode("utf-8")):
        problems.append(f"control character U+{ord(found[0]):04X}")
    return root, problems


def _usual(namespace: str) -> str | None:
    """The prefix that checkers know; None where any, or none, is right."""
    named = {full[1:-1]: prefix for prefix, full in _PREFIXES.items() if prefix != "atom"}
    return named.get(namespace)


def problems_of_children(
    parent: etree._Element, place: str, *, once: Collection[str], often: Collection[str], required: Collection[str]
) -> list[str]:
    """Unknown, missing and repeated children; and those that hold nothing."""
    counts = Counter(str(child.tag) for child in parent)
    problems = [f"{place}: unexpected {tag}" for tag in counts if tag not in once and tag not in often]
    problems += [f"{place}: {tag} more than once" for tag, count in counts.items() if count > 1 and tag in once]
    problems += [f"{place}: missing {tag}" for tag in required if tag not in counts]
    says_it_by_attributes = (f"{ATOM}link", f"{MEDIA}content", f"{ATOM}category", "enclosure")
    for child in parent:
        if child.tag not in says_it_by_attributes and not len(child) and not (child.text or "").strip():
            problems.append(f"{place}: empty {child.tag}")
    return problems


def problems_of_rfc822(text: str | None, place: str) -> list[str]:
    if not text or not _RFC822.match(text):
        return [f"{place}: not an RFC 822 date with a weekday and four digits of year: {text}"]
    moment = parsedate_to_datetime(text)
    if moment.strftime("%a") != text[:3]:
        return [f"{place}: {text} is no {text[:3]}"]
    return _plausible(moment, place)


def problems_of_rfc3339(text: str | None, place: str) -> list[str]:
    if not text or not _RFC3339.match(text):
        return [f"{place}: not an RFC 3339 date: {text}"]
    return _plausible(datetime.fromisoformat(text.replace("Z", "+00:00")), place)


def _plausible(moment: datetime, place: str) -> list[str]:
    return [] if moment.year >= 1970 else [f"{place}: implausible date {moment}"]


def problems_of_language(text: str | None, place: str) -> list[str]:
    if not text or not _LANGUAGE.match(text):
        return [f"{place}: no language code: {text}"]
    return [] if text.lower().partition("-")[0] in _LANGUAGES else [f"{place}: no language that exists: {text}"]


def problems_of_order(parent: etree._Element, place: str, last: str) -> list[str]:
    """What describes a feed stands before its entries."""
    tags = [child.tag for child in parent]
    if last in tags and (misplaced := set(tags[tags.index(last) :]) - {last}):
        return [f"{place}: {sorted(map(str, misplaced))} after the first entry"]
    return []


def problems_of_media(item: etree._Element, place: str) -> list[str]:
    """`media:content` as its specification has it."""
    from tests.feeds.markup import is_absolute

    problems = []
    for media in item.iter(f"{MEDIA}content"):
        if not is_absolute(media.get("url", "")):
            problems.append(f"{place}: media:content without an absolute url: {media.get('url')}")
        if media.get("medium") not in ("image", "audio", "video", "document", "executable"):
            problems.append(f"{place}: media:content of no known medium")
        problems += [
            f"{place}: {key} {value}"
            for key, value in media.items()
            if key in ("width", "height") and not value.isdigit()
        ]
        problems += [f"{place}: unexpected {child.tag}" for child in media if child.tag != f"{MEDIA}description"]
    return problems
