"""Values as their author wrote them, each with its line: what every header form is read into.

YAML, TOML and `Key: value` text -> Scalar, Sequence, Mapping -> fields of posts, members, digests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from veillee.shown import shortened


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: `text` is what was typed (quotes taken off), `value` what it means (str, int, bool or None).

    A date stays text. `body_line` is where a block text (`|`) itself begins, `end_line` where the value ends.
    """

    line: int
    text: str
    value: object
    body_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """Values in a list; `end_line` is its last line."""

    line: int
    items: tuple[Node, ...]
    end_line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key: value`, with the line of the key."""

    key: str
    line: int
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order in which they were typed, each key once; `end_line` is its last line."""

    line: int
    entries: tuple[Entry, ...]
    end_line: int

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def get(self, key: str) -> Entry | None:
        """The entry with this key, None where there is none."""
        return next((entry for entry in self.entries if entry.key == key), None)


Node = Scalar | Sequence | Mapping


def text_at(line: int, text: str) -> Scalar:
    """A text that stands on one line."""
    return Scalar(line, text, text, line, line)


def plain(node: Node) -> object:
    """The value without its lines: dict, list, str, int, bool or None."""
    if isinstance(node, Mapping):
        return {entry.key: plain(entry.value) for entry in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value


def described(node: Node) -> str:
    """What a message calls this value: `"abc"`, `a list`, `a mapping`, `nothing`."""
    if isinstance(node, Mapping):
        return "a mapping (key: value)"
    if isinstance(node, Sequence):
        return "a list"
    return f'"{shortened(node.text)}"' if node.text else "empty"
