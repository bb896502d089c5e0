"""Formulas: a cell of a list <-> the same with quotes, so that no spreadsheet runs what a member typed. Pure.

A spreadsheet takes a cell that begins with = + - @ for a formula (OWASP, CSV injection, read 2026-11). It may split
a line elsewhere than we do: where it expects semicolons, what follows one inside of a cell begins a cell of its own.
So a quote goes before each such sign that stands at the beginning, or after a separator. One that stands there already
gets a second one, so that taking one away is exact.
"""

from __future__ import annotations

import re

_SIGNS = "=+\\-@\\t\\r\uff1d\uff0b\uff0d\uff20"  # also in full width: some spreadsheets take them for the same
_MAY_HOLD = re.compile(f"[{_SIGNS}]")
_BEGINS = r"(?:\A|(?<=[;,|\t\n]))( *)"
_TO_GUARD = re.compile(rf"{_BEGINS}(?='*[{_SIGNS}])")
_GUARDED = re.compile(rf"{_BEGINS}'(?='*[{_SIGNS}])")


def guarded(cell: str) -> str:
    """The cell as an export writes it."""
    return _TO_GUARD.sub(r"\1'", cell) if _MAY_HOLD.search(cell) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before `guarded`; one that holds no such quote stays as it is."""
    return _GUARDED.sub(r"\1", cell) if "'" in cell else cell
