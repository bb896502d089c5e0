"""Once: what Pelican works out at each look at a content, worked out once, on sites that use our plugin.

An address hangs on a few attributes, which may still be changed between reading and writing: they are compared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pelican.contents import Content

from veillee.site.run import RUN_KEY

_OF_ADDRESSES = ("slug", "_status", "lang", "in_default_lang", "date")
_BY_IDENTITY = ("category", "author", "metadata", "settings", "source_path")

ADDRESSES, PLACE = "_veillee_addresses", "_veillee_place"
"""Attributes of a content that hold what was worked out."""


def remember_addresses() -> None:
    """Makes Pelican's contents remember their addresses; a second call changes nothing."""
    if not hasattr(Content.get_url_setting, "is_ours"):
        Content.get_url_setting = _addresses_once(Content.get_url_setting)
        Content.get_relative_source_path = _place_once(Content.get_relative_source_path)


def _addresses_once(original: Callable[[Content, str], str]) -> Callable[[Content, str], str]:
    def get_url_setting(self: Content, key: str) -> str:
        held = self.__dict__
        if RUN_KEY not in held.get("settings", ()) or f"override_{key}" in held:
            return original(self, key)
        mark = _mark(held)
        known = held.get(ADDRESSES)
        if known is None or known[0] != mark:
            known = held[ADDRESSES] = mark, {}
        found = known[1].get(key)
        if found is None:
            found = known[1][key] = original(self, key)
        return str(found)

    get_url_setting.is_ours = True  # type: ignore[attr-defined]
    return get_url_setting


def _mark(held: dict[str, Any]) -> tuple[Any, ...]:
    """What an address hangs on; a new category or author is another object."""
    return (*map(held.get, _OF_ADDRESSES), *(id(held.get(name)) for name in _BY_IDENTITY))


def _place_once(original: Callable[..., str | None]) -> Callable[..., str | None]:
    def get_relative_source_path(self: Content, source_path: str | None = None) -> str | None:
        held = self.__dict__
        if source_path or RUN_KEY not in held.get("settings", ()):
            return original(self, source_path)
        known = held.get(PLACE)
        if known is None or known[0] != held.get("source_path"):
            known = held[PLACE] = held.get("source_path"), original(self)
        found: str | None = known[1]
        return found

    return get_relative_source_path


class Members(list[Any]):
    """The articles of a tag, category or author: whether one is among them is known at once.

    Pelican asks that of every article for every list.
    """

    def __init__(self, articles: list[Any]) -> None:
        super().__init__(articles)
        self._ids = {id(article) for article in articles}

    def __contains__(self, article: object) -> bool:
        return id(article) in self._ids
