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

from pelican.contents import Content

from veillee.site.outputs.tracking import BODY, NAME, SUMMARY, TEMPLATE, Fact, Told
from veillee.site.outputs.writing import write_whole

Place = tuple[str, int]
"""The file of the template that a fragment stands in, and which of its fragments it is."""
Others = tuple[Any, ...]
"""The values of the names of a fragment, each with its kind: contents and the like alone without."""
Key = tuple[Any, ...]
"""The site's address, the place of a fragment, and its values as they are kept."""
Kept = tuple[str, frozenset[Fact], tuple[Fact, ...]]
"""A text, what was read for it, and its content's texts among that."""
Texts = dict[int, dict[Key, Kept]]
"""Fragments by the number of the content that they show."""
Noted = tuple[int, Key, Kept]

_HEAD = b"veillee fragments 1\n"
_MARK = 8
"""So long is the mark of a plan, in bytes."""
_PLAIN = frozenset({str, int, bool, bytes, type(None)})
_LONG = 20_000
"""A text of more letters is rendered again."""
_MOST = 32_000_000
"""So many letters are kept together, or none."""
_SIZE = 8
_NOTHING = ()


@dataclass(slots=True)
class Lasting:
    """Those of one build: `known` from builds before, `new` ones by now.

    `number_of` says by which number a plan knows a content; None where it has none yet: meanwhile it is known by where
    it lies in memory, as a negative number.
    """

    number_of: Callable[[Content], int | None] = field(default=lambda _: None)
    known: Texts = field(default_factory=dict, repr=False)
    new: Texts = field(default_factory=dict, repr=False)
    _keys: dict[Any, Key | None] = field(default_factory=dict, repr=False)
    _same: dict[Key, Key] = field(default_factory=dict, repr=False)

    def found(self, place: tuple[Any, ...], content: Any, others: Others) -> tuple[str, Told] | None:
        """A text of a build before, and what was read for it; `place` begins with the site's address."""
        number = self.number_of(content)
        several = None if number is None else self.known.get(number)
        key = None if several is None else self._key(place, others)
        kept = None if several is None or key is None else several.get(key)
        return None if kept is None else (kept[0], Told(kept[1], kept[2], ()))

    def noted(
        self, place: tuple[Any, ...], content: Any, others: Others, text: str, told: Told
    ) -> Iterator[tuple[int, Key, Kept]]:
        """How a fragment is kept; nothing where it is not: it shows its content, and nobody else's text."""
        key = self._key(place, others)
        is_plain = not told.extents and all(fact[0] in (NAME, TEMPLATE) for fact in told.plain)
        is_its_own = all(kind in (BODY, SUMMARY) and path == content.save_as for kind, path in told.texts)
        if key is not None and is_plain and is_its_own and len(text) <= _LONG:
            number = self.number_of(content)
            yield -id(content) if number is None else number, key, (text, told.plain, told.texts)

    def note(self, noted: Iterable[Noted]) -> None:
        """These are new."""
        for number, key, kept in noted:
            self.new.setdefault(number, {})[self._same.setdefault(key, key)] = kept

    def _key(self, place: tuple[Any, ...], others: Others) -> Key | None:
        known = self._keys.get((place, others), _NOTHING)
        if known is _NOTHING:
            found = _named(place, others)
            known = self._keys[place, others] = found and self._same.setdefault(found, found)
        return known


def _named(place: tuple[Any, ...], others: Others) -> Key | None:
    """The key of a fragment that shows one content; None where it shows anything else that has to stand still."""
    named: list[Any] = [*place]
    for kind, value in zip(others[::2], others[1::2], strict=True):
        if kind is not None and kind is not Content and kind not in _PLAIN:
            return None
        named += None if kind is None else kind.__name__, value
    return tuple(named)


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
