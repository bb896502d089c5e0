"""Lasting: the texts of fragments from one build to the next, in a file beside the plan of a build.

Such a text shows one content of the plan and what that plainly says; it stands as long as the content does not change.
A growing plan goes on with its file: what is new is put at the end, what is gone is named there.
"""

from __future__ import annotations

import marshal
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2.utils import missing
from pelican.contents import Content

from veillee.site.outputs.tracking import BODY, NAME, SUMMARY, TEMPLATE, Fact, Told
from veillee.site.outputs.writing import write_whole

Place = tuple[str, int]
"""The template that a fragment stands in, and which of its fragments it is."""
Key = tuple[Any, ...]
"""The site's address, the place of a fragment, and its values besides the content, each with its kind."""
Kept = tuple[str, frozenset[Fact], tuple[Fact, ...]]
"""A text, what was read for it, and its content's texts among that."""
Texts = dict[int, dict[Key, Kept]]
"""Fragments by the number of the content that they show."""
Noted = tuple[int, Key, Kept]

_HEAD = b"veillee fragments 1\n"
_MARK = 8
"""So long is the mark of a plan, in bytes."""
_PLAIN = frozenset({str, int, float, bool, bytes, type(None)})
_LONG = 20_000
"""A text of more letters is rendered again."""
_MOST = 32_000_000
"""So many letters are kept together, or none."""
_SIZE = 8


@dataclass(slots=True)
class Lasting:
    """Those of one build: `known` from builds before, `new` ones by now.

    `number_of` says by which number a plan knows a content; None where it has none yet: meanwhile it is known by where
    it lies in memory, as a negative number.
    """

    number_of: Callable[[Content], int | None] = field(default=lambda _: None)
    known: Texts = field(default_factory=dict, repr=False)
    new: Texts = field(default_factory=dict, repr=False)

    def found(self, site_url: str, place: Place, values: Iterable[Any]) -> tuple[str, Told] | None:
        """A text of a build before, and what was read for it."""
        named = self._named(site_url, place, values)
        if named is None:
            return None
        kept = self.known.get(named[0], _NOTHING).get(named[1])
        return None if kept is None else (kept[0], Told(kept[1], kept[2], ()))

    def noted(self, site_url: str, place: Place, values: Iterable[Any], text: str, told: Told) -> Iterator[Noted]:
        """How a fragment is kept; nothing where it is not."""
        if len(text) <= _LONG and not told.extents and all(fact[0] in (NAME, TEMPLATE) for fact in told.plain):
            named = self._named(site_url, place, values)
            if named is not None and self._shows_one(values, told):
                yield (*named, (text, told.plain, told.texts))

    def note(self, noted: Iterable[Noted]) -> None:
        """These are new."""
        for number, key, kept in noted:
            self.new.setdefault(number, {})[key] = kept

    def _named(self, site_url: str, place: Place, values: Iterable[Any]) -> tuple[int, Key] | None:
        """The number of the content that a fragment shows, and its key; None where it shows anything else besides."""
        shown: int | None = None
        key: list[Any] = [site_url, *place]
        for value in values:
            kind = type(value)
            if kind in _PLAIN:
                key += kind.__name__, value
            elif value is missing:
                key.append(None)
            elif issubclass(kind, Content) and shown is None:
                number = self.number_of(value)
                shown = -id(value) if number is None else number
                key.append(Ellipsis)
            else:
                return None
        return None if shown is None else (shown, tuple(key))

    def _shows_one(self, values: Iterable[Any], told: Told) -> bool:
        """Whether no other content's text was read, and no content gone on from."""
        own = next(value.save_as for value in values if isinstance(value, Content))
        return all(kind in (BODY, SUMMARY) and path == own for kind, path in told.texts)


_NOTHING: Mapping[Key, Kept] = {}


def load_fragments(path: Path, mark: bytes) -> Texts:
    """The fragments that were kept with the plan of that mark; none where the file is not whole, or of another plan."""
    try:
        found = path.read_bytes()
    except OSError:
        return {}
    place = len(_HEAD) + _MARK
    if found[:place] != _HEAD + mark:
        return {}
    known: Texts = {}
    while place < len(found):
        size, seal = (int.from_bytes(found[place + at : place + at + _SIZE], "big") for at in (0, _SIZE))
        place += 2 * _SIZE
        part = memoryview(found)[place : place + size]
        if not size or len(part) != size or zlib.crc32(part) != seal:
            return {}
        gone, new = marshal.loads(part)  # noqa: S302 sealed above
        for number in gone:
            known.pop(number, None)
        for number, several in new.items():
            known.setdefault(number, {}).update(several)
        place += size
    return known


def save_fragments(path: Path, mark: bytes, new: Texts, numbers: Mapping[int, int]) -> None:
    """Writes fragments that go with the plan of that mark; `numbers` are those of contents by where they lie in memory.

    Raises OSError.
    """
    write_whole(path, _HEAD + mark + _sealed((), _numbered(new, numbers)))


def add_fragments(path: Path, mark: bytes, new: Texts, numbers: Mapping[int, int], *, gone: Iterable[int]) -> None:
    """Goes on with a file of fragments, without those of some contents; from now on it goes with the plan of that mark.

    Raises OSError.
    """
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(_sealed(tuple(gone), _numbered(new, numbers)))
        file.flush()
        file.seek(len(_HEAD))
        file.write(mark)  # last: whoever is killed before that leaves a file that goes with no plan


def forget_fragments(path: Path, contents: Iterable[int]) -> None:
    """The fragments of these contents stand no longer. Raises OSError."""
    if path.exists():
        with path.open("ab") as file:
            file.write(_sealed(tuple(contents), {}))


def _sealed(gone: tuple[int, ...], new: Texts) -> bytes:
    part = marshal.dumps((gone, new))
    return len(part).to_bytes(_SIZE, "big") + zlib.crc32(part).to_bytes(_SIZE, "big") + part


def _numbered(new: Texts, numbers: Mapping[int, int]) -> Texts:
    """The same with the numbers that contents have by now; nothing where that is too much."""
    if sum(len(kept[0]) for several in new.values() for kept in several.values()) > _MOST:
        return {}
    known = ((numbers.get(-number) if number < 0 else number, several) for number, several in new.items())
    return {number: several for number, several in known if number is not None}
