"""A build as it stood when everything was planned, as bytes, and back: contents are brought to life when looked at.

Contents, tags and paginators point at the settings of their build; here they are kept without, and get those of the
build that looks at them. Nothing is kept of a text that the memory of readings keeps.
"""

from __future__ import annotations

import io
import marshal
import pickle
import sys
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
from veillee.site.run import Run

FORM = 1
_HEAD = f"veillee plan {FORM} python {sys.version}\n".encode()
_LEFT_OUT = ("settings", "_context", "_content", "veillee", FETCH)


@dataclass(slots=True)
class Plan:
    """What a build had planned: the names of its context that no setting gives, and its files.

    `jobs` are by path; `readers` says for each content, by its path below the content folder, which files show its
    text, `texts` for each file which it shows. `said` is the report, in the words of whoever keeps it.
    """

    settings: bytes
    templates: tuple[tuple[str, ...], ...]
    context: Mapping[str, Any] = field(repr=False)
    jobs: Mapping[str, tuple[Any, ...]] = field(repr=False)
    readers: Mapping[str, tuple[str, ...]] = field(repr=False)
    texts: Mapping[str, tuple[str, ...]] = field(repr=False)
    said: Mapping[str, Any]


def save_plan(path: Path, plan: Plan, kept_texts: Mapping[str, str]) -> bytes:
    """Writes the plan, and gives the mark that it is known by.

    `kept_texts` are the texts that can be fetched again, by the path of their file. Raises OSError, and whatever
    pickling raises where there is something that cannot be kept.
    """
    kept = _Contents(kept_texts)
    whole = kept.packed((plan.settings, plan.templates, plan.context, plan.jobs, plan.readers, plan.texts, plan.said))
    states = kept.states()
    content = marshal.dumps((whole, states))
    seal = zlib.crc32(content)
    mark = zlib.crc32(whole).to_bytes(4, "big") + seal.to_bytes(4, "big")
    write_whole(path, _HEAD + mark + content)
    return mark


class _Contents:
    """The contents that were met on the way; each is packed once, apart from what points at it."""

    def __init__(self, kept_texts: Mapping[str, str]) -> None:
        self._kept_texts = kept_texts
        self._numbers: dict[int, int] = {}
        self._met: list[Any] = []

    def number_of(self, content: Any) -> int:
        number = self._numbers.get(id(content))
        if number is None:
            number = self._numbers[id(content)] = len(self._met)
            self._met.append(content)
        return number

    def packed(self, value: Any) -> bytes:
        file = io.BytesIO()
        _Freezer(file, self).dump(value)
        return file.getvalue()

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
        return states


class _Freezer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, contents: _Contents) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._contents = contents

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if isinstance(value, Content):
            return _content, (self._contents.number_of(value),)
        if isinstance(value, (URLWrapper, Paginator, Page)):
            return _without_settings, (kind, {name: it for name, it in value.__dict__.items() if name != "settings"})
        if kind is Row:
            return _same, (value.whole,)
        if kind is Members:
            return Members, (list(value),)
        if kind is Record or isinstance(value, Run):
            raise pickle.PicklingError("it belongs to a build")
        return NotImplemented


def _same(value: Any) -> Any:
    return value


@dataclass(slots=True)
class _Thawing:
    """The plan that is being brought back."""

    states: list[bytes]
    settings: Mapping[str, Any]
    context: Mapping[str, Any]
    fetch: Callable[[Any], Any]
    made: dict[int, Any]


_thawing: _Thawing | None = None


def load_plan(
    path: Path, mark: bytes, *, settings: Mapping[str, Any], context: Mapping[str, Any], fetch: Callable[[Any], Any]
) -> Plan | None:
    """The plan of that mark; None where it is not there, not whole, or another one.

    Its contents belong to these settings and this context; `fetch` finds the text of one that was left out.
    """
    global _thawing
    try:
        found = path.read_bytes()
    except OSError:
        return None
    head, content = found[: len(_HEAD) + len(mark)], found[len(_HEAD) + len(mark) :]
    if head != _HEAD + mark or zlib.crc32(content).to_bytes(4, "big") != mark[4:]:
        return None
    whole, states = marshal.loads(content)  # noqa: S302 sealed above
    _thawing = _Thawing(states, settings, context, fetch, {})
    return Plan(*pickle.loads(whole))  # noqa: S301 sealed above


def _content(number: int) -> Any:
    assert _thawing is not None
    known = _thawing.made.get(number)
    if known is None:
        known = _thawing.made[number] = object.__new__(_Sleeping)
        object.__setattr__(known, "_place", (_thawing, number))
    return known


def _without_settings(kind: type, state: dict[str, Any]) -> Any:
    assert _thawing is not None
    made: Any = object.__new__(kind)
    made.__dict__.update(state)
    made.settings = _thawing.settings
    return made


class _Sleeping(Content):  # type: ignore[misc]
    """A content of which nothing is known yet but where its state stands; whatever is asked of it, it wakes up."""

    def __getattribute__(self, name: str) -> Any:
        _wake(self)
        return getattr(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _wake(self)
        setattr(self, name, value)


def _wake(content: Any) -> None:
    attributes = object.__getattribute__(content, "__dict__")
    thawing, number = attributes.pop("_place")
    global _thawing
    _thawing = thawing
    kind, state, text = pickle.loads(thawing.states[number])  # noqa: S301 sealed with the plan
    object.__setattr__(content, "__class__", kind)
    attributes.update(state)
    attributes["settings"], attributes["_context"] = thawing.settings, thawing.context
    if text is True:
        attributes[FETCH] = thawing.fetch
    else:
        attributes["_content"] = text
