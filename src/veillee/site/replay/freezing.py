"""Freezing: a build as it stands when everything is planned -> bytes.

Contents, tags and paginators point at the settings of their build; here they are kept without. A text that the memory
of readings keeps is not kept again.
"""

from __future__ import annotations

import io
import marshal
import pickle
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pelican.contents import Content
from pelican.paginator import Page, Paginator
from pelican.urlwrappers import URLWrapper

from veillee.site.content.once import Members
from veillee.site.content.records import Record
from veillee.site.content.texts import FETCH, text_of
from veillee.site.outputs.tracking import Row
from veillee.site.outputs.writing import write_whole
from veillee.site.replay.thawing import HEAD, Plan, content_of, row_of, with_settings, wrapper_of
from veillee.site.run import Run

_LEFT_OUT = frozenset({"settings", "_context", "_content", "veillee", FETCH})
_LONG = 20


def save_plan(path: Path, plan: Plan, jobs: Iterable[str], kept_texts: Mapping[str, str]) -> bytes:
    """Writes the plan of these files, and gives the mark that it is known by.

    `kept_texts` are the texts that can be fetched again, by the path of their file. Raises OSError, and whatever
    pickling raises where there is something that cannot be kept.
    """
    store = _Store(kept_texts)
    head = store.packed((plan.settings, plan.templates, plan.context, plan.said))
    files = {job: store.packed(plan.job_of(job)) for job in jobs}
    rows = store.rows()
    content = marshal.dumps((head, files, rows, store.states(), dict(plan.readers), dict(plan.texts)))
    seal = zlib.crc32(content).to_bytes(4, "big")
    write_whole(path, HEAD + seal + content)
    return seal + zlib.crc32(head).to_bytes(4, "big")


class _Long:
    """A long list: it is kept once, however many files look into it."""

    __slots__ = ("items",)

    def __init__(self, items: list[Any]) -> None:
        self.items = items


def shortened(context: Mapping[str, Any]) -> dict[str, Any]:
    """The same, with long lists apart."""
    return {name: _short(value) for name, value in context.items()}


def _short(value: Any) -> Any:
    if value.__class__ is Row:
        value = value.whole
    return _Long(value) if value.__class__ in (list, Members) and len(value) > _LONG else value


class _Store:
    """The contents and long lists that were met on the way; each is packed once, apart from what points at it."""

    def __init__(self, kept_texts: Mapping[str, str]) -> None:
        self._kept_texts = kept_texts
        self._numbers: dict[int, int] = {}
        self._met: list[Any] = []
        self._row_numbers: dict[int, int] = {}
        self._rows: list[list[Any]] = []
        self._reducers: dict[type, Callable[[Any], Any] | None] = {_Long: self._as_row, Row: self._as_whole}

    def packed(self, value: Any) -> bytes:
        file = io.BytesIO()
        _Freezer(file, self).dump(value)
        return file.getvalue()

    def rows(self) -> list[bytes]:
        """The long lists."""
        packed: list[bytes] = []
        while len(packed) < len(self._rows):
            row = self._rows[len(packed)]
            packed.append(self.packed((row.__class__, list.__getitem__(row, slice(None)))))
        return packed

    def states(self) -> list[bytes]:
        """What each content comes to; more of them may be met meanwhile."""
        states: list[bytes] = []
        while len(states) < len(self._met):
            content = self._met[len(states)]
            state = {name: value for name, value in content.__dict__.items() if name not in _LEFT_OUT}
            metadata = state.get("metadata")
            if isinstance(metadata, dict) and "veillee" in metadata:
                state["metadata"] = {name: value for name, value in metadata.items() if name != "veillee"}
            text = text_of(content)
            is_kept = text is not None and self._kept_texts.get(content.get_relative_source_path()) is text
            states.append(self.packed((type(content), state, is_kept or text)))
        if len(self._rows) > len(self._row_numbers):
            raise pickle.PicklingError("a content has a long list of its own")
        return states

    def reduced(self, value: Any) -> Any:
        """How a value is kept, where that is not as pickle does."""
        kind = value.__class__
        if kind in self._reducers:
            reduce = self._reducers[kind]
        else:
            reduce = self._reducers[kind] = self._reducer_of(value)
        return NotImplemented if reduce is None else reduce(value)

    def _reducer_of(self, value: Any) -> Callable[[Any], Any] | None:
        if isinstance(value, Content):
            return self._as_content
        if isinstance(value, URLWrapper):
            return _as_wrapper
        if isinstance(value, (Paginator, Page)):
            return _as_pages
        if isinstance(value, (Record, Run)):
            raise pickle.PicklingError("it belongs to a build")
        return self._as_row if isinstance(value, Members) else None

    def _as_content(self, content: Any) -> Any:
        number = self._numbers.get(id(content))
        if number is None:
            number = self._numbers[id(content)] = len(self._met)
            self._met.append(content)
        return content_of, (number,)

    def _as_row(self, row: Any) -> Any:
        items = row.items if row.__class__ is _Long else row
        number = self._row_numbers.get(id(items))
        if number is None:
            number = self._row_numbers[id(items)] = len(self._rows)
            self._rows.append(items)
        return row_of, (number,)

    def _as_whole(self, row: Any) -> Any:
        return self._as_row(_Long(row.whole))


class _Freezer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, store: _Store) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self.reducer_override = store.reduced  # type: ignore[method-assign]  # asked of each pickler, not its class


_SHOWN = frozenset({"name", "slug"})
"""What Pelican leaves in a tag that was asked for its address."""
_USUAL = frozenset({"settings", "_name", "_slug", "_slug_from_name"})


def _as_wrapper(wrapper: Any) -> Any:
    attributes = wrapper.__dict__
    if attributes.keys() - _SHOWN == _USUAL:
        return wrapper_of, (wrapper.__class__, wrapper._name, wrapper._slug, wrapper._slug_from_name)
    return with_settings, (wrapper.__class__, _no_settings(attributes))


def _as_pages(pages: Any) -> Any:
    return with_settings, (pages.__class__, shortened(_no_settings(pages.__dict__)))


def _no_settings(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if name != "settings"}
