"""The head of a Markdown file, in each form that is in use: text -> marked values and the body.

`---` YAML (Jekyll, MkDocs, Hugo), `+++` TOML (Hugo), a line of `{` JSON (Hugo), `Key: value` lines (Pelican), or none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from veillee.errors import Fault
from veillee.sources.marked import Entry, Mapping, described, text_at
from veillee.sources.tomls import load_toml
from veillee.sources.yamls import load_yaml

HeaderForm = Literal["yaml", "toml", "pelican", "record", "none"]

_PELICAN_LINE = re.compile(r" {0,3}([A-Za-z][A-Za-z0-9_-]*):(?:[ \t]+(.*)|)\Z")
_PELICAN_MORE = re.compile(r"(?: {4,}|\t)[ \t]*(\S.*)\Z")
_PELICAN_KEYS = frozenset({
    "author", "authors", "category", "date", "keywords", "kind", "lang", "modified", "save_as", "slug", "status",
    "stream", "summary", "tags", "template", "title", "translation", "url",
})  # fmt: skip
_MANY = frozenset({"author", "authors", "tags"})


@dataclass(frozen=True, slots=True)
class Document:
    """A file taken apart: the head as marked values, the body as text with the line where it begins."""

    head: Mapping
    form: HeaderForm
    body: str
    body_line: int
    faults: tuple[Fault, ...] = ()


def parse_document(text: str, *, shown: str) -> Document:
    """The head and the body of a Markdown text. Where the head cannot be read, `faults` says why and it is empty."""
    lines = text.split("\n")
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    opening = lines[first].rstrip()
    if opening == "---":
        return _fenced(lines, first, ("---", "..."), "yaml", shown)
    if opening == "+++":
        return _fenced(lines, first, ("+++",), "toml", shown)
    if opening == "{":
        return _json(lines, first, shown)
    return _pelican(lines, first, shown) or Document(_nothing(1), "none", text, 1)


def _nothing(line: int) -> Mapping:
    return Mapping(line, (), line)


def _fenced(lines: list[str], first: int, closings: tuple[str, ...], form: HeaderForm, shown: str) -> Document:
    last = _index_of(lines, first + 1, closings)
    if last is None:
        found = f'the head is opened by "{lines[first].rstrip()}" and never closed'
        allowed = f'a line "{closings[0]}" before and after the head'
        fault = Fault(shown, first + 1, found, allowed, f'add a line "{closings[0]}" above the text')
        return Document(_nothing(first + 1), form, "", first + 2, (fault,))
    head = "\n".join(lines[first + 1 : last])
    body = "\n".join(lines[last + 1 :])
    if form == "toml":
        read, faults = load_toml(head, shown=shown, first_line=first + 2)
        return Document(read, form, body, last + 2, faults)
    return _yaml(head, body, first, last, shown)


def _index_of(lines: list[str], start: int, wanted: tuple[str, ...]) -> int | None:
    return next((index for index in range(start, len(lines)) if lines[index].rstrip() in wanted), None)


def _yaml(head: str, body: str, first: int, last: int, shown: str) -> Document:
    read = load_yaml(head, shown=shown, first_line=first + 2)
    root, faults = read.root, read.faults
    if root is not None and not isinstance(root, Mapping):
        faults = (
            *faults,
            Fault(shown, root.line, f"the head is {described(root)}", "lines of `key: value`", _WRITE_KEYS),
        )
        root = None
    return Document(root or _nothing(first + 1), "yaml", body, last + 2, faults)


_WRITE_KEYS = "write `title: ...` on a line of its own"


def _json(lines: list[str], first: int, shown: str) -> Document:
    last = _index_of(lines, first + 1, ("}",))
    if last is None:
        return Document(_nothing(1), "none", "\n".join(lines), 1)
    head = "\n".join(lines[first : last + 1])
    return _yaml(head, "\n".join(lines[last + 1 :]), first - 1, last, shown)


def _pelican(lines: list[str], first: int, shown: str) -> Document | None:
    """Pelican's `Key: value` lines; None where the text opens in another way, as a sentence with a colon may."""
    entries: dict[str, Entry] = {}
    faults: list[Fault] = []
    index = first
    key = ""
    while index < len(lines) and lines[index].strip():
        start, more = _PELICAN_LINE.match(lines[index]), _PELICAN_MORE.match(lines[index])
        if start:
            key = start[1].lower()
            if key in entries and key not in _MANY:
                faults.append(_repeated(key, index + 1, entries[key].line, shown))
            _add_value(entries, key, index + 1, (start[2] or "").strip())
        elif more and key:
            _add_value(entries, key, index + 1, more[1].strip())
        else:
            break
        index += 1
    if not _PELICAN_KEYS.intersection(entries):
        return None
    head = Mapping(first + 1, tuple(entries.values()), index)
    while index < len(lines) and not lines[index].strip():
        index += 1
    return Document(head, "pelican", "\n".join(lines[index:]), index + 1, tuple(faults))


def _repeated(key: str, line: int, first_line: int, shown: str) -> Fault:
    found = f'"{key}" is here a second time (first in line {first_line})'
    return Fault(shown, line, found, "each key once", "remove one of the two")


def _add_value(entries: dict[str, Entry], key: str, line: int, value: str) -> None:
    """A key's further lines, and a key typed again, add to its text."""
    before = entries.get(key)
    if before is None:
        entries[key] = Entry(key, line, text_at(line, value))
        return
    text = f"{getattr(before.value, 'text', '')}\n{value}".strip()
    entries[key] = Entry(key, before.line, text_at(before.line, text))
