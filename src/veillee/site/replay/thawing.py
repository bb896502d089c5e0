"""Thawing: the bytes of a plan -> the build as it stood when everything was planned.

Contents, tags and paginators get the settings of the build that looks at them; a content is brought to life when it is
looked at, and its text is fetched when that is.
"""

from __future__ import annotations

import copyreg
import marshal
import pickle
import sys
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican.contents import Article, Content, Page
from pelican.urlwrappers import Author, Category, Tag
from pelican.utils import SafeDatetime

from veillee.site.content.texts import FETCH
from veillee.site.replay.ties import Ties

FORM = 7
HEAD = f"veillee plan {FORM} python {sys.version}\n".encode()

Said = Mapping[str, Any]
"""The report of a build, in the words of whoever keeps it."""


File = bytes | tuple[tuple[Any, ...], int]
"""A file as it is kept: packed; or, of an article's page, what it shares with others, and the number of the article."""

Moment = tuple[bytes, str | None]
"""A date as it is kept, and the name of its zone."""
State = tuple[bytes, Moment | None]
"""A content as it is kept: packed, and its date where that can be told while it is asleep."""
DATE = "date"

Kind = str | type
"""A class of Pelican's by its name, any other as it is."""
KINDS: Mapping[Kind, Any] = {one.__name__: one for one in (Article, Page, Author, Category, Tag)}

ARTICLE, CATEGORY, OUTPUT_FILE = OF_ARTICLES = ("article", "category", "output_file")
"""What the page of an article has of its own."""


@dataclass(slots=True)
class Uses:
    """What hangs on what: `readers` says for each content, by its path below the content folder, which files show its
    text, `texts` for each file which it shows, `ties` what hangs on lists; None where new posts may change anything.
    """

    readers: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    ties: Ties | None = field(default=None, repr=False)


@dataclass
class Plan:
    """What a build had planned: the names of its context that no setting gives, and its files.

    `job_of` finds a file by its path, `lists` gives the lists of the articles' generator by name. What hangs on what is
    worked out when it is asked for.
    """

    settings: bytes
    templates: tuple[tuple[str, ...], ...]
    context: dict[str, Any] = field(repr=False)
    job_of: Callable[[str], tuple[Any, ...]] = field(repr=False)
    said: Said
    lists: Callable[[], Mapping[str, Any]] = field(default=dict, repr=False)
    work_out_uses: Callable[[], Uses] = field(default=Uses, repr=False)

    @cached_property
    def uses(self) -> Uses:
        """What hangs on what."""
        return self.work_out_uses()


@dataclass(slots=True)
class Thawing:
    """A plan that is brought back bit by bit: what is packed still, and what was made of it so far, by number.

    `numbers` are those of the contents that were made, by where they lie in memory. `is_told`: no plugin sets dates.
    """

    files: dict[str, File]
    rows: dict[int, bytes]
    states: dict[int, State]
    settings: Mapping[str, Any]
    context: Mapping[str, Any]
    fetch: Callable[[Any], Any]
    is_told: bool = True
    made: dict[int, Any] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    made_rows: dict[int, Any] = field(default_factory=dict)
    made_wrappers: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    setting: Setting | None = None


@dataclass(slots=True)
class Setting:
    """What is set while plugins have their turn: only these attributes, of contents by number.

    A content that is looked at meanwhile has what was set of them, and not what it had when it was kept.
    """

    names: frozenset[str]
    set: dict[int, dict[str, Any]] = field(default_factory=dict)


_thawing: Thawing | None = None


