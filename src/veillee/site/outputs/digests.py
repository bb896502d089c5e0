"""Digests: values that templates see -> a few bytes that change whenever the value does.

What cannot be told apart for certain has no digest (`UnknownValueError`): whoever read it is rendered each time.
"""

from __future__ import annotations

import enum
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from hashlib import blake2b
from pathlib import Path, PurePath
from typing import Any

from pelican.contents import Content
from pelican.paginator import Page, Paginator
from pelican.urlwrappers import Author, Category, Tag, URLWrapper
from pelican.utils import SafeDatetime

from veillee.site.content.links import linking_tags
from veillee.site.content.texts import FETCH, text_of

SIZE = 16
MOST_DEPTH = 40
_UNSEEN = frozenset(
    {"settings", "_context", "_content", FETCH, "_summary", "content", "summary", "translations", "veillee"}
)
"""Attributes of a content that are its body, or no part of what a template shows."""

_UNSEEN_METADATA = _UNSEEN - {"summary"}
_PLAIN = frozenset({str, int, float, bool, bytes, complex, type(None)})
_OF_WRAPPERS = frozenset({"settings", "_name", "_slug", "_slug_from_name", "name", "slug"})
_OUTLINED = (str, int, float, bool, bytes, type(None), date, time, timedelta, URLWrapper)
_OUTLINED_KINDS = frozenset({*_PLAIN - {complex}, SafeDatetime, Author, Category, Tag})
_PREDICTABLE = ("veillee.", "jinja2.", "pelican.", "markupsafe", "builtins", "_operator")
_OF_CLASSES = frozenset(
    {"default_template", "mandatory_properties", "allowed_statuses", "default_status", "_output_location_referenced"}
)
"""Attributes of Pelican's own classes that are plain values."""
_END = "\0"


class UnknownValueError(Exception):
    """A value of which nobody can say whether it has changed."""


