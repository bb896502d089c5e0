"""Exports: everything that is known, nothing that a spreadsheet runs, and back again exactly."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.delivery.samples import new_database
from veillee.audience.exports import csv_lines, yaml_lines
from veillee.audience.imports import import_subscribers
from veillee.audience.rows import check_rows
from veillee.audience.subscribers import SubscriberStore
from veillee.database import open_database
from veillee.model import Consent, Subscriber, SubscriberState
from veillee.model.address import forbidden_character
from veillee.sources.subscribers import read_subscribers

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
AMINA = Subscriber(
    id=1,
    address="amina@example.org",
    address_key="amina@example.org",
    name="Amina",
    lang="fr",
    digests=("weekly",),
    topics=("css", "sql"),
    streams=("buzz",),
    state=SubscriberState.ACTIVE,
    subscribed_at=datetime(2019, 2, 3, 4, 5, 6, 789, tzinfo=UTC),
    left=("questions",),
    frequency="week",
    timezone="Europe/Paris",
    consent=Consent(NOW, "form", "I agree:\n- to the weekly one\n=1+1"),
)


def taken_in(path: Path, folder: Path) -> list[Subscriber]:
    """What an import into an empty database makes of a list."""
    read = read_subscribers(path, shown=path.name)
    assert (read.faults, read.notes) == ((), ())
    with open_database(new_database(folder)) as database:
        report = import_subscribers(database, check_rows(read.rows, digest_ids=()), now=NOW)
        assert report.faults == []
        return list(SubscriberStore(database).every())


@pytest.mark.parametrize("state", [one for one in SubscriberState if one.value != "erased"])
@pytest.mark.parametrize("name", ["people.csv", "people.yaml"])
def test_what_was_exported_is_taken_in_again_to_the_same_effect(
    tmp_path: Path, name: str, state: SubscriberState
) -> None:
    one = replace(AMINA, state=state)
    lines = csv_lines([one]) if name.endswith("csv") else yaml_lines([one])
    (tmp_path / name).write_text("".join(lines), encoding="utf-8")
    assert taken_in(tmp_path / name, tmp_path) == [one]


names = st.text(max_size=30).map(str.strip).filter(lambda text: not forbidden_character(text))
hostile = st.sampled_from(
    [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(A1)",
        "'=1",
        "''",
        '"a";b',
        'a,"b"',
        "=1;2|3",
        "x;=1",
        "a\ufeffb",
        "a\uffffb",
        "\U0001f98a",
        "a\u200db",
        "a\xa0\xad",
    ]
)


@settings(max_examples=40, deadline=None)
@given(name=names | hostile)
def test_any_name_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("export")
    one = replace(AMINA, name=name)
    (folder / "people.csv").write_text("".join(csv_lines([one])), encoding="utf-8", newline="")
    (folder / "people.yaml").write_text("".join(yaml_lines([one])), encoding="utf-8", newline="")
    for path in (folder / "people.csv", folder / "people.yaml"):
        (back,) = [found.name for found in taken_in(path, folder)]
        assert back == name


@given(name=names | hostile, topics=st.lists(st.sampled_from(["=a", "-b", "@c", "sql"]), unique=True))
def test_no_cell_is_a_formula(name: str, topics: list[str]) -> None:
    (_, line) = csv_lines([replace(AMINA, name=name, topics=tuple(sorted(topics)))])
    cells = next(csv.reader(io.StringIO(line)))
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_yaml_is_yaml_and_an_empty_list_too() -> None:
    assert yaml.safe_load("".join(yaml_lines([]))) == []
    (row,) = yaml.safe_load("".join(yaml_lines([AMINA])))
    assert row["topics"] == ["css", "sql"]
