"""Ties: which pages hang on more than their own lists and texts, so that a new post may change them.

Facts of pages as they were noted when they were rendered -> plain values, kept with a plan and brought up to date with
each page that is rendered on top of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from veillee.site.outputs.records import FactSet
from veillee.site.outputs.tracking import ALL, HOP, ITEMS, LENGTH, NAME, SOME, TEMPLATE, Fact

NONE, ABSENT = -1, -2
"""Stand among numbers of contents for a value that is None, and for none at all."""

_OF_LISTS = (ITEMS, ALL, LENGTH, SOME)
_OWN_LISTS = ("articles", "dates")
"""Names of a list page's own lists begin like this."""
_GROWING = frozenset({"articles", "dates"})
_SORTED = frozenset({"categories", "authors"})
_OF_TAGS = "tags"
_APART = frozenset({"pages", "hidden_pages", "draft_pages", "drafts", "hidden_articles"})
"""Lists that hold no article that is shown."""
_STILL = (str, int, float, bytes, type(None))


@dataclass(slots=True)
class Ties:
    """Of one plan. `names` are the attributes that plugins give to `contents`, `columns` their values, all by number.

    `slugs`, `folders` (with the ending of names) and `sources` (by path below the output folder) are those of articles
    and pages. `sets` are the facts that pages share, `looks` says which set is a page's. `hops` are the contents that a
    page goes on from, `wide` the pages that look at a list which is not theirs, `whole` those that look at a list of
    their own and not only at their part of it. `chosen` are the addresses that contents stand at instead of others.
    """

    names: tuple[str, ...] = ()
    contents: list[Any] = field(default_factory=list, repr=False)
    columns: list[list[Any]] = field(default_factory=list, repr=False)
    slugs: set[str] = field(default_factory=set, repr=False)
    folders: set[tuple[str, str]] = field(default_factory=set)
    sources: dict[str, str] = field(default_factory=dict, repr=False)
    sets: list[tuple[Fact, ...]] = field(default_factory=list, repr=False)
    looks: dict[str, int] = field(default_factory=dict, repr=False)
    hops: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    wide: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    chosen: set[str] = field(default_factory=set)

    def as_plain(self) -> tuple[Any, ...]:
        """All fields in order; each is plain where contents are numbers."""
        return tuple(getattr(self, one.name) for one in fields(self))

    def note(self, path: str, facts: FactSet, known: dict[tuple[Fact, ...], int]) -> None:
        """A page as it was rendered; `known` are the sets by their place."""
        shared, own, _ = facts
        place = known.get(shared)
        if place is None:
            place = known[shared] = len(self.sets)
            self.sets.append(shared)
        self.looks[path] = place
        self.hops.pop(path, None)
        self.wide.discard(path)
        self.whole.discard(path)
        hops = tuple(fact[1] or path for fact in own if fact[0] == HOP)
        if hops:
            self.hops[path] = hops
        if any(map(_is_wide, own)):
            self.wide.add(path)
        if any(fact[0] in _OF_LISTS for fact in own):
            self.whole.add(path)

    def names_read(self) -> set[str]:
        """The names that pages read of what they share."""
        return {fact[1] for facts in self.sets for fact in facts if fact[0] == NAME}

    def hanging_on(self, changed: set[str], context: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[str]:
        """The pages that a newest article may change besides those that list it.

        `changed` are the contents that are not as they were, by their path below the output folder.
        """
        touched = {
            place
            for place, facts in enumerate(self.sets)
            if any(_is_touched(fact, context, settings) for fact in facts)
        }
        for path, place in self.looks.items():
            if place in touched or path in self.wide or not changed.isdisjoint(self.hops.get(path, ())):
                yield path


def _is_wide(fact: Fact) -> bool:
    """Whether a fact of a page's own may say something of a list that is not the page's own."""
    kind, name = fact[0], fact[1]
    if kind in _OF_LISTS:
        return not str(name[0]).startswith(_OWN_LISTS)
    return bool(kind == NAME and name == "all_articles")


def _is_touched(fact: Fact, context: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    """Whether a fact that pages share may be another one with an article at the head of its lists."""
    kind, what = fact[0], fact[1]
    if kind == TEMPLATE:
        return False
    if kind == NAME:
        value = context.get(what)
        return not (isinstance(value, _STILL) or callable(value) or what in settings)
    if kind not in _OF_LISTS:
        return True
    name, is_whole = what[0], len(what) == 1
    if name in _GROWING:
        return not (is_whole and kind == SOME)
    if name in _SORTED:
        return not is_whole
    if name == _OF_TAGS:
        return not (is_whole and kind in (SOME, LENGTH))
    return not (is_whole and name in _APART) and str(name) not in settings
