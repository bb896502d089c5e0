"""The CSV door: text -> rows with their lines, whatever program wrote it, or faults.

A row that cannot be read costs that row alone: reading goes on with the next line of the file.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from veillee.errors import Fault

MAX_LINES_OF_A_ROW = 100
_SEPARATORS = ",;\t|"


@dataclass(frozen=True, slots=True)
class CsvRow:
    """The cells of a row; `line` is where it begins."""

    line: int
    cells: tuple[str, ...]


def read_csv_rows(lines: Iterable[str], *, shown: str) -> Iterator[CsvRow | Fault]:
    """Every row that is not empty, the first one included. The separator is the commonest one in the first line."""
    source = _Lines(iter(lines))
    delimiter = source.take_separator()
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while not source.is_at_end:
        source.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as err:
            yield _fault(err, source, shown=shown)
            source.skip_one_line()
            reader = csv.reader(source, delimiter=delimiter, strict=True)
            continue
        if any(map(str.strip, cells)):
            yield CsvRow(source.row_line, tuple(cells))


class _Lines:
    """The lines of a file, one after the other, which can go back to where the row in progress began."""

    def __init__(self, source: Iterator[str]) -> None:
        self._source = source
        self._ahead: deque[str] = deque()  # read already, and to be read again
        self._row: list[str] = []
        self.row_line = 1
        self._next_line = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._row) >= MAX_LINES_OF_A_ROW:
            raise StopIteration
        line = self._ahead.popleft() if self._ahead else next(self._source)
        self._row.append(line)
        self._next_line += 1
        return line if line.endswith("\n") else line + "\n"

    @property
    def is_at_end(self) -> bool:
        if not self._ahead:
            self._ahead.extend(islice(self._source, 1))
        return not self._ahead

    def begin_row(self) -> None:
        self._row = []
        self.row_line = self._next_line

    def skip_one_line(self) -> None:
        self._ahead.extendleft(reversed(self._row[1:]))
        self._next_line = self.row_line + 1

    def take_separator(self) -> str:
        """The separator; a line `sep=;` that spreadsheets write in front is taken away."""
        while not self._ahead or not self._ahead[-1].strip():
            more = list(islice(self._source, 1))
            if not more:
                break
            self._ahead.extend(more)
        first = self._ahead[0].strip() if self._ahead else ""
        if first.lower().startswith("sep=") and len(first) == len("sep=;"):
            self._ahead.popleft()
            self._next_line += 1
            return first[-1]
        header = self._ahead[-1] if self._ahead else ""
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
