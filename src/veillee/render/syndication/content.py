"""The HTML inside of a feed: a post's sanitised HTML -> what feed readers show and the W3C's feed checker accepts.

A reader knows neither our stylesheet nor our page: classes and ids go, every URL becomes absolute, and elements that
readers drop or distrust become plainer ones.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urljoin, urlsplit

from veillee.render.syndication.feed import as_uri
from veillee.render.tokens import VOID, attributes_of, name_of, tag_of, tokens_of

_KEPT: Final = frozenset({
    "alt", "cite", "colspan", "controls", "datetime", "dir", "height", "href", "lang", "poster", "rowspan", "scope",
    "span", "src", "start", "title", "value", "width",
})  # fmt: skip
_URLS: Final = frozenset({"cite", "href", "poster", "src"})
_PLAINER: Final = {
    "bdi": "span",
    "bdo": "span",
    "details": "div",
    "mark": "em",
    "rp": "span",
    "rt": "span",
    "ruby": "span",
    "section": "div",
}
_ANCHOR: Final = re.compile(r'<a class="anchor"[^>]*></a>')
_ALERT_TITLE: Final = "markdown-alert-title"


@lru_cache(maxsize=2_000)
def feed_html(html: str, base_url: str) -> str:
    """Content for a feed, of what is clean; relative URLs are read as from `base_url`."""
    return _Plainer(base_url).convert(html)


class _Plainer:
    """Goes through the tokens; `ends` holds, for each element that is open, what closes it."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.ends: list[str] = []

    def convert(self, html: str) -> str:
        tokens = tokens_of(_ANCHOR.sub("", html))
        for index in range(1, len(tokens), 2):
            tag = tokens[index]
            if tag.startswith("</"):
                tokens[index] = self.ends.pop() if self.ends else ""
            elif name := name_of(tag):
                tokens[index] = self._opening(name, attributes_of(tag))
            else:
                tokens[index] = ""
        return "".join([*tokens, *reversed(self.ends)]).strip()

    def _opening(self, name: str, attributes: dict[str, str]) -> str:
        classes = attributes.get("class", "").split()
        kept = {key: self._value(key, value) for key, value in attributes.items() if key in _KEPT}
        if name == "input":
            return "☑" if "checked" in attributes else "☐"
        if name == "wbr":
            return ""
        if name in VOID:
            return tag_of(name, kept)
        if name == "summary":  # may hold a heading, which would end a paragraph
            return self._open(f"{tag_of('div', kept)}<strong>", "</strong></div>")
        if _ALERT_TITLE in classes:
            return self._open(f"{tag_of('p', kept)}<strong>", "</strong></p>")
        name = "blockquote" if "markdown-alert" in classes else _PLAINER.get(name, name)
        if name == "span" and not kept:
            return self._open("", "")
        return self._open(tag_of(name, kept), f"</{name}>")

    def _open(self, start: str, end: str) -> str:
        self.ends.append(end)
        return start

    def _value(self, key: str, value: str) -> str:
        return absolute(value, self.base_url) if key in _URLS else value


def absolute(url: str, base_url: str) -> str:
    """A URL as it is meant on the page `base_url`; one that cannot be read leads to the page itself."""
    try:
        return as_uri(url if urlsplit(url).scheme else urljoin(base_url, url))
    except ValueError:
        return base_url
