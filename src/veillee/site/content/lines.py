"""Lines of a file of content: where a key or a piece of text stands, for messages that name it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path


def line_of_key(path: Path, keys: Iterable[str], *, start: int = 1) -> int:
    """The line of the first of `keys` that the post beginning at line `start` has; 0 where it has none."""
    lines = _lines(path)[max(0, start - 1) :]
    for key in keys:
        pattern = re.compile(rf"""[\s-]*["']?{re.escape(key)}["']?\s*[:=]""", re.IGNORECASE)
        for number, line in enumerate(lines[:60], start=start):
            if pattern.match(line):
                return number
            if number > start and line.startswith("- "):
                break
    return 0


def line_of_text(path: Path, text: str, *, start: int = 1) -> int:
    """The first line at or after `start` that holds `text`; `start` where none does (it is written another way)."""
    for number, line in enumerate(_lines(path)[max(0, start - 1) :], start=start):
        if text in line:
            return number
    return start


def _lines(path: Path) -> list[str]:
    try:
        return path.read_bytes().decode("utf-8-sig", errors="replace").splitlines()
    except OSError:
        return []
