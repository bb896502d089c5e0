"""Items: the entries of Pelican's feeds, each made once for all feeds that it stands in, and written quicker."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from feedgenerator.django.utils import feedgenerator
from feedgenerator.django.utils.xmlutils import SimplerXMLGenerator

_INVISIBLE = re.compile(r"[\x00-\x08\x0B-\x0C\x0E-\x1F]")

_known: dict[tuple[type, int, str], tuple[Any, dict[str, Any]]] | None = None


@contextmanager
def repeated_items() -> Iterator[None]:
    """Nothing that an item is made of changes any more."""
    global _known
    original = feedgenerator.SimplerXMLGenerator
    _known, feedgenerator.SimplerXMLGenerator = {}, _QuickGenerator
    try:
        yield
    finally:
        _known, feedgenerator.SimplerXMLGenerator = None, original


def add_item(feed: Any, content: Any, site_url: str, add: Callable[[Any, Any], None]) -> None:
    """Adds a content to a feed as `add` does, unless it is known what comes of that."""
    if _known is None:
        add(feed, content)
        return
    key = type(feed), id(content), site_url
    if key in _known:
        feed.items.append(dict(_known[key][1]))
        return
    add(feed, content)
    _known[key] = content, dict(feed.items[-1])


class _QuickGenerator(SimplerXMLGenerator):  # type: ignore[misc]
    """Writes an element of a feed in one go."""

    def addQuickElement(  # noqa: N802
        self, name: str, contents: Any = None, attrs: Mapping[str, str] | None = None
    ) -> None:
        is_plain = self._short_empty_elements and (contents is None or type(contents) is str)
        if not is_plain or (contents and _INVISIBLE.search(contents)):
            super().addQuickElement(name, contents, attrs)  # which may say what is wrong
            return
        self._finish_pending_start_element()
        opening = "".join([f"<{name}", *(f" {key}={quoteattr(value)}" for key, value in sorted((attrs or {}).items()))])
        self._write(f"{opening}>{escape(contents)}</{name}>" if contents else f"{opening}/>")
