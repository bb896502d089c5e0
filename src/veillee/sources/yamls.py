"""The YAML door: text -> marked values, or faults that say what to do.

libyaml's events are composed here, so that every key and value has its line, nothing but text, whole numbers,
true, false and nothing is guessed (`NO`, `1.10`, `12:30` and dates stay text), and a hostile file ends in a
fault: tags that make objects, aliases that multiply, nesting without end, a key typed twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from veillee.errors import Fault
from veillee.shown import shortened
from veillee.sources.marked import Entry, Mapping, Node, Scalar, Sequence
from veillee.sources.meanings import meaning_of
from veillee.sources.simple_lines import simple_lines
from veillee.sources.yaml_errors import MAX_DEPTH, explained

MAX_ALIASED_VALUES = 10_000

_KNOWN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "bool", "null", "float", "map", "seq"))
_TEXT_TAG = "tag:yaml.org,2002:str"

_Event = Any  # events have more attributes than their stubs know


@dataclass(frozen=True, slots=True)
class YamlRead:
    """What a YAML text holds; `root` is None where it is empty or cannot be read (then `faults` says why).

    Where `faults` name single places (a key typed twice), `root` holds everything all the same.
    """

    root: Node | None
    faults: tuple[Fault, ...] = ()

    def faults_within(self, node: Node) -> tuple[Fault, ...]:
        """The faults that lie between the first and the last line of a value."""
        return tuple(fault for fault in self.faults if node.line <= fault.line <= node.end_line)


def load_yaml(text: str, *, shown: str, first_line: int = 1) -> YamlRead:
    """The one document in `text`; `shown` is the file as messages name it, `first_line` where `text` begins in it.

    Never raises for what the text holds.
    """
    simple = simple_lines(text, first_line)
    return YamlRead(simple) if simple is not None else compose_yaml(text, shown=shown, first_line=first_line)


def compose_yaml(text: str, *, shown: str, first_line: int = 1) -> YamlRead:
    """The same for any text, through libyaml."""
    composer = _Composer(shown=shown, first_line=first_line)
    try:
        root = composer.compose(text)
    except _RefusalError as refusal:
        return YamlRead(None, (*composer.faults, refusal.fault))
    except (yaml.YAMLError, UnicodeError, ValueError) as error:
        return YamlRead(None, (*composer.faults, explained(error, text, shown=shown, first_line=first_line)))
    return YamlRead(root, tuple(composer.faults))


class _RefusalError(Exception):
    """The rest of the text is not worth reading."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(slots=True)
class _Open:
    """A list or mapping that has begun and not ended; for a mapping, `children` are key, value, key, value, …"""

    line: int
    is_mapping: bool
    anchor: str | None
    children: list[Node] = field(default_factory=list)


class _Composer:
    """Turns events into values, one level of nesting for each element of `stack`."""

    def __init__(self, *, shown: str, first_line: int) -> None:
        self.shown = shown
        self.first_line = first_line
        self.faults: list[Fault] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.root: Node | None = None
        self.aliased_count = 0

    def compose(self, text: str) -> Node | None:
        document_count = 0
        event: _Event
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._add(self._scalar(event), event.anchor)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._open(event)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close(event)
            elif kind is yaml.AliasEvent:
                self._add(self._aliased(event), None)
            elif kind is yaml.DocumentStartEvent:
                document_count += 1
                self._check_only_document(event, document_count)
        return self.root

    def _line(self, event: _Event) -> int:
        return int(event.start_mark.line) + self.first_line

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self.anchors[anchor] = node
        if self.stack:
            self.stack[-1].children.append(node)
        else:
            self.root = node

    def _open(self, event: _Event) -> None:
        self._check_tag(event)
        if len(self.stack) >= MAX_DEPTH:
            raise self._refusal(event, "lists and mappings are nested too deeply", f"at most {MAX_DEPTH} levels")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.stack.append(_Open(self._line(event), is_mapping, event.anchor))

    def _close(self, event: _Event) -> None:
        done = self.stack.pop()
        last_child = max((child.end_line for child in done.children), default=done.line)
        is_flow = event.end_mark.column > event.start_mark.column
        end_line = self._line(event) if is_flow else max(done.line, last_child)
        node: Node
        if done.is_mapping:
            node = Mapping(done.line, self._entries(done.children), end_line)
        else:
            node = Sequence(done.line, tuple(done.children), end_line)
        self._add(node, done.anchor)

    def _entries(self, children: list[Node]) -> tuple[Entry, ...]:
        entries: dict[str, Entry] = {}
        merged: list[Entry] = []
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._fault(key.line, "a key is a list or a mapping", "a key is a word", "put quotes round the text")
            elif key.text == "<<" and isinstance(value, Mapping):
                merged.extend(value.entries)
            elif key.text in entries:
                self._repeated_key(key, entries[key.text])
            else:
                entries[key.text] = Entry(key.text, key.line, value)
        for entry in merged:
            entries.setdefault(entry.key, entry)
        return tuple(entries.values())

    def _repeated_key(self, key: Scalar, first: Entry) -> None:
        name = shortened(key.text)
        found = f'"{name}" is here a second time (first in line {first.line})'
        self._fault(key.line, found, "each key once", "remove one of the two")

    def _scalar(self, event: _Event) -> Scalar:
        self._check_tag(event)
        line = self._line(event)
        end_line = max(line, event.end_mark.line + self.first_line - (event.end_mark.column == 0))
        text = event.value
        if event.style in ("|", ">"):
            return Scalar(line, text, text, line + 1, end_line)
        is_text = bool(event.style) or event.tag == _TEXT_TAG
        return Scalar(line, text, text if is_text else meaning_of(text), line, end_line)

    def _aliased(self, event: _Event) -> Node:
        name = shortened(event.anchor)
        node = self.anchors.get(event.anchor)
        if node is None:
            raise self._refusal(
                event, f'"*{name}" stands for a value that is not here', 'a text may begin with "*" in quotes only'
            )
        self.aliased_count += _size_of(node, MAX_ALIASED_VALUES)
        if self.aliased_count > MAX_ALIASED_VALUES:
            raise self._refusal(event, f'"*{name}" repeats too many values', f"at most {MAX_ALIASED_VALUES} in a file")
        return node

    def _check_tag(self, event: _Event) -> None:
        tag = event.tag
        if tag is not None and tag != "!" and tag not in _KNOWN_TAGS:
            name = shortened(tag.replace("tag:yaml.org,2002:", "!!"))
            raise self._refusal(event, f'unknown tag "{name}"', 'a text may begin with "!" in quotes only')

    def _check_only_document(self, event: _Event, document_count: int) -> None:
        if document_count > 1:
            found = 'a second "---" begins another document'
            raise self._refusal(event, found, "one document in a file", "write the posts as one list, each with a dash")

    def _refusal(
        self, event: _Event, found: str, allowed: str, todo: str = "put quotes round the text, or remove it"
    ) -> _RefusalError:
        return _RefusalError(Fault(self.shown, self._line(event), found, allowed, todo))

    def _fault(self, line: int, found: str, allowed: str, todo: str) -> None:
        self.faults.append(Fault(self.shown, line, found, allowed, todo))


def _size_of(node: Node, limit: int) -> int:
    """How many values a value holds, itself included, counted up to `limit`."""
    count = 0
    waiting = [node]
    while waiting and count <= limit:
        one = waiting.pop()
        count += 1
        if isinstance(one, Sequence):
            waiting.extend(one.items)
        elif isinstance(one, Mapping):
            waiting.extend(entry.value for entry in one.entries)
    return count
