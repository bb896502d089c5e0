"""Exports: subscribers -> the rows of a list that `import` takes in again, to the same effect.

What a spreadsheet would run as a formula gets a quote in front, which an import takes away (`veillee.model.formulas`).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator

from veillee.model import Subscriber
from veillee.model.formulas import guarded

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


_NOT_IN_YAML = re.compile("[^\\x20-\\x7e\\xa0-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]")
"""What YAML takes as an escape only (YAML 1.1, section 5.1), and the byte order mark."""


def csv_lines(everybody: Iterable[Subscriber]) -> Iterator[str]:
    """The list as CSV, line by line."""
    yield _csv_line(COLUMNS)
    for one in everybody:
        yield _csv_line([guarded(text_of(value)) for value in plain_row(one).values()])


def yaml_lines(everybody: Iterable[Subscriber]) -> Iterator[str]:
    """The list as YAML, one subscriber a line: JSON is YAML, and needs no quoting rules of its own."""
    is_empty = True
    for one in everybody:
        is_empty = False
        said = {name: value for name, value in plain_row(one).items() if value}
        yield f"- {_NOT_IN_YAML.sub(_escaped, json.dumps(said, ensure_ascii=False))}\n"
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


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
