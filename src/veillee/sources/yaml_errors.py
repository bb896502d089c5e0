"""What libyaml's complaints mean for somebody who does not know YAML: error and text -> fault."""

from __future__ import annotations

from typing import Any, NamedTuple

import yaml

from veillee.errors import Fault
from veillee.shown import shortened


class _Advice(NamedTuple):
    found: str
    allowed: str
    todo: str


_QUOTES = 'put the whole text between double quotes: "…"'
_TAB = _Advice("a tab stands here", "YAML is indented with spaces", "replace the tab by spaces")
_AFTER_QUOTE = _Advice(
    "the text goes on after its closing quote or bracket",
    "one pair of quotes round a text",
    "put the whole text between double quotes, and single ones inside",
)
_OPEN_QUOTE = _Advice(
    "a quote is opened here and never closed", "quotes come in pairs", "close it at the end of the text"
)
_COLON = _Advice("a text has a colon and a space in it", "such a text stands in quotes", _QUOTES)
_INDENTATION = _Advice(
    "this line is not indented like the lines before it",
    "keys of one level begin in one column",
    "line it up with them",
)
_NO_COLON = _Advice(
    "a line without a key", "every line is `key: value`", "write the key, a colon and a space before it"
)
_LIST_IN_LINE = _Advice(
    "a list begins in the line of its key", "each item on its own line, after a dash", _QUOTES + ", or begin a new line"
)
_OPEN_BRACKET = _Advice(
    "a bracket is opened here and never closed", "[a, b] or {a: b}", "close it, or put the text in quotes"
)
_AFTER_BAR = _Advice(
    "a text stands behind | or >", "the text begins on the next line, indented", "move it to the next line"
)
_ESCAPE = _Advice("a backslash stands in double quotes", "single quotes take it as it is", "write '…' instead of \"…\"")
MAX_DEPTH = 40
_TOO_DEEP = _Advice(
    "lists and mappings are nested too deeply", f"at most {MAX_DEPTH} levels", "take some brackets or dashes out"
)
_LOST_MARK = _Advice("a comma or closing bracket stands where a value begins", "", _QUOTES)


def explained(error: Exception, text: str, *, shown: str, first_line: int) -> Fault:
    """The fault for an error that libyaml found in `text`."""
    if isinstance(error, yaml.reader.ReaderError):
        return _unreadable_character(error, text, shown, first_line)
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return Fault(shown, first_line, "this is not YAML", "", "look for quotes and brackets without a partner")
    place = _opening(error) or mark
    lines = text.split("\n")
    advice = _advice(error, lines, mark.line, mark.column) or _Advice(
        f"this is not YAML: {error.problem}", "", "put the text in quotes, or mend the indentation"
    )
    return Fault(shown, place.line + first_line, *advice)


def _opening(error: yaml.MarkedYAMLError) -> Any:
    """Where something was opened, if that helps more than where it should have been closed; else None."""
    problem = str(error.problem)
    is_unclosed = "end of stream" in problem or "expected ',' or" in problem or "expected ':'" in problem
    return error.context_mark if is_unclosed else None


def _advice(error: yaml.MarkedYAMLError, lines: list[str], line: int, column: int) -> _Advice | None:
    here = lines[line] if line < len(lines) else ""
    problem = str(error.problem)
    if here[column : column + 1] == "\t" or "tab character" in problem:
        return _TAB
    if "mapping values are not allowed" in problem:
        return _COLON if ": " in here[:column] or _has_a_list_key(here[:column]) else _INDENTATION
    if "cannot start any token" in problem or "expected alphabetic or numeric" in problem or "directive" in problem:
        start = column if "cannot start" in problem else _context_column(error, column)
        char = shortened(here[start : start + 1])
        return _Advice(f'a text begins with "{char}"', "YAML keeps this sign for itself", _QUOTES)
    if "expected key" in problem or "expected '-' indicator" in problem or "<document start>" in problem:
        return _AFTER_QUOTE if here[:column].rstrip()[-1:] in tuple("'\"]}") else _INDENTATION
    return next((advice for words, advice in _BY_PROBLEM if words in problem), None)


_BY_PROBLEM = (
    ("nesting depth", _TOO_DEEP),
    ("end of stream", _OPEN_QUOTE),
    ("block sequence entries are not allowed", _LIST_IN_LINE),
    ("expected ',' or", _OPEN_BRACKET),
    ("comment or line break", _AFTER_BAR),
    ("escape character", _ESCAPE),
    ("expected ':'", _NO_COLON),
    ("expected node content", _LOST_MARK),
)


def _has_a_list_key(before: str) -> bool:
    return before.lstrip().startswith("- ") and ":" in before


def _context_column(error: yaml.MarkedYAMLError, column: int) -> int:
    return int(error.context_mark.column) if error.context_mark is not None else column


def _unreadable_character(error: yaml.reader.ReaderError, text: str, shown: str, first_line: int) -> Fault:
    before = text.encode("utf-8", "replace")[: error.position]
    line = before.count(b"\n") + first_line
    found = f"an invisible control character (U+{int(error.character):04X}) stands here"
    return Fault(shown, line, found, "text without control characters", "delete the line and type it again")
