"""The CSV door: text -> rows with their lines, whatever program wrote it, or faults.

A row that cannot be read costs that row alone: reading goes on with the next line of the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from veillee.errors import Fault

MAX_LINES_OF_A_ROW = 100
_SEPARATORS = ",;\t|"


@dataclass(frozen=True, slots=True)
class CsvRow:
    """The cells of a row; `line` is where it begins."""

    line: int
    cells: tuple[str, ...]


def read_csv_rows(text: str, *, shown: str) -> Iterator[CsvRow | Fault]:
    """Every row that is not empty, the first one included. The separator is the commonest one in the first line."""
    lines = _Lines(text.split("\n"))
    delimiter = lines.take_separator()
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while not lines.is_at_end:
        lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as err:
            yield _fault(err, lines, shown=shown)
            lines.skip_one_line()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        if any(cell.strip() for cell in cells):
            yield CsvRow(lines.row_line, tuple(cells))


class _Lines:
    """The lines of a file, which can go back to where the row in progress began."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._next = 0
        self._row = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.is_at_end or self._next - self._row >= MAX_LINES_OF_A_ROW:
            raise StopIteration
        self._next += 1
        return self._lines[self._next - 1] + "\n"

    @property
    def is_at_end(self) -> bool:
        return self._next >= len(self._lines)

    @property
    def row_line(self) -> int:
        return self._row + 1

    def begin_row(self) -> None:
        self._row = self._next

    def skip_one_line(self) -> None:
        self._next = self._row + 1

    def take_separator(self) -> str:
        """The separator; a line `sep=;` that spreadsheets write in front is taken away."""
        first = self._lines[0].strip()
        if first.lower().startswith("sep=") and len(first) == len("sep=;"):
            self._next = 1
            return first[-1]
        header = next((line for line in self._lines if line.strip()), "")
        return max(_SEPARATORS, key=header.count)


def _fault(err: csv.Error, lines: _Lines, *, shown: str) -> Fault:
    words = str(err)
    if "unexpected end" in words:
        found, todo = "a quote is opened here and not closed", "close it at the end of the cell, or remove it"
    elif "expected after" in words:
        found, todo = "a cell goes on after its closing quote", 'write a quote inside of quotes twice: ""'
    elif "field larger" in words:
        found, todo = "a cell is larger than 128 KB", "is a quote missing, or is it the right file?"
    else:
        found, todo = f"the row cannot be read ({words})", "write it anew"
    return Fault(shown, lines.row_line, found, "", todo)