class Digester:
    """Digests of one build's values; those of contents and dataclasses are remembered while it lasts.

    `known` are some of contents that have been worked out, by id.
    """

    def __init__(self, site_url: Callable[[], str], known: Mapping[int, tuple[object, bytes]] | None = None) -> None:
        self._site_url = site_url
        self._known: dict[int, tuple[object, bytes]] = dict(known or {})
        self._wrappers: dict[tuple[object, ...], str] = {}
        self._outlines: dict[int, tuple[object, tuple[bytes, list[str]]]] = {}
        self._is_inside = False
        self._bodies: dict[tuple[int, str], tuple[object, bytes]] = {}
        self._beginnings: dict[int, tuple[list[Any], list[bytes]]] = {}
        self._sources: dict[str, bytes] = {}

    def value(self, value: object) -> bytes:
        """Raises UnknownValueError."""
        words: list[str] = []
        self._say(value, words, 0)
        return _hashed(words)

    def items(self, items: Iterable[object]) -> bytes:
        """The digest of a row of items, each as it looks from outside: see `item`."""
        return blake2b(b"".join([self.item(one) for one in items]), digest_size=SIZE).digest()

    def beginning(self, row: list[Any], count: int) -> bytes:
        """The first items of a list, each digested once however often beginnings of it are asked for."""
        _, known = self._beginnings.setdefault(id(row), (row, [b""]))
        if len(known) <= count:
            for item in list.__getitem__(row, slice(len(known) - 1, count)):
                known.append(blake2b(known[-1] + self.item(item), digest_size=SIZE).digest())
        there = min(count, len(known) - 1)
        return known[there] + b"%d" % there

    def item(self, item: object) -> bytes:
        """An item of a list: of a tag with its articles, the tag alone."""
        if isinstance(item, Content):
            return self._of_content(item)
        if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], URLWrapper) and isinstance(item[1], list):
            return self.value(item[0])
        return self.value(item)

    def body(self, content: Any) -> bytes:
        """A content's text, with its links as they lead from here."""
        site_url = self._site_url()
        known = self._bodies.get((id(content), site_url))
        if known is None:
            text = text_of(content) or ""
            links = [content._update_content(tag, site_url) for tag in linking_tags(text)]
            known = self._bodies[id(content), site_url] = content, _hashed([text, site_url, *links])
        return known[1]

    def summary(self, content: Any) -> bytes:
        """A summary that was written for a content; one that is taken from its text hangs on that."""
        if "summary" in content.metadata:
            return self.value(content.metadata["summary"])
        return self.body(content)

    def source(self, path: str) -> bytes:
        """The bytes of a file, empty where there is none."""
        if path not in self._sources:
            try:
                self._sources[path] = blake2b(Path(path).read_bytes(), digest_size=SIZE).digest()
            except OSError:
                self._sources[path] = b""
        return self._sources[path]

    def _say(self, value: Any, words: list[str], depth: int) -> None:
        """Says a value in words that no other value is said in."""
        kind = value.__class__
        if kind in _PLAIN:
            words.append(repr(value))
        elif depth > MOST_DEPTH:
            raise UnknownValueError("too deep")
        elif kind is list or kind is tuple:
            self._say_row(value, words, depth)
        elif isinstance(value, Content):
            words.append(self._of_content(value).hex())
        elif isinstance(value, URLWrapper):
            words.append(self._of_wrapper(value))
        elif kind is datetime or isinstance(value, (date, time, timedelta, tzinfo, PurePath)):
            words.append(kind.__name__)
            words.append(repr(value))
        elif isinstance(value, enum.Enum):
            words.append(f"{kind.__qualname__}.{value.name}")
        elif is_dataclass(value) and not isinstance(value, type):
            words.append(self._of_fields(value, depth).hex())
        else:
            self._say_others(value, words, depth)

    def _say_others(self, value: Any, words: list[str], depth: int) -> None:
        kind = value.__class__
        if isinstance(value, (str, int, float, bytes)):
            words.append(kind.__qualname__)
            words.append(repr(value))
        elif isinstance(value, Mapping):
            words.append("{")
            for key in value:
                self._say(key, words, depth + 1)
                self._say(value[key], words, depth + 1)
            words.append("}")
        elif isinstance(value, list):
            self._say_row(list.__getitem__(value, slice(None)), words, depth)
        elif isinstance(value, tuple):
            words.append(kind.__qualname__)
            self._say_row(tuple(value), words, depth)
        elif isinstance(value, (set, frozenset)):
            words.append("set")
            words.extend(sorted(self.value(one).hex() for one in value))
        elif isinstance(value, (Page, Paginator)):
            self._say_page(value, words)
        elif callable(value):
            self._say_function(value, words, depth)
        else:
            raise UnknownValueError(kind.__qualname__)

    def _say_row(self, row: Iterable[Any], words: list[str], depth: int) -> None:
        words.append("[")
        for one in row:
            self._say(one, words, depth + 1)
        words.append("]")

    def _say_page(self, value: Any, words: list[str]) -> None:
        if isinstance(value, Paginator):
            words.append(repr((value.name, value.url, value.count, value.per_page, value.orphans)))
        else:
            whole = value.paginator
            words.append(repr((value.number, whole.num_pages, whole.count, value.url, value.save_as)))
            words.append(self.items(list.__getitem__(value.object_list, slice(None))).hex())

    def _say_function(self, function: Any, words: list[str], depth: int) -> None:
        """A function by its name and its file: a line changed anywhere in that counts."""
        if isinstance(function, functools.partial):
            words.append("partial")
            self._say([function.func, function.args, function.keywords], words, depth + 1)
            return
        plain = inspect.unwrap(function)
        module, name = getattr(plain, "__module__", None), getattr(plain, "__qualname__", None)
        if name is None or not is_predictable(plain):
            raise UnknownValueError(name or type(function).__qualname__)
        code = getattr(plain, "__code__", None)
        words.append(f"{module}.{name}")
        words.append(self.source(code.co_filename).hex() if code else "")
        for cell in getattr(plain, "__closure__", None) or ():
            if _is_filled(cell) and cell.cell_contents.__class__ in _PLAIN:
                self._say(cell.cell_contents, words, depth + 1)

    def _of_wrapper(self, value: URLWrapper) -> str:
        """A tag, category or author: each article has its own object for one name; with what a plugin says of it."""
        if not value.__dict__.keys() <= _OF_WRAPPERS:
            words = [f"{type(value).__name__}:{value.name!r}:{value.slug!r}:{value.url!r}:{value.save_as!r}"]
            for name in sorted(value.__dict__.keys() - _OF_WRAPPERS):
                words.append(name)
                self._say(value.__dict__[name], words, 1)
            return _END.join(words)
        key = value.__class__, value._name, None if value._slug_from_name else value._slug, id(value.settings)
        known = self._wrappers.get(key)
        if known is None:
            said = f"{type(value).__name__}:{value.name!r}:{value.slug!r}:{value.url!r}:{value.save_as!r}"
            known = self._wrappers[key] = said
        return known

    def _of_fields(self, value: Any, depth: int) -> bytes:
        known = self._known.get(id(value))
        if known is None:
            words = [type(value).__qualname__]
            for name in _field_names(value.__class__):
                self._say(getattr(value, name), words, depth + 1)
            known = self._known[id(value)] = value, _hashed(words)
        return known[1]

    def _of_content(self, content: Content) -> bytes:
        """All that a template may show of a content but its text; of a content inside of another, its outline."""
        if self._is_inside:
            return self._outline(content)[0]
        known = self._known.get(id(content))
        if known is None:
            self._is_inside = True
            try:
                words = self._attributes(content)
            finally:
                self._is_inside = False
            known = self._known[id(content)] = content, _hashed(words)
        return known[1]

    def _attributes(self, content: Content) -> list[str]:
        outline, others = self._outline(content)
        words = [outline.hex()]
        for name in others:
            words.append(name)
            self._say(content.__dict__[name], words, 1)
        words.append("metadata")
        said = content.__dict__
        for name, value in said.get("metadata", {}).items():
            if name not in _UNSEEN_METADATA and said.get(name, self) is not value:
                words.append(name)
                self._say(value, words, 1)
        words += [self._outline(other)[0].hex() for other in content.translations]
        return words

    def _outline(self, content: Content) -> tuple[bytes, list[str]]:
        """What is plain of a content, and the names of what is not.

        The former is enough for a link to it, and never a way round in a circle.
        """
        known = self._outlines.get(id(content))
        if known is None:
            if _is_extended(content.__class__):
                raise UnknownValueError("a plugin has given contents an attribute that may say anything")
            words, others, plain = [_address(content)], [], {}
            for name, value in content.__dict__.items():
                if name in _UNSEEN or name == "metadata":
                    continue
                if value.__class__ in _PLAIN:
                    plain[name] = value
                elif is_outlined(value):
                    words.append(name)
                    self._say(value, words, 1)
                else:
                    others.append(name)
            words.append(repr(plain))
            known = self._outlines[id(content)] = content, (_hashed(words), others)
        return known[1]


