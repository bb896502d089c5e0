"""Files -> text: UTF-8 and nothing else, of a size that a person can have written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from veillee.errors import Fault

MAX_MARKDOWN_BYTES = 2_000_000
MAX_RECORDS_BYTES = 8_000_000
MAX_LINE_BYTES = 16_000_000

_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff")


def read_text(
    path: Path, *, shown: str, max_bytes: int = MAX_MARKDOWN_BYTES, allowed: str = "a title and a text"
) -> str | Fault:
    """The text of a file with `\\n` line ends and no byte order mark, or why it cannot be read.

    `allowed` says what stands in such a file, to whoever left it empty.
    """
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 each build asks this of many files
            size = os.fstat(file.fileno()).st_size
            if size > max_bytes:
                return _too_long(shown, size, max_bytes)
            raw = file.readall()
    except OSError as error:
        return Fault(shown, 0, f"the file cannot be read: {error.strerror or error}", "", "look at its name and rights")
    return text_of(raw, shown=shown, allowed=allowed)


def read_lines(path: Path, *, shown: str, max_bytes: int, allowed: str) -> Iterator[str] | Fault:
    """The lines of a file of any length, with their line ends as `\n`, or why it cannot be read.

    The file is looked through once before the first line is given: a fault in its middle costs the whole.
    """
    try:
        size = path.stat().st_size
        if size > max_bytes:
            return _too_long(shown, size, max_bytes)
        fault = _fault_in_lines(path, shown=shown, allowed=allowed)
    except OSError as error:
        return Fault(shown, 0, f"the file cannot be read: {error.strerror or error}", "", "look at its name and rights")
    return fault or _lines(path)


def _lines(path: Path) -> Iterator[str]:
    # Should somebody write over the file meanwhile, what is no text is refused with its row, as a half of a pair.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline=None) as lines:
        yield from lines


def _fault_in_lines(path: Path, *, shown: str, allowed: str) -> Fault | None:
    is_empty = True
    before = 0
    with path.open("rb") as file:
        if file.read(2) in _OTHER_BOMS:
            return _not_utf8(shown, 1, "UTF-16")
        file.seek(0)
        for number, raw in enumerate(iter(lambda: file.readline(MAX_LINE_BYTES + 1), b"")):
            if len(raw) > MAX_LINE_BYTES:
                return _too_long_a_line(shown, before + number + 1)
            if is_empty or not raw.isascii() or b"\0" in raw:
                found = text_of(raw, shown=shown, allowed=allowed) if raw.strip() else ""
                if isinstance(found, Fault) and found.found != "the file is empty":
                    return replace(found, line=before + number + found.line)
                is_empty = is_empty and not isinstance(found, Fault) and not found.strip()
            if b"\r" in raw:
                before += raw.removesuffix(b"\r\n").count(b"\r")
    return text_of(b"", shown=shown, allowed=allowed) if is_empty else None  # type: ignore[return-value]


def text_of(
    raw: bytes, *, shown: str, allowed: str = "a title and a text", max_bytes: int | None = None
) -> str | Fault:
    """The same for bytes that are here already."""
    if max_bytes is not None and len(raw) > max_bytes:
        return _too_long(shown, len(raw), max_bytes)
    if raw.startswith(_OTHER_BOMS):
        return _not_utf8(shown, 1, "UTF-16")
    try:
        text = raw.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return _not_utf8(shown, line, f'byte 0x{raw[error.start]:02X}, "{_as_latin(raw[error.start])}" in Latin-1')
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return Fault(
            shown, line, "a zero byte stands here: this is no text", "a text file", "remove or replace the file"
        )
    if not text.strip():
        return Fault(shown, 1, "the file is empty", allowed, "write something, or delete the file")
    return text


def _too_long(shown: str, size: int, max_bytes: int) -> Fault:
    found = f"the file holds {size / 1_000_000:.1f} MB"
    return Fault(shown, 0, found, f"at most {max_bytes // 1_000_000} MB of text", "split it, and keep images in files")


def _too_long_a_line(shown: str, line: int) -> Fault:
    found = f"a line is longer than {MAX_LINE_BYTES // 1_000_000} MB"
    return Fault(shown, line, found, "one row a line", "is it the right file?")


def _not_utf8(shown: str, line: int, found: str) -> Fault:
    as_csv = ', from a spreadsheet as "CSV UTF-8"' if shown.lower().endswith(".csv") else ""
    todo = f"save the file again with the encoding UTF-8{as_csv}"
    return Fault(shown, line, f"the text is not UTF-8 ({found})", "UTF-8", todo)


def _as_latin(byte: int) -> str:
    char = bytes([byte]).decode("cp1252", "replace")
    return char if char.isprintable() else "?"
