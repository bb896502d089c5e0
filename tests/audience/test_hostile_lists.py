"""Lists that mean harm, or were saved by another program: refused by name, and the good rows beside them are stored."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.delivery.samples import new_database
from veillee.audience.imports import ImportReport, import_subscribers
from veillee.audience.rows import check_rows
from veillee.audience.subscribers import SubscriberStore
from veillee.database import open_database
from veillee.model import Subscriber
from veillee.sources.subscribers import COLUMNS, read_subscribers

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
GOOD = {"address": "good@example.org", "name": "Bo"}
FULL = {
    "address": "amina@example.org",
    "name": "Amina",
    "lang": "fr",
    "topics": "sql",
    "digests": "weekly",
    "streams": "buzz",
    "left": "questions",
    "frequency": "week",
    "timezone": "Europe/Paris",
    "state": "active",
    "subscribed_at": "2026-01-01",
    "consent_at": "2026-01-01",
    "consent_how": "form",
    "consent_text": "I agree",
}
HOSTILE = {
    "a line end": "\nBcc: x@example.com",
    "an encoded line end": "=?UTF-8?Q?=0A?=",
    "an encoded line end in base64": "=?utf-8?b?Cg==?=",
    "a carriage return": "\rBcc: x@example.com",
    "a line separator": "\u2028Bcc: x@example.com",
    "a paragraph separator": "\u2029x",
    "an override of direction": "\u202egro.elpmaxe",
    "next line": "\x85x",
    "vertical tab": "\x0bx",
    "escape": "\x1b[31m",
}

BREAKS = ("a line end", "a carriage return", "next line", "vertical tab", "a line separator", "a paragraph separator")


def taken_in(folder: Path, content: str | bytes, name: str = "people.csv") -> tuple[ImportReport, list[Subscriber]]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    read = read_subscribers(path, shown=name)
    with open_database(new_database(folder)) as database:
        report = ImportReport()
        rows = check_rows(read.rows, digest_ids=("questions", "weekly"))
        report = import_subscribers(database, rows, now=NOW)
        report.faults += read.faults
        return report, list(SubscriberStore(database).every())


def as_csv(*rows: dict[str, str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, FULL, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_every_column_is_tried_here() -> None:
    assert FULL.keys() == COLUMNS.keys()


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("column", [one for one in FULL if one != "consent_text"])
def test_no_column_takes(tmp_path: Path, column: str, what: str) -> None:
    hostile = {**FULL, column: FULL[column] + HOSTILE[what] + "z"}
    report, stored = taken_in(tmp_path, as_csv(hostile, GOOD))
    if column in ("topics", "left") and what in BREAKS:  # breaks between words become one space
        assert all(word.isprintable() for one in stored for word in (*one.topics, *one.left))
        return
    assert [one.address for one in stored] == ["good@example.org"]
    assert {fault.line for fault in report.faults} == {2}
    assert all(str(fault).isprintable() for fault in report.faults)


@pytest.mark.parametrize("what", [one for one in HOSTILE if one not in ("a line end", "a carriage return")])
def test_not_even_a_text_of_several_lines_takes(tmp_path: Path, what: str) -> None:
    report, stored = taken_in(tmp_path, as_csv({**FULL, "consent_text": f"I{HOSTILE[what]}"}, GOOD))
    assert ([one.address for one in stored], len(report.faults)) == (["good@example.org"], 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"address,name\na@example.org,A\x00\n", "a zero byte"),
        ("address,name\na@example.org,R\u00e9mi\n".encode("latin-1"), "not UTF-8"),
        ("address,name\na@example.org,R\u00e9mi\n".encode("utf-16"), "not UTF-8 (UTF-16)"),
        ("address,name\na@example.org,R\u00e9mi\n".encode("utf-16-le"), ""),
        (b"\x00" * 100, "a zero byte"),
        (b"\xff" * 100, "not UTF-8"),
    ],
)
def test_a_file_in_another_encoding_stores_nothing(tmp_path: Path, content: bytes, words: str) -> None:
    report, stored = taken_in(tmp_path, content)
    assert stored == []
    assert words in str(report.faults[0])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_mark_of_byte_order_and_any_line_end_are_read(tmp_path: Path, end: str) -> None:
    text = "\ufeff" + end.join(("address,name", "a@example.org,Ana", "b@example.org,Bo", ""))
    assert [one.name for one in taken_in(tmp_path, text)[1]] == ["Ana", "Bo"]


@pytest.mark.parametrize("cell", ["x" * 10_000_000, '"' + "x" * 10_000_000 + '"', '"' + "x\n" * 200 + '"'])
def test_a_cell_beyond_all_measure_costs_its_rows_alone(tmp_path: Path, cell: str) -> None:
    report, stored = taken_in(tmp_path, f"address,name\na@example.org,{cell}\nb@example.org,Bo\n")
    assert [one.address for one in stored] == ["b@example.org"]
    assert report.refused_count >= 1
    assert all(len(str(fault)) < 300 for fault in report.faults)
