"""Heads of which every line is a key and a few plain words, or a list of such words on one line.

Most heads are. They mean the same to every reader of YAML, and are read here in a fraction of its time; a line with
anything else in it leaves the whole head to the YAML door.
"""

from __future__ import annotations

import re

from veillee.sources.marked import Entry, Mapping, Node, Scalar, Sequence
from veillee.sources.meanings import meaning_of

_LETTER = "0-9A-Za-zÀ-ÖØ-öø-ɏ"
_WORDS = rf"[{_LETTER}](?:[{_LETTER} _.,;()/+&%!?='*~’–—-]|:(?=[{_LETTER}/]))*(?<! )"
_ITEM = rf"[{_LETTER}](?:[{_LETTER} _./+-]*[{_LETTER}_./+])?"
_LINE = re.compile(rf"([A-Za-z][A-Za-z0-9_-]*): +(?:({_WORDS})|\[({_ITEM}(?:, *{_ITEM})*)\])\Z")
_BETWEEN = re.compile(r", *")
MOST_LINES = 60


def simple_lines(text: str, first_line: int) -> Mapping | None:
    """The values of a simple head, `first_line` being where it begins; None where it is not simple."""
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        return None
    entries: dict[str, Entry] = {}
    for number, line in enumerate(lines, start=first_line):
        found = _LINE.match(line)
        if found is None or found[1] in entries:
            return None
        entries[found[1]] = Entry(found[1], number, _value(found, number))
    return Mapping(first_line, tuple(entries.values()), first_line + len(lines) - 1)


def _value(found: re.Match[str], number: int) -> Node:
    words = found[2]
    if words is not None:
        return _scalar(words, number)
    return Sequence(number, tuple(_scalar(item, number) for item in _BETWEEN.split(found[3])), number)


def _scalar(text: str, number: int) -> Scalar:
    return Scalar(number, text, meaning_of(text), number, number)
