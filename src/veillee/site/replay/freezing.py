"""Freezing: a build as it stands when everything is planned -> bytes.

Contents, tags and paginators point at the settings of their build; here they are kept without. A text that the memory
of readings keeps is not kept again.
"""

from __future__ import annotations

import copyreg
import io
import marshal
import pickle
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pelican.contents import Content
from pelican.paginator import Page, Paginator
from pelican.urlwrappers import URLWrapper
from pelican.utils import SafeDatetime

from veillee.site.content.groups import Members
from veillee.site.content.records import Record
from veillee.site.content.texts import FETCH, text_of
from veillee.site.outputs.tracking import Row
from veillee.site.outputs.writing import write_whole
from veillee.site.replay.thawing import (
    ARTICLE,
    CATEGORY,
    DATE,
    HEAD,
    KINDS,
    OF_ARTICLES,
    OUTPUT_FILE,
    File,
    Kind,
    Moment,
    Plan,
    State,
    Thawing,
    content_of,
    moment_of,
    row_of,
    with_settings,
    wrapper_of,
    zone_of,
)
from veillee.site.replay.ties import NONE, Ties
from veillee.site.run import Run
from veillee.site.workers import in_workers, turns, worker_count

_LEFT_OUT = frozenset({"settings", "_context", "_content", "veillee", FETCH})
_OF_PAGES = 6
"""So much is kept of a page, and less of a feed."""
_PLAIN = frozenset({str, int, bool, type(None)})
_LONG = 20
"""A longer list of a paginator is kept once, too."""
LEAST_FILES = 1_000
"""Below so many for each process, a fork costs more than it brings."""
MOST_PARTS = 200
"""So often a process asks what it packs next."""


Numbers = Mapping[int, int]
"""The number of each content of a plan, by where the content lies in memory."""


def save_plan(path: Path, plan: Plan, jobs: Iterable[str], kept_texts: Mapping[str, str]) -> tuple[bytes, Numbers]:
    """Writes the plan of these files, and gives the mark that it is known by.

    `kept_texts` are the texts that can be fetched again, by the path of their file. Raises OSError, and whatever
    pickling raises where there is something that cannot be kept.
    """
    names = list(jobs)
    store = _Store(plan, kept_texts)
    count = worker_count(len(names), least=LEAST_FILES)
    parts = store.shared(names, count) if count > 1 else [None]
    whole = [part for part in parts if part is not None]
    if len(whole) < len(parts):
        store = _Store(plan, kept_texts)
        whole = [store.part(names)]
    files, rows, states = (dict(chain.from_iterable(one.items() for one in kind)) for kind in zip(*whole, strict=True))
    part = _Part({name: files[name] for name in names}, store.rows | rows, states)
    return _write(path, plan, store.head, store.lists, part, store.numbers), store.numbers


@dataclass(frozen=True, slots=True)
class Grown:
    """What has become of a plan: all but what hangs on what.

    `part` holds what is new or other than it was, `numbers` are those of new contents.
    """

    head: bytes
    lists: bytes
    part: _Part
    numbers: Numbers


def pack_grown(
    plan: Plan,
    thawing: Thawing,
    kept_texts: Mapping[str, str],
    *,
    jobs: Mapping[str, tuple[Any, ...]],
    contents: Iterable[Any],
    rows: Iterable[list[Any]],
) -> Grown:
    """A plan that was brought back, with these files, contents and long lists as they are now."""
    store = _Store(plan, kept_texts, on=thawing)
    files = {name: store.file(name, job) for name, job in jobs.items()}
    store.pack_anew(rows)
    states = {store.number_of(content): store.state(content) for content in contents}
    numbers = {place: number for place, number in store.numbers.items() if place not in thawing.numbers}
    return Grown(store.head, store.lists, _Part(files, store.rows | store.packed_rows(), states), numbers)


def save_grown(path: Path, plan: Plan, thawing: Thawing, grown: Grown) -> tuple[bytes, Numbers]:
    """Writes a plan that was brought back and has grown. Raises OSError."""
    numbers = {**thawing.numbers, **grown.numbers}
    files, rows, states = grown.part
    part = _Part(thawing.files | files, thawing.rows | rows, thawing.states | states)
    return _write(path, plan, grown.head, grown.lists, part, numbers), numbers


def _write(path: Path, plan: Plan, head: bytes, lists: bytes, part: _Part, numbers: Numbers) -> bytes:
    uses = plan.uses
    ties = None if uses.ties is None else _numbered(uses.ties, numbers).as_plain()
    content = marshal.dumps((head, lists, *part, uses.readers, uses.texts, ties))
    seal = zlib.crc32(content).to_bytes(4, "big")
    write_whole(path, HEAD + seal + content)
    return seal + zlib.crc32(head).to_bytes(4, "big")


def _numbered(ties: Ties, numbers: Numbers) -> Ties:
    """The same with numbers for contents."""

    def said(value: Any) -> int:
        return value if type(value) is int else NONE if value is None else numbers[id(value)]

    columns = [[said(value) for value in column] for column in ties.columns]
    return replace(ties, contents=[said(one) for one in ties.contents], columns=columns)


