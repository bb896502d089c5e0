"""Lines of a file of content: where a key or a piece of text stands, for messages that name it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path


def line_of_key(path: Path, keys: Iterable[str], *, start: int = 1) -> int:
    """The line of the first of `keys` that the post beginning at line `start` has; 0 where it has none."""
    lines = _lines(path)[max(0, start - 1) : max(0, start - 1) + 60]
    for key in keys:
        pattern = re.compile(rf"""[\s-]*["']?{re.escape(key)}["']?\s*[:=]""", re.IGNORECASE)
        for number, line in enumerate(lines, start=start):
            if pattern.match(line):
                return number
            if number > start and line.startswith("- "):
                break
    return 0


def line_of_text(path: Path, text: str, *, start: int = 1) -> int:
    """The first line at or after `start` that holds `text`; `start` where none does (it is written another way)."""
    lines = _lines(path)
    first = max(0, start - 1)
    return next((index + 1 for index in range(first, len(lines)) if text in lines[index]), start)


def _lines(path: Path) -> list[str]:
    try:
        return _lines_of_version(path, path.stat().st_mtime_ns)
    except OSError:
        return []


@lru_cache(maxsize=4)
def _lines_of_version(path: Path, _changed_ns: int) -> list[str]:
    """A list of posts with many faults is asked for once for each of them."""
    return path.read_bytes().decode("utf-8-sig", errors="replace").splitlines()
