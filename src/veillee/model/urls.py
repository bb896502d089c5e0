"""Which addresses may stand in a page or a mail: the allow-list of URL schemes."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

SAFE_SCHEMES = frozenset({"http", "https", "mailto"})

_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\\\\]")
_SCHEME = re.compile(r"([^/?#\[\]{}|]*?):")

_PLAIN_ADDRESS = re.compile(r"https?://[\w./~#?=&%+,@!$'()*;:-]+\Z")
_HIDDEN_COLON = re.compile(r"[^/?]*?&(?:#|colon;|tab;|newline;)", re.IGNORECASE)


def is_safe_url(url: str, *, may_be_relative: bool = True) -> bool:
    """Whether a link may lead there: http, https, mailto, or a path of the site where that is allowed.

    Whatever a browser would skip before a scheme (control characters, spaces) makes an address unsafe, and so
    does an address that is empty.
    """
    if _PLAIN_ADDRESS.match(url):
        return True
    if not url or url != url.strip() or _INVISIBLE.search(url):
        return False
    if _HIDDEN_COLON.match(url):
        return False
    if "[" in url and not _can_be_split(url):
        return False
    scheme = _SCHEME.match(url)
    if scheme is None:
        return may_be_relative
    name = scheme[1].lower()
    return name in SAFE_SCHEMES and (name == "mailto" or url[len(name) + 1 :].startswith("//"))


def host_of(url: str) -> str:
    """The name of the site that a URL leads to, without `www.`; empty where it has none or cannot be read."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _can_be_split(url: str) -> bool:
    """Whether the brackets in an address are where they may be, so that nothing that reads it later fails."""
    try:
        urlsplit(url)
    except ValueError:
        return False
    return True
