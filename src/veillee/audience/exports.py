"""Exports: subscribers -> the rows of a list that `import` takes in again, to the same effect.

Safe against spreadsheets: a cell that they would run as a formula begins with a quote, which an import takes away
(OWASP, CSV injection, read 2026-11).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from veillee.model import Subscriber

COLUMNS = (
    "address",
    "name",
    "lang",
    "topics",
    "digests",
    "streams",
    "left",
    "frequency",
    "timezone",
    "state",
    "consent_at",
    "consent_how",
    "consent_text",
    "subscribed_at",
)
"""What a row says; the last one is for people, and an import leaves it alone."""

FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "'")


def csv_lines(everybody: Iterable[Subscriber]) -> Iterator[str]:
    """The list as CSV, line by line."""
    yield _csv_line(COLUMNS)
    for one in everybody:
        yield _csv_line([safe_cell(text_of(value)) for value in plain_row(one).values()])


def yaml_lines(everybody: Iterable[Subscriber]) -> Iterator[str]:
    """The list as YAML, one subscriber a line: JSON is YAML, and needs no quoting rules of its own."""
    is_empty = True
    for one in everybody:
        is_empty = False
        said = {name: value for name, value in plain_row(one).items() if value and name != COLUMNS[-1]}
        yield f"- {json.dumps(said, ensure_ascii=False)}\n"
    if is_empty:
        yield "[]\n"


def plain_row(one: Subscriber) -> dict[str, str | list[str]]:
    """What is known of a subscriber, by column."""
    return {
        "address": one.address,
        "name": one.name,
        "lang": one.lang,
        "topics": list(one.topics),
        "digests": list(one.digests),
        "streams": list(one.streams),
        "left": list(one.left),
        "frequency": one.frequency,
        "timezone": one.timezone,
        "state": one.state.value,
        "consent_at": one.consent.at.isoformat() if one.consent.at else "",
        "consent_how": one.consent.how,
        "consent_text": one.consent.text,
        "subscribed_at": one.subscribed_at.isoformat() if one.subscribed_at else "",
    }


def text_of(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "|".join(value)


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet runs."""
    return f"'{text}" if text.startswith(FORMULA_BEGINNINGS) else text


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
