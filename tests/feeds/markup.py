"""What the W3C's feed checker says of the HTML inside of a feed: safe, absolute, well nested."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

_ELEMENTS = """
a abbr acronym address area article aside audio b big blockquote br button canvas caption center cite code col
colgroup dd del details dfn dialog dir div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5
h6 header hr i img input ins kbd label legend li map menu meter nav noscript ol optgroup option output p pre
progress q s samp section select small source span strike strong sub sup table tbody td textarea tfoot th thead
time tr tt u ul var video
"""
ELEMENTS = frozenset(_ELEMENTS.split())
_ATTRIBUTES = """
abbr accept alt align autoplay axis border cellpadding cellspacing char charoff checked cite class clear cols
colspan color compact controls coords datetime dir disabled for frame headers height high href hreflang hspace
id ismap label lang longdesc loop low max maxlength media min multiple name nohref noshade nowrap open optimum
poster preload readonly rel rev reversed rows rowspan rules scope selected shape size span src start summary
tabindex target title type usemap valign value vspace width xml:lang
"""
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
VOID = frozenset(["area", "br", "col", "hr", "img", "input", "source"])
_URLS = ("href", "src", "cite", "poster", "longdesc")
_URI = re.compile(r"(?:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+\Z")


def is_absolute(url: str, schemes: tuple[str, ...] = ("http", "https")) -> bool:
    """A full URI in ASCII (RFC 3986); the checker takes no bracket, wherever it stands."""
    if not _URI.match(url):
        return False
    parts = urlsplit(url)
    return parts.scheme in schemes and (bool(parts.netloc) or parts.scheme == "mailto")


def problems_of_html(html: str, place: str) -> list[str]:
    """Everything wrong with a piece of HTML, named by `place`."""
    reader = _Reader(place)
    reader.feed(html)
    reader.close()
    return [*reader.problems, *(f"{place}: <{name}> is never closed" for name in reader.open)]


class _Reader(HTMLParser):
    def __init__(self, place: str) -> None:
        super().__init__(convert_charrefs=False)
        self.place = place
        self.problems: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.problems.append(f"{self.place}: <{tag}> is a security risk or unknown")
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag == "img" and "alt" not in dict(attrs):
            self.problems.append(f"{self.place}: an image without alt")
        if tag not in VOID:
            self.open.append(tag)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name not in ATTRIBUTES:
            self.problems.append(f"{self.place}: {name} on <{tag}> is a security risk or unknown")
        if name in _URLS and not is_absolute(value, ("http", "https", "mailto")):
            self.problems.append(f"{self.place}: {name} is not an absolute URL: {value}")

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.problems.append(f"{self.place}: </{tag}> closes nothing")

    def handle_decl(self, decl: str) -> None:
        self.problems.append(f"{self.place}: <!{decl}> has no place here")

    def handle_pi(self, data: str) -> None:
        self.problems.append(f"{self.place}: <?{data}> has no place here")

    def handle_data(self, data: str) -> None:
        if "<" in data or "&" in data:
            self.problems.append(f"{self.place}: not escaped: {data[:40]}")
