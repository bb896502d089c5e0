"""Links: from one file of the content to another, and the URLs inside of HTML.

URLs are made absolute for feeds and mails, and relative again for pages. The HTML is sanitised, so that every
attribute stands in double quotes.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from pelican.settings import DEFAULT_CONFIG

from veillee.site.run import Run, SourceFile

_TAG = re.compile(r"""<(?!span class="[^"]*">)[a-zA-Z][^\s<>/]*(?:\s+[^\s=<>"'/]+(?:\s*=\s*"[^"]*")?)+\s*/?>""")
"""With attributes. Those of highlighted code are many, and hold no URL."""
_WORKED_OUT = re.compile(r"[{|][a-z]+[|}]")
_IN_BRACES = re.compile(r"\{[a-z]+\}")
_URL_ATTRIBUTE = re.compile(r'(?P<name>\s(?:href|src|cite|poster|data)=)"(?P<url>[^"]*)"', re.IGNORECASE)


def rewritten_html(html: str, rewrite: Callable[[str], str]) -> str:
    """The HTML with every URL in an attribute passed through `rewrite`."""
    return _TAG.sub(lambda tag: _URL_ATTRIBUTE.sub(lambda found: _attribute(found, rewrite), tag[0]), html)


def urls_in(html: str) -> tuple[str, ...]:
    """Every URL in an attribute, in order."""
    return tuple(unescape(found["url"]) for tag in _TAG.findall(html) for found in _URL_ATTRIBUTE.finditer(tag))


def worked_out_urls_in(html: str) -> tuple[str, ...]:
    """Every URL in an attribute that Pelican works out when it is shown, and maybe others."""
    urls: dict[str, None] = {}
    for found in _marks_in(html):
        tag = _TAG.match(html, max(html.rfind("<", 0, found.start()), 0))
        if tag is None:
            return urls_in(html)  # a mark in a text, or behind a `<` in an attribute
        urls.update(dict.fromkeys(urls_in(tag[0])))
    return tuple(urls)


def relative_html(html: str, *, rel: Callable[[str], str]) -> str:
    """The HTML as one page shows it: `rel` makes an absolute URL of our own site relative to that page."""
    return rewritten_html(html, rel)


def absolute_html(html: str, base_url: str) -> str:
    """The HTML as it may stand anywhere: relative URLs are read as from `base_url`."""
    return rewritten_html(html, lambda url: absolute_url(url, base_url))


def absolute_url(url: str, base_url: str) -> str:
    """A URL as seen from a page; what has a scheme, or cannot be read, stays as it is."""
    if url.startswith(("https://", "http://")):
        return url
    try:
        return url if urlsplit(url).scheme else urljoin(base_url, url)
    except ValueError:
        return url


def path_below(url: str, site_url: str) -> str | None:
    """What stands after the site's own address in an absolute URL, without the slash; None for other sites."""
    if url == site_url and site_url:
        return "index.html"
    if not url.startswith(f"{site_url}/") or url.startswith("//"):
        return None
    return url.removeprefix(f"{site_url}/") or "index.html"


def cut(url: str) -> tuple[str, str, str]:
    """A path, the mark behind it (`?` or `#`), and what follows; both empty where there is none."""
    end = min((place for mark in "?#" if (place := url.find(mark)) >= 0), default=len(url))
    return url[:end], url[end : end + 1], url[end + 1 :]


def placeholder_pattern(content: Any) -> re.Pattern[str]:
    """What Pelican takes for a link to a file: `{filename}/stories/picnic.md`, in groups `what` and `value`."""
    return re.compile(rf"{content.settings['INTRASITE_LINK_REGEX']}(?P<value>.*)")


def has_usual_links(content: Any) -> bool:
    """Whether a link to a file is written as Pelican's handbook says: `linking_tags` finds those and no others."""
    return bool(content.settings.get("INTRASITE_LINK_REGEX") == _USUAL)


_USUAL = DEFAULT_CONFIG["INTRASITE_LINK_REGEX"]


def linking_tags(text: str) -> Iterator[str]:
    """The tags of a text whose address Pelican works out when it is shown."""
    for found in _marks_in(text):
        start, end = text.rfind("<", 0, found.start()), text.find(">", found.end())
        if 0 <= start < end:
            yield text[start : end + 1]


_PLAIN_TAG = re.compile(r"""</?[a-zA-Z][^\s<>/"']*(?:\s+[^\s=<>"'/]+(?:\s*=\s*"[^"<>]*")?)*\s*/?>""")


def tags_to_work_out(text: str) -> list[tuple[int, int]] | None:
    """Where the tags stand that have a value like a placeholder's; None where only a look at the whole text can say.

    Pelican's pattern begins at each `<` of a text, and may go beyond the tag where that is not written plainly.
    """
    if "'{" in text or "'|" in text or '"|' in text:
        return None
    found: list[tuple[int, int]] = []
    place, done = text.find('"{'), 0
    while place >= 0:
        start = text.rfind("<", done, place)
        if start >= 0:
            tag = _PLAIN_TAG.match(text, start)
            if tag is None:
                return None
            if place < tag.end():
                found.append((start, tag.end()))
            done = tag.end()
        place = text.find('"{', max(place + 1, done))
    return found


def _marks_in(text: str) -> Iterator[re.Match[str]]:
    """Where there may be a placeholder; one that is looked for by its first letter alone is found soonest."""
    if "|" in text:
        return _WORKED_OUT.finditer(text)
    return _IN_BRACES.finditer(text) if "{" in text else iter(())


def target_of(content: Any, path: str) -> str:
    """The file that a placeholder means, as Pelican reads it: from the content folder, or from the post's own."""
    if path.startswith("/"):
        return path[1:]
    return str(content.get_relative_source_path(f"{content.relative_dir}/{path}" if content.relative_dir else path))


def is_inside(target: str) -> bool:
    """Whether a path that is relative to the content folder stays in it."""
    return not posixpath.normpath(target).startswith(("../", "/")) and posixpath.normpath(target) != ".."


def find_in_content(path: str, source: SourceFile, run: Run) -> str | None:
    """The file that a relative path means, seen from the post's own folder, then from the content folder."""
    for start in (posixpath.dirname(source.relative), ""):
        relative = posixpath.normpath(posixpath.join(start, path))
        if is_inside(relative) and (run.site.content / relative).is_file():
            found = relative
            break
    else:
        found = None
    run.looked_up.append((path, found))
    return found


def _attribute(found: re.Match[str], rewrite: Callable[[str], str]) -> str:
    return f'{found["name"]}"{escape(rewrite(unescape(found["url"])))}"'
