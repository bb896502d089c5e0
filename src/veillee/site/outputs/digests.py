"""Digests: values that templates see -> a few bytes that change whenever the value does.

What cannot be told apart for certain has no digest (`UnknownValueError`): whoever read it is rendered each time.
"""

from __future__ import annotations

import enum
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time, timedelta, tzinfo
from hashlib import blake2b
from pathlib import Path, PurePath
from typing import Any

from pelican.contents import Content
from pelican.paginator import Page, Paginator
from pelican.urlwrappers import URLWrapper

SIZE = 16
MOST_DEPTH = 40
_UNSEEN = frozenset({"settings", "_context", "_content", "_summary", "content", "summary", "translations", "veillee"})
"""Attributes of a content that are its body, or no part of what a template shows."""

_PLAIN = (str, int, float, bool, bytes, complex, type(None))
_OF_TIME = (date, time, timedelta)
_OUTLINED = (*_PLAIN, *_OF_TIME, URLWrapper)


class UnknownValueError(Exception):
    """A value of which nobody can say whether it has changed."""


class Digester:
    """Digests of one build's values; those of contents and dataclasses are remembered while it lasts."""

    def __init__(self, site_url: Callable[[], str]) -> None:
        self._site_url = site_url
        self._known: dict[int, tuple[object, bytes]] = {}
        self._outlines: dict[int, tuple[object, bytes]] = {}
        self._is_inside = False
        self._bodies: dict[tuple[int, str], tuple[object, bytes]] = {}
        self._beginnings: dict[int, tuple[list[Any], list[bytes]]] = {}
        self._sources: dict[str, bytes] = {}

    def value(self, value: object) -> bytes:
        """Raises UnknownValueError."""
        return _hashed(self._parts(value, 0))

    def items(self, items: Iterable[object]) -> bytes:
        """The digest of a row of items, each as it looks from outside: see `item`."""
        return _hashed([self.item(one) for one in items])

    def beginning(self, row: list[Any], count: int) -> bytes:
        """The first items of a list, each digested once however often beginnings of it are asked for."""
        _, known = self._beginnings.setdefault(id(row), (row, [_hashed(())]))
        if len(known) <= count:
            for item in list.__getitem__(row, slice(len(known) - 1, count)):
                known.append(blake2b(known[-1] + self.item(item), digest_size=SIZE).digest())
        return known[min(count, len(known) - 1)] + b"%d" % min(count, len(known) - 1)

    def item(self, item: object) -> bytes:
        """An item of a list: of a tag with its articles, the tag alone."""
        if isinstance(item, Content):
            return self._of_content(item)
        if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], URLWrapper):
            return self.value(item[0])
        return self.value(item)

    def body(self, content: Any) -> bytes:
        """A content's text, with its links as they lead from here."""
        site_url = self._site_url()
        known = self._bodies.get((id(content), site_url))
        if known is None:
            text = content._content or ""
            if "{" in text or "|" in text:
                text = content.get_content(site_url)
            known = self._bodies[id(content), site_url] = content, _hashed([text.encode()])
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
                self._sources[path] = _hashed([Path(path).read_bytes()])
            except OSError:
                self._sources[path] = b""
        return self._sources[path]

    def _parts(self, value: object, depth: int) -> list[bytes]:
        if isinstance(value, _PLAIN):
            return [f"{type(value).__name__}:{value!r}".encode("utf-8", "surrogatepass")]
        if depth > MOST_DEPTH:
            raise UnknownValueError("too deep")
        if isinstance(value, Content) or (is_dataclass(value) and not isinstance(value, type)):
            return [self._remembered(value, depth)]
        return self._parts_of_others(value, depth)

    def _parts_of_others(self, value: Any, depth: int) -> list[bytes]:
        if isinstance(value, enum.Enum):
            return [f"{type(value).__qualname__}.{value.name}".encode()]
        if isinstance(value, (list, tuple)):
            return [b"[", *self._all(list.__iter__(value) if isinstance(value, list) else value, depth), b"]"]
        if isinstance(value, Mapping):
            return self._parts_of_mapping(value, depth)
        if isinstance(value, (set, frozenset)):
            return [b"{", *sorted(_hashed(self._parts(one, depth + 1)) for one in value), b"}"]
        if isinstance(value, (*_OF_TIME, tzinfo, PurePath)):
            return [f"{type(value).__name__}:{value!r}".encode()]
        if isinstance(value, URLWrapper):
            return [f"{type(value).__name__}:{value.name}:{value.slug}:{value.url}:{value.save_as}".encode()]
        if isinstance(value, Page):
            parts = (value.number, value.paginator.num_pages, value.paginator.count, value.url, value.save_as)
            return [repr(parts).encode(), self.items(list.__iter__(value.object_list))]
        if isinstance(value, Paginator):
            return [repr((value.name, value.url, value.count, value.per_page, value.orphans)).encode()]
        if callable(value):
            return self._parts_of_function(value, depth)
        raise UnknownValueError(type(value).__qualname__)

    def _parts_of_mapping(self, value: Mapping[Any, Any], depth: int) -> list[bytes]:
        parts = [b"{"]
        for key in value:
            parts += [*self._parts(key, depth + 1), b"=", *self._parts(value[key], depth + 1)]
        return [*parts, b"}"]

    def _all(self, values: Iterable[object], depth: int) -> list[bytes]:
        return [part for one in values for part in (*self._parts(one, depth + 1), b",")]

    def _remembered(self, value: object, depth: int) -> bytes:
        if isinstance(value, Content):
            return self._of_content(value)
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = value, _hashed(self._of_fields(value, depth))
        return known[1]

    def _of_fields(self, value: Any, depth: int) -> list[bytes]:
        parts = [type(value).__qualname__.encode()]
        for one in fields(value):
            parts += self._parts(getattr(value, one.name), depth + 1)
        return parts

    def _of_content(self, content: Content) -> bytes:
        """All that a template may show of a content but its text; of a content inside of another, its outline."""
        if self._is_inside:
            return self._outline(content)
        known = self._known.get(id(content))
        if known is None:
            self._is_inside = True
            try:
                parts = [_address(content), *self._attributes(content)]
                parts += [self._outline(other) for other in content.translations]
            finally:
                self._is_inside = False
            known = self._known[id(content)] = content, _hashed(parts)
        return known[1]

    def _attributes(self, content: Content) -> list[bytes]:
        parts = []
        for name, value in content.__dict__.items():
            if name == "metadata":
                value = {key: one for key, one in value.items() if key not in _UNSEEN}
            if name not in _UNSEEN:
                parts += [name.encode(), b"=", *self._parts(value, 1)]
        return parts

    def _outline(self, content: Content) -> bytes:
        """What is plain of a content: enough for a link to it, and never a way round in a circle."""
        known = self._outlines.get(id(content))
        if known is None:
            plain = {name: value for name, value in content.__dict__.items() if isinstance(value, _OUTLINED)}
            parts = [_address(content)]
            for name, value in plain.items():
                if name not in _UNSEEN:
                    parts += [name.encode(), b"=", *self._parts(value, 1)]
            known = self._outlines[id(content)] = content, _hashed(parts)
        return known[1]

    def _parts_of_function(self, function: Any, depth: int) -> list[bytes]:
        """A function by its name and its file: a line changed anywhere in that counts."""
        if isinstance(function, functools.partial):
            return [b"partial", *self._parts([function.func, function.args, function.keywords], depth + 1)]
        plain = inspect.unwrap(function)
        module, name = getattr(plain, "__module__", None), getattr(plain, "__qualname__", None)
        if module is None or name is None:
            raise UnknownValueError(type(function).__qualname__)
        code = getattr(plain, "__code__", None)
        closed = [cell.cell_contents for cell in getattr(plain, "__closure__", None) or () if _is_filled(cell)]
        parts = [f"{module}.{name}".encode(), self.source(code.co_filename) if code else b""]
        for one in closed:
            if isinstance(one, (*_PLAIN, tuple, list)):
                parts += self._parts(one, depth + 1)
        return parts


def _address(content: Content) -> bytes:
    return f"{type(content).__name__}:{content.url}:{content.save_as}".encode()


def _is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def _hashed(parts: Iterable[bytes]) -> bytes:
    return blake2b(b"\0".join(parts), digest_size=SIZE).digest()
