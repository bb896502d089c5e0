"""OPML 2.0, as its specification has it for subscription lists."""

from __future__ import annotations

import re

from tests.feeds.markup import is_absolute
from tests.feeds.xml_rules import parsed, problems_of_language, problems_of_rfc822

_ATTRIBUTES = frozenset(
    ["text", "title", "type", "description", "xmlUrl", "htmlUrl", "language", "version", "url", "created", "category"]
)
_VERSIONS = frozenset(["RSS", "RSS1", "RSS2", "scriptingNews"])
_OWNER = re.compile(r"https?://([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(:\d+)?(/|\Z)")


def problems_of_opml(content: bytes) -> list[str]:
    """Everything wrong with a list of feeds."""
    root, problems = parsed(content)
    if root is None:
        return problems
    if root.tag != "opml" or root.get("version") != "2.0" or [child.tag for child in root] != ["head", "body"]:
        return [*problems, "not OPML 2.0 with head and body"]
    if not root.findtext("head/title"):
        problems.append("no title")
    problems += problems_of_rfc822(root.findtext("head/dateModified"), "dateModified")
    owner = root.findtext("head/ownerId")
    if owner is not None and not _OWNER.match(owner):
        problems.append(f"ownerId is no address of a public host: {owner}")
    outlines = list(root[1].iter("outline"))
    if not outlines:
        problems.append("a body without an outline")
    problems += [f"unexpected {key} on an outline" for one in outlines for key in set(one.keys()) - _ATTRIBUTES]
    feeds = [outline for outline in outlines if outline.get("type") == "rss"]
    problems += [
        f"an outline without text: {dict(one.attrib)}" for one in outlines if not (one.get("text") or "").strip()
    ]
    problems += [
        f"xmlUrl is not absolute: {one.get('xmlUrl')}" for one in feeds if not is_absolute(one.get("xmlUrl", ""))
    ]
    for one in feeds:
        if (
            not one.get("title")
            or one.get("version", "RSS2") not in _VERSIONS
            or not is_absolute(one.get("htmlUrl", ""))
        ):
            problems.append(f"without a title, a known version, or the page it is of: {one.get('text')}")
        problems += problems_of_language(one.get("language"), one.get("text", ""))
    problems += [f"neither feed nor folder: {one.get('text')}" for one in outlines if one not in feeds and not len(one)]
    urls = [one.get("xmlUrl") for one in feeds]
    return problems + [f"listed twice: {url}" for url in set(urls) if urls.count(url) > 1]