class _Long:
    """A long list: it is kept once, however many files look into it."""

    __slots__ = ("items",)

    def __init__(self, items: list[Any]) -> None:
        self.items = items


def shortened(context: Mapping[str, Any], *, least: int = 0) -> dict[str, Any]:
    """The same, with lists of more than `least` items apart."""
    return {name: _short(value, least) for name, value in context.items()}


def _short(value: Any, least: int) -> Any:
    if value.__class__ is Row:
        value = value.whole
    return _Long(value) if value.__class__ in (list, Members) and len(value) > least else value


class _Part(NamedTuple):
    """A part of a plan: its files by path, and the long lists and contents that it was given, by number."""

    files: dict[str, File]
    rows: dict[int, bytes]
    states: dict[int, State]


class _Store:
    """The contents and long lists that were met on the way; each is packed once, apart from what points at it.

    `head` is what all files share, `lists` are those of the articles' generator, `rows` the long lists in both. A plan
    that was brought back goes on with its numbers. `numbers` are those of contents, by where they lie in memory.
    """

    def __init__(self, plan: Plan, kept_texts: Mapping[str, str], *, on: Thawing | None = None) -> None:
        self.plan = plan
        self._kept_texts = kept_texts
        self.numbers: dict[int, int] = {}
        self._met: list[Any] = []
        self._rows: dict[int, tuple[int, list[Any]]] = {}
        self._next_row, self._step = 0, 1
        if on is not None:
            self.numbers = dict(on.numbers)
            self._met = [None] * len(on.states)
            self._rows = {id(row): (number, row) for number, row in on.made_rows.items()}
            self._next_row = max(on.rows, default=-1) + 1
        self._shapes: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        self._waiting: list[tuple[int, list[Any]]] = []
        self._reducers = _Reducers(self._reducer_of)
        self.head = self.packed((plan.settings, plan.templates, plan.context, plan.said))
        self.lists = self.packed(plan.lists())
        self.rows = self.packed_rows()

    def packed(self, value: Any) -> bytes:
        file = io.BytesIO()
        pickler = pickle.Pickler(file, protocol=pickle.HIGHEST_PROTOCOL)
        pickler.dispatch_table = self._reducers  # asked of each pickler, not its class
        pickler.dump(value)
        return file.getvalue()

    def file(self, path: str, job: tuple[Any, ...]) -> File:
        """How a file is kept: the page of an article as what all such pages share, and the article's number."""
        if len(job) == _OF_PAGES:
            context = job[3]
            article = context.get(ARTICLE)
            if article is not None and context.get(OUTPUT_FILE) == path and _is_of(article, context):
                rest = tuple((name, value) for name, value in context.items() if name not in OF_ARTICLES)
                kinds = tuple([type(value) for _, value in rest])
                if _PLAIN.issuperset(kinds):
                    shape = (*job[:3], rest, *job[4:])
                    known = self._shapes.setdefault((shape, kinds), shape)  # 1 is equal to True, and another value
                    return known, self.number_of(article)
        return self.packed(job)

    def part(self, names: list[str]) -> _Part:
        """All files, with every content and long list."""
        files = {name: self.file(name, self.plan.job_of(name)) for name in names}
        states: dict[int, State] = {}
        rows = self.packed_rows()
        while len(states) < len(self._met):
            states[len(states)] = self.state(self._met[len(states)])
            rows |= self.packed_rows()
        return _Part(files, rows, states)

    def shared(self, names: list[str], count: int) -> list[_Part | None]:
        """Parts, each made by a process; None for one that says nothing of a content, which nobody else may know."""
        with turns(len(self._met) + len(names), most=MOST_PARTS) as places:

            def part(number: int) -> _Part | None:
                if number == 0:
                    self.plan.uses  # noqa: B018 while others have begun
                self._next_row, self._step = self._next_row + number, count  # numbers that no other part gives
                return self._share(names, chain.from_iterable(places))

            return in_workers(count, part)

    def _share(self, names: list[str], places: Iterable[int]) -> _Part | None:
        """What stands at these places: first the contents that are known, then the files."""
        known = len(self._met)
        files: dict[str, File] = {}
        states: dict[int, State] = {}
        try:
            for place in places:
                if place < known:
                    states[place] = self.state(self._met[place])
                else:
                    name = names[place - known]
                    files[name] = self.file(name, self.plan.job_of(name))
            rows = self.packed_rows()
            return _Part(files, rows, states) if len(self._met) == known else None
        except Exception:  # noqa: BLE001 who makes it as a whole says why
            return None

    def number_of(self, content: Any) -> int:
        """By which a content is known; it is met now at the latest."""
        number: int = self._as_content(content)[1][0]
        return number

    def pack_anew(self, rows: Iterable[list[Any]]) -> None:
        """These long lists are others than they were."""
        self._waiting += [self._rows[id(row)] for row in rows if id(row) in self._rows]

    def packed_rows(self) -> dict[int, bytes]:
        """The long lists that were met since this was asked last."""
        packed: dict[int, bytes] = {}
        while self._waiting:
            number, row = self._waiting.pop()
            packed[number] = self.packed((row.__class__, list.__getitem__(row, slice(None))))
        return packed

    def state(self, content: Any) -> State:
        return self._packed_state(content), _told_of(content.__dict__.get(DATE))

    def _packed_state(self, content: Any) -> bytes:
        state = {name: value for name, value in content.__dict__.items() if name not in _LEFT_OUT}
        metadata = state.get("metadata")
        if isinstance(metadata, dict) and "veillee" in metadata:
            state["metadata"] = {name: value for name, value in metadata.items() if name != "veillee"}
        if FETCH in content.__dict__:
            return self.packed((_kind_of(content), state, True))
        text = text_of(content)
        is_kept = text is not None and self._kept_texts.get(content.get_relative_source_path()) is text
        return self.packed((_kind_of(content), state, is_kept or text))

    def _reducer_of(self, kind: type) -> Callable[[Any], Any]:
        """How values of a class are kept."""
        if issubclass(kind, Content):
            return self._as_content
        if issubclass(kind, URLWrapper):
            return _as_wrapper
        if issubclass(kind, (Paginator, Page)):
            return _as_pages
        if issubclass(kind, (Record, Run)):
            raise pickle.PicklingError("it belongs to a build")
        if issubclass(kind, (Members, _Long)):
            return self._as_row
        if kind in (SafeDatetime, ZoneInfo):
            return _as_moment if kind is SafeDatetime else _as_zone
        return self._as_whole if kind is Row else copyreg.dispatch_table.get(kind, _as_ever)

    def _as_content(self, content: Any) -> Any:
        number = self.numbers.get(id(content))
        if number is None:
            number = self.numbers[id(content)] = len(self._met)
            self._met.append(content)
        return content_of, (number,)

    def _as_row(self, row: Any) -> Any:
        items = row.items if row.__class__ is _Long else row
        known = self._rows.get(id(items))
        if known is None:
            known = self._rows[id(items)] = self._next_row, items
            self._waiting.append(known)
            self._next_row += self._step
        return row_of, (known[0],)

    def _as_whole(self, row: Any) -> Any:
        return self._as_row(_Long(row.whole))


