"""Thawing: the bytes of a plan -> the build as it stood when everything was planned.

Contents, tags and paginators get the settings of the build that looks at them; a content is brought to life when it is
looked at, and its text is fetched when that is.
"""

from __future__ import annotations

import marshal
import pickle
import sys
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pelican.contents import Content

from veillee.site.content.texts import FETCH

FORM = 3
HEAD = f"veillee plan {FORM} python {sys.version}\n".encode()

Said = Mapping[str, Any]
"""The report of a build, in the words of whoever keeps it."""


@dataclass(slots=True)
class Plan:
    """What a build had planned: the names of its context that no setting gives, and its files.

    `job_of` finds a file by its path. `readers` says for each content, by its path below the content folder, which
    files show its text, `texts` for each file which it shows.
    """

    settings: bytes
    templates: tuple[tuple[str, ...], ...]
    context: Mapping[str, Any] = field(repr=False)
    job_of: Callable[[str], tuple[Any, ...]] = field(repr=False)
    readers: Mapping[str, tuple[str, ...]] = field(repr=False)
    texts: Mapping[str, tuple[str, ...]] = field(repr=False)
    said: Said


@dataclass(slots=True)
class _Thawing:
    """The plan that is being brought back."""

    rows: Mapping[int, bytes]
    states: Mapping[int, bytes]
    settings: Mapping[str, Any]
    context: Mapping[str, Any]
    fetch: Callable[[Any], Any]
    made: dict[int, Any] = field(default_factory=dict)
    made_rows: dict[int, Any] = field(default_factory=dict)


_thawing: _Thawing | None = None


def load_plan(
    path: Path, mark: bytes, *, settings: Mapping[str, Any], context: Mapping[str, Any], fetch: Callable[[Any], Any]
) -> Plan | None:
    """The plan of that mark; None where it is not there, not whole, or another one.

    Its contents belong to these settings and this context; `fetch` finds the text of one that was left out.
    """
    try:
        found = path.read_bytes()
    except OSError:
        return None
    size = len(HEAD) + 4
    content = memoryview(found)[size:]
    if found[:size] != HEAD + mark[:4] or zlib.crc32(content).to_bytes(4, "big") != mark[:4]:
        return None
    head, files, rows, states, readers, texts = marshal.loads(content)  # noqa: S302 sealed above
    if zlib.crc32(head).to_bytes(4, "big") != mark[4:]:
        return None
    thawing = _Thawing(rows, states, settings, context, fetch)
    its_settings, templates, its_context, said = _loaded(head, thawing)
    return Plan(its_settings, templates, its_context, lambda job: _loaded(files[job], thawing), readers, texts, said)


def _loaded(packed: bytes, thawing: _Thawing) -> Any:
    global _thawing
    before, _thawing = _thawing, thawing
    try:
        return pickle.loads(packed)  # noqa: S301 sealed with the plan
    finally:
        _thawing = before


def content_of(number: int) -> Any:
    """The content of that number, asleep until it is looked at."""
    assert _thawing is not None
    known = _thawing.made.get(number)
    if known is None:
        known = _thawing.made[number] = object.__new__(_Sleeping)
        object.__setattr__(known, "_place", (_thawing, number))
    return known


def row_of(number: int) -> Any:
    """The long list of that number."""
    assert _thawing is not None
    known = _thawing.made_rows.get(number)
    if known is None:
        kind, items = _loaded(_thawing.rows[number], _thawing)
        known = _thawing.made_rows[number] = items if kind is list else kind(items)
    return known


def wrapper_of(kind: type, name: str, slug: str | None, is_from_name: bool) -> Any:  # noqa: FBT001 as it was packed
    """A tag, category or author of this build."""
    assert _thawing is not None
    made: Any = object.__new__(kind)
    made.__dict__.update(settings=_thawing.settings, _name=name, _slug=slug, _slug_from_name=is_from_name)
    return made


def with_settings(kind: type, state: dict[str, Any]) -> Any:
    """Anything else that points at the settings of its build."""
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
    kind, state, text = _loaded(thawing.states[number], thawing)
    object.__setattr__(content, "__class__", kind)
    attributes.update(state)
    attributes["settings"], attributes["_context"] = thawing.settings, thawing.context
    if text is True:
        attributes[FETCH] = thawing.fetch
    else:
        attributes["_content"] = text
