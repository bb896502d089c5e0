"""One mapping of a digest definition or an edition, read strictly: marked values -> checked values and faults.

Absent means the default; wrong is a fault, and an unknown key names the known one that is nearest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from veillee.errors import Fault, nearest
from veillee.shown import shortened
from veillee.sources.marked import Entry, Mapping, Node, Scalar, Sequence, described

_Word = TypeVar("_Word", bound=str)


@dataclass(slots=True)
class Definition:
    """The values of one mapping; every fault found is kept in `faults`, which the parts of a file share."""

    mapping: Mapping
    shown: str
    faults: list[Fault] = field(default_factory=list)

    def check_keys(self, known: Collection[str]) -> None:
        for entry in self.mapping:
            if entry.key not in known:
                near = nearest(entry.key, known)
                todo = f'did you mean "{near}"?' if near else "remove it"
                allowed = f"known keys: {', '.join(known)}"
                self.fault(entry.line, f'unknown key "{shortened(entry.key)}"', allowed, todo)

    def text(self, key: str, default: str = "") -> str:
        """A text on one line."""
        entry = self._entry(key)
        if entry is None:
            return default
        value = text_of(entry.value)
        if value is None:
            self._wrong(entry, "a text on one line", f"write {key}: the text")
            return default
        return value

    def whole(self, key: str, default: int, *, least: int, most: int) -> int:
        """A whole number."""
        entry = self._entry(key)
        if entry is None:
            return default
        value = entry.value.value if isinstance(entry.value, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self._wrong(entry, f"a whole number from {least} to {most}", "mend the number")
            return default
        return value

    def claim(self, key: str) -> bool:
        """true or false; absent means false."""
        entry = self._entry(key)
        if entry is None:
            return False
        value = entry.value.value if isinstance(entry.value, Scalar) else None
        if not isinstance(value, bool):
            self._wrong(entry, "true or false", f"write {key}: true, or remove the line")
            return False
        return value

    def texts(self, key: str, *, default_lang: str) -> tuple[tuple[str, str], ...]:
        """A text, or one for each language: (language, text) pairs as typed."""
        entry = self._entry(key)
        if entry is None:
            return ()
        if isinstance(entry.value, Mapping):
            pairs = ((one.key.lower(), text_of(one.value)) for one in self._languages(entry.value))
            return tuple((lang, text) for lang, text in pairs if text)
        value = text_of(entry.value)
        if not value:
            self._wrong(entry, "a text, or one for each language", f"write {key}: {{{default_lang}: the text}}")
            return ()
        return ((default_lang, value),)

    def _languages(self, mapping: Mapping) -> Iterable[Entry]:
        for one in mapping:
            if not text_of(one.value):
                self._wrong(one, "a text on one line", f"write {one.key}: the text")
            elif not is_language_code(one.key):
                self.fault(one.line, f'"{shortened(one.key)}" is no language', "a code like fr or en", "mend the code")
            else:
                yield one

    def words(self, key: str, allowed: Iterable[_Word]) -> tuple[_Word, ...] | None:
        """A list of words of a closed vocabulary, each once; None where the key is absent."""
        entry = self._entry(key)
        if entry is None:
            return None
        by_name = {str(word): word for word in allowed}
        items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
        found = [self._word(item, by_name, what=key) for item in items]
        chosen = [word for word in found if word is not None]
        for index, word in enumerate(chosen):
            if word in chosen[:index]:
                self.fault(entry.line, f'"{word}" is in {key} twice', "each once", "remove one of the two")
        return tuple(dict.fromkeys(chosen))

    def _word(self, item: Node, by_name: dict[str, _Word], *, what: str) -> _Word | None:
        typed = text_of(item) or ""
        if typed in by_name:
            return by_name[typed]
        near = nearest(typed, by_name)
        todo = f'did you mean "{near}"?' if near else "choose among them"
        self.fault(item.line, f"{what} has {described(item)}", f"allowed: {', '.join(by_name)}", todo)
        return None

    def choice(self, key: str, allowed: Iterable[_Word]) -> _Word | None:
        """One word of a closed vocabulary; None where it is absent or wrong."""
        entry = self._entry(key)
        return self._word(entry.value, {str(word): word for word in allowed}, what=key) if entry else None

    def part(self, key: str) -> Definition | None:
        """The mapping below a key, which shares these faults; None where there is none."""
        entry = self._entry(key)
        if entry is None:
            return None
        if not isinstance(entry.value, Mapping):
            self._wrong(entry, "keys and values, each on its own line, indented", f"write them below {key}:")
            return None
        return Definition(entry.value, self.shown, self.faults)

    def line(self, key: str = "") -> int:
        """The line of a key, or of the whole mapping where the key is absent."""
        entry = self.mapping.get(key)
        return entry.line if entry else self.mapping.line

    def fault(self, line: int, found: str, allowed: str, todo: str) -> None:
        self.faults.append(Fault(self.shown, line, found, allowed, todo))

    def wrong(self, key: str, allowed: str, todo: str) -> None:
        """The value of a key that is here is wrong."""
        entry = self.mapping.get(key)
        if entry is not None:
            self._wrong(entry, allowed, todo)

    def _wrong(self, entry: Entry, allowed: str, todo: str) -> None:
        self.fault(entry.line, f"{shortened(entry.key)} is {described(entry.value)}", allowed, todo)

    def _entry(self, key: str) -> Entry | None:
        """The entry, None where the key is absent or its value was left empty."""
        entry = self.mapping.get(key)
        is_empty = entry is None or (isinstance(entry.value, Scalar) and entry.value.value is None)
        return None if is_empty else entry


def text_of(node: Node) -> str | None:
    """A scalar's text on one line, None for anything else."""
    if not isinstance(node, Scalar) or node.value is None:
        return None
    return " ".join(node.text.split("\n")).strip()


def is_language_code(code: str) -> bool:
    """Whether it looks like `fr`, `pt-br`, `zh-hant`."""
    head, *rest = code.split("-")
    return head.isascii() and head.isalpha() and 2 <= len(head) <= 3 and all(part.isalnum() for part in rest)