class _Reducers(dict[type, Callable[[Any], Any]]):
    """For each class how its values are kept, found out once."""

    def __init__(self, reducer_of: Callable[[type], Callable[[Any], Any]]) -> None:
        super().__init__()
        self._reducer_of = reducer_of

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        if issubclass(kind, type):
            raise KeyError(kind)  # a class is kept by its name
        found = self[kind] = self._reducer_of(kind)
        return found


def _as_ever(value: Any) -> Any:
    return value.__reduce_ex__(pickle.HIGHEST_PROTOCOL)


_NAMES: Mapping[type, str] = {kind: str(name) for name, kind in KINDS.items()}


def _kind_of(value: Any) -> Kind:
    kind: type = value.__class__
    return _NAMES.get(kind, kind)


def _as_moment(moment: SafeDatetime) -> Any:
    return moment_of, moment.__reduce_ex__(pickle.HIGHEST_PROTOCOL)[1]


def _as_zone(zone: ZoneInfo) -> Any:
    return (zone_of, (zone.key,)) if zone.key and ZoneInfo(zone.key) is zone else _as_ever(zone)


def _told_of(moment: Any) -> Moment | None:
    """A date that can be told without its content; None where it is none, or of a zone that has no name."""
    if type(moment) is not SafeDatetime:
        return None
    zone = moment.tzinfo
    if zone is not None and (type(zone) is not ZoneInfo or _as_zone(zone)[0] is not zone_of):
        return None
    return moment.__reduce_ex__(pickle.HIGHEST_PROTOCOL)[1][0], zone.key if zone is not None else None


_SHOWN = frozenset({"name", "slug"})
"""What Pelican leaves in a tag that was asked for its address."""
_USUAL = frozenset({"settings", "_name", "_slug", "_slug_from_name"})


def _as_wrapper(wrapper: Any) -> Any:
    attributes = wrapper.__dict__
    if attributes.keys() - _SHOWN == _USUAL:
        return wrapper_of, (_kind_of(wrapper), wrapper._name, wrapper._slug, wrapper._slug_from_name)
    return with_settings, (wrapper.__class__, _no_settings(attributes))


def _as_pages(pages: Any) -> Any:
    return with_settings, (pages.__class__, shortened(_no_settings(pages.__dict__), least=_LONG))


def _is_of(article: Any, context: Mapping[str, Any]) -> bool:
    """Whether a page is as Pelican makes that of an article."""
    of_article = article.__dict__.get(CATEGORY) if isinstance(article, Content) else None
    return of_article is not None and context.get(CATEGORY) is of_article


def _no_settings(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if name != "settings"}