@functools.lru_cache(maxsize=200)
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def is_extended(kind: type) -> bool:
    """Whether a plugin has given a class of Pelican's an attribute or another method, or has a class of its own."""
    classes = [one for one in kind.__mro__ if one is not object]
    return any(not _is_known(one) for one in classes) or any(
        not name.startswith("__") and name not in _OF_CLASSES and not _is_known(value)
        for one in classes
        for name, value in one.__dict__.items()
    )


_is_extended = functools.lru_cache(maxsize=50)(is_extended)


def _is_known(value: Any) -> bool:
    """Whether a class, method or property is Pelican's, or one of ours."""
    function = getattr(value, "fget", None) or getattr(value, "func", value)
    return is_predictable(function)


def is_predictable(function: Any) -> bool:
    """Whether a function answers alike as long as its program stays: one of a settings file may look at the clock."""
    module = str(getattr(function, "__module__", None) or "")
    is_plugins = module.startswith("pelican.plugins.") and not module.startswith("pelican.plugins._")
    return module.startswith(_PREDICTABLE) and not is_plugins


def is_outlined(value: object) -> bool:
    """Whether a value of a content is part of its outline."""
    if isinstance(value, (list, tuple)):
        return _OUTLINED_KINDS.issuperset(map(type, value)) or all(isinstance(one, _OUTLINED) for one in value)
    return isinstance(value, _OUTLINED)


def _address(content: Content) -> str:
    return f"{content.__class__.__name__}:{content.url}:{content.save_as}"


def _is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def _hashed(words: Iterable[str]) -> bytes:
    return blake2b(_END.join(words).encode("utf-8", "surrogatepass"), digest_size=SIZE).digest()
