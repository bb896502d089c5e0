"""The text part's typesetting: lines of 72 columns, addresses never broken, headings underlined.

Columns are counted as a terminal shows them: East Asian letters and emoji take two, combining marks none.
"""

from __future__ import annotations

import re
import unicodedata

COLUMNS = 72
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_MANY_BLANKS = re.compile(r"\n{3,}")


def column_count(text: str) -> int:
    """How many columns a text takes on a screen with fixed letters."""
    return sum(_columns_of(char) for char in text)


def wrap(text: str, indent: str = "", *, hanging: str | None = None, columns: int = COLUMNS) -> str:
    """A text as lines of `columns` at most, blank lines between paragraphs; a longer word has a line of its own.

    Lines open with `indent`; from the second on with `hanging`, where that is given.
    """
    later = indent if hanging is None else hanging
    paragraphs = [part for part in _PARAGRAPHS.split(text) if part.strip(" \t\n")]
    return "\n\n".join(_wrapped(part, indent, later, columns) for part in paragraphs)


def _wrapped(paragraph: str, first: str, later: str, columns: int) -> str:
    lines: list[str] = []
    line, is_empty = first, True
    for word in re.split(r"[ \t\n]+", paragraph.strip(" \t\n")):
        if not is_empty and column_count(line) + 1 + column_count(word) > columns:
            lines.append(line)
            line, is_empty = later, True
        line += word if is_empty else f" {word}"
        is_empty = False
    return "\n".join((*lines, line))


def underline(text: str, mark: str = "-") -> str:
    """A heading with a line below it, as long as the longest line of the heading."""
    heading = wrap(text)
    return f"{heading}\n{mark * max(map(column_count, heading.splitlines()))}" if heading else ""


def tidied(text: str) -> str:
    """The finished part: no blanks at line ends, one blank line at most in a row, one line end at the end."""
    lines = "\n".join(line.rstrip(" \t") for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return _MANY_BLANKS.sub("\n\n", lines).strip("\n") + "\n"


def _columns_of(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
