"""OPML 2.0, as its specification has it for subscription lists."""

from __future__ import annotations

from tests.feeds.markup import is_absolute
from tests.feeds.xml_rules import parsed, problems_of_rfc822


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
    outlines = list(root[1].iter("outline"))
    feeds = [outline for outline in outlines if outline.get("type") == "rss"]
    problems += [
        f"an outline without text: {dict(one.attrib)}" for one in outlines if not (one.get("text") or "").strip()
    ]
    problems += [
        f"xmlUrl is not absolute: {one.get('xmlUrl')}" for one in feeds if not is_absolute(one.get("xmlUrl", ""))
    ]
    problems += [f"neither feed nor folder: {one.get('text')}" for one in outlines if one not in feeds and not len(one)]
    urls = [one.get("xmlUrl") for one in feeds]
    return problems + [f"listed twice: {url}" for url in set(urls) if urls.count(url) > 1]
