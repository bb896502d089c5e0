"""Tracking: what a page reads while it is rendered -> facts, so that a later build knows when to render it anew.

A fact is a small tuple: a name of the context, so many items of a list, the text of a content, a template's source, the
answer of a function. Nothing is asked of a theme: Jinja's context, and lists that say how far they were read, tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jinja2.utils import missing
from pelican.contents import Content
from pelican.paginator import Paginator

from veillee.site.content.groups import Members
from veillee.site.content.texts import heard

Fact = tuple[Any, ...]
Path = tuple[Any, ...]

NAME, ITEMS, ALL, LENGTH, SOME, BODY, SUMMARY, HOP, TEMPLATE, ANSWER, FIELD = (
    "name",
    "items",
    "all",
    "length",
    "some",
    "body",
    "summary",
    "hop",
    "template",
    "answer",
    "field",
)

WORKED_OUT: Fact = (TEMPLATE, "")
"""A template that nobody can name."""

_LISTS = (list, Members)
_SINGLE = frozenset({str, int, float, bool, bytes, type(None)})


@dataclass(slots=True, eq=False)
class Told:
    """What a part of a page has read: facts, those about texts of contents by their paths, and how far lists went."""

    plain: frozenset[Fact]
    texts: tuple[Fact, ...]
    extents: tuple[tuple[tuple[Path, int], int], ...]


_told: dict[frozenset[Fact], frozenset[Fact]] = {}
"""Equal facts of parts, as one object."""
_OF_TEXTS = (BODY, SUMMARY, HOP)


class Reads:
    """What one page has read so far."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self._context = context
        self._own = context.get("output_file")
        self._facts: set[Fact] = set()
        self._extents: dict[tuple[Path, int], int] = {}
        self._last: frozenset[Fact] | None = None

    def facts(self) -> frozenset[Fact]:
        extents = ((ITEMS, *place, end) for place, end in self._extents.items() if (ALL, place[0]) not in self._facts)
        return frozenset((*self._facts, *extents))

    def add(self, fact: Fact) -> None:
        self._facts.add(fact)

    def text(self, kind: str, path: str) -> bool:
        """A text of the content at a path, or a hop from it; gives whether it is the page's own content.

        That has no name, so that pages have the same facts.
        """
        is_own = path == self._own
        self._facts.add((kind, "" if is_own else path))
        return is_own

    def reach(self, path: Path, first: int, end: int) -> None:
        """The items from `first` on were looked at, up to `end`."""
        if end > self._extents.get((path, first), 0):
            self._extents[path, first] = end

    def apart(self) -> Reads:
        """What is read of the same context by a part of the page, which may stand on other pages, too."""
        part = Reads(self._context)
        part._own = None
        return part

    def told(self) -> Told:
        """What was read of a part."""
        texts = [fact for fact in self._facts if fact[0] in _OF_TEXTS]
        plain = frozenset(self._facts.difference(texts)) if texts else frozenset(self._facts)
        return Told(_told.setdefault(plain, plain), tuple(texts), tuple(self._extents.items()))

    def tell(self, told: Told) -> None:
        """A part of the page had read this when it was rendered."""
        if told.plain is not self._last:
            self._last = told.plain
            self._facts |= told.plain
        for kind, path in told.texts:
            self._facts.add((kind, "" if path == self._own else path))
        for (path, first), end in told.extents:
            self.reach(path, first, end)

    def name(self, key: str, value: Any) -> Any:
        """A name that was looked up: its value, or one that looks the same and tells what is read of it."""
        if value.__class__ in _SINGLE:
            self._facts.add((NAME, key))
            return value
        if self._context.get(key, missing) is not value:
            self._facts.add((NAME, key))  # a variable of a template, made of what was read before
            return value
        if value.__class__ in _LISTS:
            return _row_of(value, (key,))
        if value.__class__ in _BY_FIELD:
            return Fields(value, key)
        if isinstance(value, Paginator) and value.object_list.__class__ in _LISTS:
            value.object_list = _row_of(value.object_list, (key, "object_list"))
        self._facts.add((NAME, key))
        return value


_reads: Reads | None = None


def current_reads() -> Reads | None:
    """What the page that is rendered has read so far; None where nobody notes it."""
    return _reads


def hear(reads: Reads | None) -> Reads | None:
    """From now on, what is read is noted there, or nowhere; gives where it was noted before."""
    global _reads
    before, _reads = _reads, reads
    return before


def listen_apart() -> Reads:
    """From now on, what is read is noted for a part of the page; gives what the page has read, for `back_to`."""
    global _reads
    assert _reads is not None
    outer, _reads = _reads, _reads.apart()
    return outer


def back_to(outer: Reads) -> Told:
    """The part has ended, and the page has read what the part did."""
    global _reads
    assert _reads is not None
    told, _reads = _reads.told(), outer
    outer.tell(told)
    return told


_rows: dict[tuple[int, Path], tuple[list[Any], Row]] = {}
_own_texts: list[tuple[dict[Any, Any], Any]] = []
"""Where Pelican keeps texts of its own content that a page was the first to show: few others show them, and they are
large. One that somebody looked at before may be another text than it would be now: it stays, as it does in Pelican."""
_BY_FIELD: set[type] = set()
"""Classes of which single fields are read, not the whole."""


@contextmanager
def tracked(context: Mapping[str, Any]) -> Iterator[Reads]:
    """Everything that is read of this context from here on is noted; for one page at a time."""
    global _reads
    _reads = Reads(context)
    try:
        yield _reads
    finally:
        _reads = None
        while _own_texts:
            known, key = _own_texts.pop()
            known.pop(key, None)


