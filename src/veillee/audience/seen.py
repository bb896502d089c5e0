"""The addresses that a list has named already, in 12 bytes each: a set of words would not fit into memory."""

from __future__ import annotations

from array import array

_FIRST_SIZE = 1 << 12
_WORD = (1 << 64) - 1


class SeenKeys:
    """Remembers of each key a mark of 64 bits and the line where it came first.

    The marks are Python's own hashes of text, which differ in each process, so that nobody can make two that meet.
    In a list of a million the chance that two different addresses meet is one in thirty million, and then the second
    one is refused by name, not lost. A table with open places, at most half full.
    """

    def __init__(self) -> None:
        self._count = 0
        self._make(_FIRST_SIZE)

    def _make(self, size: int) -> None:
        self._mask = size - 1
        self._marks = array("Q", bytes(8 * size))
        self._lines = array("I", bytes(array("I").itemsize * size))

    def first_line(self, key: str, line: int) -> int | None:
        """Where `key` came first; None, and from now on `line`, where it has not come yet."""
        mark = hash(key) & _WORD or 1
        place = mark & self._mask
        marks = self._marks
        while found := marks[place]:
            if found == mark:
                return self._lines[place] or None
            place = (place + 1) & self._mask
        marks[place] = mark
        self._lines[place] = line
        self._count += 1
        if self._count * 2 > self._mask:
            self._grow()
        return None

    def _grow(self) -> None:
        marks, lines = self._marks, self._lines
        self._make(len(marks) * 2)
        for mark, line in zip(marks, lines, strict=True):
            if mark:
                place = mark & self._mask
                while self._marks[place]:
                    place = (place + 1) & self._mask
                self._marks[place] = mark
                self._lines[place] = line
