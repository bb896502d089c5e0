"""The TOML door: the head of a Hugo file -> marked values, with the line of each key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date, datetime, time

from veillee.errors import Fault
from veillee.shown import shortened
from veillee.sources.marked import Entry, Mapping, Node, Scalar, Sequence, text_at

MAX_CHARS = 64_000

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


def load_toml(text: str, *, shown: str, first_line: int = 1) -> tuple[Mapping, tuple[Fault, ...]]:
    """What a TOML text holds, and its faults (then the mapping is empty). Never raises for what the text holds."""
    lines = text.split("\n")
    if len(text) > MAX_CHARS:
        fault = Fault(
            shown, first_line, "the head is very long", f"at most {MAX_CHARS} characters", "move text below it"
        )
        return Mapping(first_line, (), first_line), (fault,)
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        return Mapping(first_line, (), first_line), (_fault(error, lines, shown, first_line),)
    return _mapping(table, lines, first_line, first_line), ()


def _fault(error: Exception, lines: list[str], shown: str, first_line: int) -> Fault:
    place = _PLACE.search(str(error))
    line = int(place[1]) if place and place[1] else len(lines)
    problem = shortened(_PLACE.sub("", str(error)), 90)
    todo = 'write key = "text", with the quotes'
    return Fault(shown, first_line + line - 1, f"this is not TOML: {problem}", 'key = "value" on each line', todo)


def _mapping(table: dict[str, object], lines: list[str], line: int, first_line: int) -> Mapping:
    entries = tuple(_entry(key, value, lines, line, first_line) for key, value in table.items())
    return Mapping(line, entries, max((entry.line for entry in entries), default=line))


def _entry(key: str, value: object, lines: list[str], line: int, first_line: int) -> Entry:
    found = _line_of(key, lines, start=line - first_line)
    own_line = line if found is None else found + first_line
    return Entry(key, own_line, _node(value, lines, own_line, first_line))


def _line_of(key: str, lines: list[str], *, start: int) -> int | None:
    """The index of the line, from `start` on, that assigns a key or opens its table."""
    name = re.escape(key)
    assigns = re.compile(rf"""\s*(?:\[{{1,2}})?\s*(?:[\w.-]+\.)?["']?{name}["']?\s*[=.\]]""")
    return next((index for index in range(max(start, 0), len(lines)) if assigns.match(lines[index])), None)


def _node(value: object, lines: list[str], line: int, first_line: int) -> Node:
    if isinstance(value, dict):
        return _mapping(value, lines, line, first_line)
    if isinstance(value, list):
        return _sequence(value, lines, line, first_line)
    if isinstance(value, bool | int):
        return Scalar(line, str(value).lower(), value, line, line)
    if isinstance(value, datetime | date | time):
        return text_at(line, value.isoformat())
    return text_at(line, str(value))


def _sequence(values: Iterable[object], lines: list[str], line: int, first_line: int) -> Sequence:
    items = tuple(_node(value, lines, line, first_line) for value in values)
    return Sequence(line, items, line)
