"""Groups: the articles of each tag, category and author.

Pelican asks of every article whether it belongs to each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pelican.generators import ArticlesGenerator

_KINDS = ("tags", "categories", "authors")


class Members(list[Any]):
    """The articles of a tag, category or author: whether one is among them is known at once.

    Pelican asks that of every article for every list.
    """

    def __init__(self, articles: list[Any]) -> None:
        super().__init__(articles)
        self._ids = {id(article) for article in articles}

    def __contains__(self, article: object) -> bool:
        return id(article) in self._ids

    def put_first(self, article: Any) -> None:
        """One more, before all others."""
        self.insert(0, article)
        self._ids.add(id(article))


def hasten_groups() -> None:
    """Makes Pelican's generator of articles quicker at its groups; a second call changes nothing."""
    for kind in _KINDS:
        original = getattr(ArticlesGenerator, f"generate_{kind}")
        if not hasattr(original, "is_ours"):
            setattr(ArticlesGenerator, f"generate_{kind}", _one_by_one(original, kind))


def _one_by_one(original: Callable[..., None], kind: str) -> Callable[..., None]:
    def generate(self: ArticlesGenerator, write: Callable[..., None]) -> None:
        """While the pages of a group are asked for, there are no other articles to look through."""
        groups, dates = getattr(self, kind), self.dates
        if not isinstance(groups, Mapping if kind == "tags" else Sequence):
            return original(self, write)  # what can be gone through once is Pelican's to go through
        places = {id(article): place for place, article in enumerate(dates)}
        pairs = groups.items() if isinstance(groups, Mapping) else groups
        if len(places) < len(dates) or not all(type(articles) is Members for _, articles in pairs):
            return original(self, write)
        asked = _with_own_dates(self, pairs, places)
        setattr(self, kind, _Items(asked) if kind == "tags" else asked)
        try:
            return original(self, write)
        finally:
            setattr(self, kind, groups)
            self.dates = dates

    generate.is_ours = True  # type: ignore[attr-defined]
    return generate


def _with_own_dates(
    generator: ArticlesGenerator, pairs: Iterable[tuple[Any, Members]], places: dict[int, int]
) -> Iterator[tuple[Any, Members]]:
    dates = generator.dates
    for group, articles in pairs:
        own = sorted({places[id(article)] for article in articles if id(article) in places})
        generator.dates = [dates[place] for place in own]
        yield group, articles


class _Items:
    """Stands for a mapping of which nothing but its items is asked."""

    def __init__(self, items: Iterator[tuple[Any, Any]]) -> None:
        self._items = items

    def items(self) -> Iterator[tuple[Any, Any]]:
        return self._items
