"""Attached files (`{attach}`): a file moves beside the first content that shows it, so that the order counts.

Where a site attaches files, contents that link to files are looked at in the order in which Pelican would render
them, while the pages are still being collected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from veillee.site.content.texts import text_of

_ATTACHES = re.compile(r"[{|]attach[|}]")
_LINKS = re.compile(r"[{|](?:attach|static|filename)[|}]")


class AttachedFiles:
    """The contents of a site whose links may move a file; on most sites there are none."""

    def __init__(self, contents: Iterable[Any]) -> None:
        texts = [(content, text) for content in contents if content is not None and (text := text_of(content))]
        self.is_needed = any("attach" in text and _ATTACHES.search(text) for _, text in texts)
        self._linking = {id(content) for content, text in texts if _LINKS.search(text)} if self.is_needed else set()

    def shown_by_feed(self, elements: Iterable[Any], site_url: str) -> None:
        """A feed shows these contents whole."""
        if self._linking:
            for content in elements:
                if id(content) in self._linking:
                    content.get_content(site_url)

    def shown_by_page(self, context: Mapping[str, Any]) -> None:
        """A page shows its article, or the articles of its list."""
        if self._linking:
            listed = context.get("articles_page")
            for content in (context.get("article"), context.get("page"), *(listed.object_list if listed else ())):
                if id(content) in self._linking:
                    content.get_content(content.get_siteurl())
