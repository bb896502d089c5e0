"""First characters: a pattern of `re` -> the characters that what it matches may begin with, among those of ASCII.

Read from the parts that Python's own parser sees in a pattern; what is not known for certain may begin with anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

ASCII = frozenset(map(chr, range(128)))

_CATEGORIES = {
    f"CATEGORY_{name}": frozenset(filter(re.compile(pattern).match, ASCII))
    for name, pattern in (("DIGIT", r"\d"), ("SPACE", r"\s"), ("WORD", r"\w"), ("NOT_DIGIT", r"\D"),
                          ("NOT_SPACE", r"\S"), ("NOT_WORD", r"\W"))
}  # fmt: skip
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_OF_NO_WIDTH = frozenset({"AT", "ASSERT", "ASSERT_NOT"})


def first_characters(pattern: re.Pattern[str]) -> frozenset[str]:
    """All of ASCII where a pattern may match nothing at all, or is not understood."""
    try:
        parts = re._parser.parse(pattern.pattern, pattern.flags)  # type: ignore[attr-defined]  # no public way leads there
        found, may_be_empty = _of_row(parts, pattern.flags)
    except (re.error, AttributeError, LookupError, TypeError, ValueError, RecursionError):  # as another Python sees it
        return ASCII
    return ASCII if may_be_empty else found


_First = tuple[frozenset[str], bool]
"""What a part may begin with, and whether it may match nothing, so that the next part begins."""

_ANYTHING: _First = ASCII, False


def _of_row(row: Iterable[tuple[Any, Any]], flags: int) -> _First:
    found: frozenset[str] = frozenset()
    for operation, argument in row:
        first, may_be_empty = _of_part(operation.name, argument, flags)
        found |= first
        if not may_be_empty:
            return found, False
    return found, True


def _of_part(name: str, argument: Any, flags: int) -> _First:
    if name in _OF_NO_WIDTH:
        return frozenset(), True
    if name == "LITERAL":
        return _of_set([(name, argument)], flags), False
    if name == "NOT_LITERAL":
        return _of_set([("NEGATE", None), ("LITERAL", argument)], flags), False
    if name == "IN":
        return _of_set([(one.name, value) for one, value in argument], flags), False
    if name == "BRANCH":
        firsts = [_of_row(row, flags) for row in argument[1]]
        return frozenset().union(*(first for first, _ in firsts)), any(may_be_empty for _, may_be_empty in firsts)
    if name == "SUBPATTERN":
        _, on, off, row = argument
        return _of_row(row, (flags | on) & ~off)
    if name in _REPEATS:
        least, _, row = argument
        first, may_be_empty = _of_row(row, flags)
        return first, may_be_empty or least == 0
    return _ANYTHING


def _of_set(members: Iterable[tuple[str, Any]], flags: int) -> frozenset[str]:
    """Of a choice of characters, given as single ones, ranges and categories."""
    found: set[str] = set()
    is_negative = False
    for name, value in members:
        if name == "LITERAL":
            found.add(chr(value))
        elif name == "RANGE":
            found.update(map(chr, range(value[0], min(value[1], 127) + 1)))
            found.add(chr(value[1]))
        elif name == "CATEGORY":
            found |= _CATEGORIES[value.name]
        elif name == "NEGATE":
            is_negative = True
        else:
            return ASCII
    if flags & re.IGNORECASE:
        if is_negative or not ASCII.issuperset(found):  # some letters beyond are the same as one of ASCII
            return ASCII
        found = {other for char in found for other in (char.lower(), char.upper())}
    return ASCII - found if is_negative else ASCII & found