def load_plan(
    path: Path, mark: bytes, *, settings: Mapping[str, Any], context: Mapping[str, Any], fetch: Callable[[Any], Any]
) -> tuple[Plan, Thawing] | None:
    """The plan of that mark, and what it is brought back from; None where it is not there, not whole, or another one.

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
    head, lists, files, rows, states, readers, texts, ties = marshal.loads(content)  # noqa: S302 sealed above
    if zlib.crc32(head).to_bytes(4, "big") != mark[4:]:
        return None
    are_set = DATE in ties[0] if ties else True
    thawing = Thawing(files, rows, states, settings, context, fetch, is_told=not are_set)
    its_settings, templates, its_context, said = _loaded(head, thawing)
    plan = Plan(
        its_settings,
        templates,
        its_context,
        lambda path: _job(path, thawing),
        said,
        lambda: _loaded(lists, thawing),
        lambda: Uses(readers, texts, Ties(*ties) if ties else None),
    )
    return plan, thawing


def _job(path: str, thawing: Thawing) -> tuple[Any, ...]:
    found = thawing.files[path]
    if isinstance(found, bytes):
        job: tuple[Any, ...] = _loaded(found, thawing)
        return job
    shape, number = found
    article = _made(number, thawing)
    context = {**dict(shape[3]), ARTICLE: article, CATEGORY: article.category, OUTPUT_FILE: path}
    return (*shape[:3], context, *shape[4:])


def _loaded(packed: bytes, thawing: Thawing) -> Any:
    global _thawing
    before, _thawing = _thawing, thawing
    try:
        return pickle.loads(packed)  # noqa: S301 sealed with the plan
    finally:
        _thawing = before


def content_of(number: int) -> Any:
    """The content of that number, asleep until it is looked at."""
    assert _thawing is not None
    return _made(number, _thawing)


def _made(number: int, thawing: Thawing) -> Any:
    known = thawing.made.get(number)
    if known is None:
        known = thawing.made[number] = object.__new__(_Sleeping)
        object.__setattr__(known, "_place", (thawing, number))
        thawing.numbers[id(known)] = number
    return known


def row_of(number: int) -> Any:
    """The long list of that number."""
    assert _thawing is not None
    known = _thawing.made_rows.get(number)
    if known is None:
        kind, items = _loaded(_thawing.rows[number], _thawing)
        known = _thawing.made_rows[number] = items if kind is list else kind(items)
    return known


def wrapper_of(kind: Kind, name: str, slug: str | None, is_from_name: bool) -> Any:  # noqa: FBT001 as it was packed
    """A tag, category or author of this build: one for all contents, whom nothing but templates look at."""
    assert _thawing is not None
    key = kind, name, slug, is_from_name
    made = _thawing.made_wrappers.get(key)
    if made is None:
        made = _thawing.made_wrappers[key] = object.__new__(KINDS.get(kind, kind))
        made.__dict__.update(settings=_thawing.settings, _name=name, _slug=slug, _slug_from_name=is_from_name)
    return made


def with_settings(kind: type, state: dict[str, Any]) -> Any:
    """Anything else that points at the settings of its build."""
    assert _thawing is not None
    made: Any = object.__new__(kind)
    made.__dict__.update(state)
    made.settings = _thawing.settings
    return made


def moment_of(*arguments: Any) -> SafeDatetime:
    """A date of Pelican's."""
    return SafeDatetime(*arguments)


def zone_of(key: str) -> ZoneInfo:
    """The time zone of that name."""
    return ZoneInfo(key)


for _number, _function in enumerate((content_of, row_of, wrapper_of, with_settings, moment_of, zone_of), 0x7E11_0000):
    # Every content points at these: by a number, which is found at once. None of them is in anybody else's pickles.
    copyreg.add_extension(_function.__module__, _function.__name__, _number)


def is_asleep(content: Any) -> bool:
    """Whether nobody has looked at a content yet."""
    return type(content) is _Sleeping


class _Sleeping(Content):  # type: ignore[misc]
    """A content of which nothing is known yet but where its state stands; whatever is asked of it, it wakes up."""

    def __getattribute__(self, name: str) -> Any:
        if name == DATE:
            moment = _date_of(self)
            if moment is not None:
                return moment
        _wake(self)
        return getattr(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        thawing, number = object.__getattribute__(self, "_place")
        if thawing.setting is not None and name in thawing.setting.names:
            thawing.setting.set.setdefault(number, {})[name] = value
        else:
            _wake(self)
            setattr(self, name, value)


def _date_of(content: Any) -> SafeDatetime | None:
    """The date of a content that is asleep, which lists go by; None where it has to wake up for it."""
    thawing, number = object.__getattribute__(content, "_place")
    told = thawing.states[number][1] if thawing.is_told else None
    return SafeDatetime(told[0], *(() if told[1] is None else (zone_of(told[1]),))) if told is not None else None


def _wake(content: Any) -> None:
    attributes = object.__getattribute__(content, "__dict__")
    thawing, number = attributes.pop("_place")
    kind, state, text = _loaded(thawing.states[number][0], thawing)
    object.__setattr__(content, "__class__", KINDS.get(kind, kind))
    attributes.update(state)
    if thawing.setting is not None:
        for name in thawing.setting.names:
            attributes.pop(name, None)
        attributes.update(thawing.setting.set.get(number, {}))
    attributes["settings"], attributes["_context"] = thawing.settings, thawing.context
    if text is True:
        attributes[FETCH] = thawing.fetch
    else:
        attributes["_content"] = text