@contextmanager
def tracked_bodies() -> Iterator[None]:
    """Contents note that their text was read."""
    kinds = {"get_content": BODY, "get_summary": SUMMARY}
    originals = {name: Content.__dict__[name] for name in kinds}

    def noting(original: Any, kind: str) -> Callable[[Content, str], str]:
        def get(content: Content, site_url: str) -> str:
            if _reads is not None and _reads.text(kind, content.save_as) and (content, site_url) not in original.cache:
                _own_texts.append((original.cache, (content, site_url)))
            return str(original.__get__(content, type(content))(site_url))

        get.cache = original.cache  # type: ignore[attr-defined]
        return get

    def tell(content: Content) -> None:
        if _reads is not None:
            _reads.text(BODY, content.save_as)

    for name, original in originals.items():
        setattr(Content, name, noting(original, kinds[name]))
    try:
        with heard(tell):
            yield
    finally:
        _rows.clear()
        _told.clear()
        for name, original in originals.items():
            setattr(Content, name, original)


def note_hop(content: Content) -> None:
    """The page that is rendered goes from a content to what is not plainly said of it."""
    if _reads is not None:
        _reads.text(HOP, content.save_as)


def _row_of(items: list[Any], path: Path) -> Row:
    """The row that stands for a list at a path of the context: one for all pages, since it copies the list."""
    known = _rows.get((id(items), path))
    if known is None:
        known = _rows[id(items), path] = items, Row(items, path)
    return known[1]


def track_by_field(kind: type) -> type:
    """Instances of this class are read field by field."""
    _BY_FIELD.add(kind)
    return kind


class Row(list[Any]):
    """A list that notes how far it was read. `path` says where it stands in the context.

    `first` is where a part of a list begins in the whole; None for the whole. `whole` is the list that it stands for.
    """

    __slots__ = ("first", "path", "whole")

    def __init__(self, items: list[Any], path: Path, first: int | None = None) -> None:
        super().__init__(items)
        self.path = path
        self.first = first
        self.whole = items

    def _whole(self) -> None:
        """Everything was looked at, or who knows what."""
        if _reads is not None and self.first is None:
            _reads.add((ALL, self.path))
        elif _reads is not None:
            _reads.reach(self.path, self.first or 0, (self.first or 0) + super().__len__())

    def _measured(self) -> None:
        """How many there are was looked at."""
        if _reads is not None and self.first is None:
            _reads.add((LENGTH, self.path))
        else:
            self._whole()

    def _seen(self, place: int, item: Any) -> Any:
        if _reads is not None:
            first = self.first or 0
            _reads.reach(self.path, first, first + place + 1)
            if type(item) is tuple and len(item) == 2 and item[1].__class__ in _LISTS:
                return item[0], _row_of(item[1], (*self.path, first + place))
        return item

    def __iter__(self) -> Iterator[Any]:
        for place, item in enumerate(super().__iter__()):
            yield self._seen(place, item)
        self._measured()

    def __len__(self) -> int:
        self._measured()
        return super().__len__()

    def __bool__(self) -> bool:
        if _reads is not None and self.first is None:
            _reads.add((SOME, self.path))
        else:
            self._whole()
        return super().__len__() > 0

    def __getitem__(self, place: Any) -> Any:
        size = super().__len__()
        if isinstance(place, slice):
            return self._sliced(place, size)
        if not 0 <= place < size:
            self._whole()
            return super().__getitem__(place)
        return self._seen(place, super().__getitem__(place))

    def _sliced(self, place: slice, size: int) -> list[Any]:
        first, end, step = place.indices(size)
        if step != 1 or (place.start or 0) < 0 or (place.stop or 0) < 0 or self.first is not None:
            self._whole()
            return [self._seen(number, super(Row, self).__getitem__(number)) for number in range(first, end, step)]
        if place.stop is None or place.stop > size or first > size:
            self._measured()
        return Row(super().__getitem__(slice(first, end)), self.path, first)

    def __contains__(self, item: object) -> bool:
        self._whole()
        return super().__contains__(item)

    def __repr__(self) -> str:
        self._whole()
        return super().__repr__()

    def __reversed__(self) -> Iterator[Any]:
        self._whole()
        return super().__reversed__()

    def __radd__(self, other: Any) -> Any:
        self._whole()
        return list(other) + list.__getitem__(self, slice(None))

    __hash__ = None

    def index(self, *arguments: Any) -> int:
        self._whole()
        return super().index(*arguments)

    def count(self, item: Any) -> int:
        self._whole()
        return super().count(item)

    def copy(self) -> list[Any]:
        return list(self)


def _whole_of_both(name: str) -> Callable[..., Any]:
    """An operation of lists that reads both of its sides to their ends."""
    original = getattr(list, name)

    def operate(self: Row, other: Any) -> Any:
        for one in (self, other):
            if isinstance(one, Row):
                one._whole()
        return original(self, other)

    return operate


for _name in ("__add__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__mul__", "__rmul__"):
    setattr(Row, _name, _whole_of_both(_name))


class Fields:
    """Stands for an object of the context, and notes which of its fields are read and which questions it is asked."""

    __slots__ = ("_key", "_value")

    def __init__(self, value: Any, key: str) -> None:
        object.__setattr__(self, "_value", value)
        object.__setattr__(self, "_key", key)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._value, name)
        if not callable(found):
            if _reads is not None:
                _reads.add((FIELD, self._key, name))
            return found

        def ask(*arguments: Any) -> Any:
            if _reads is not None:
                _reads.add((FIELD, self._key, name, *arguments))
            return found(*arguments)

        return ask

    def __eq__(self, other: object) -> bool:
        return self._value is getattr(other, "_value", other)

    def __hash__(self) -> int:
        return id(self._value)
