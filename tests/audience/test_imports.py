"""Imports into a real database: every row accounted for, twice the same as once."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.dialects import postgresql

from veillee.audience import imports
from veillee.audience.imports import ImportReport, import_subscribers
from veillee.audience.rows import check_rows
from veillee.audience.subscribers import SubscriberStore
from veillee.database import Database, open_database
from veillee.database.tables import subscribers
from veillee.errors import Fault
from veillee.model import RawSubscriber, Subscriber, SubscriberState

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(f"sqlite:///{tmp_path / 'veillee.sqlite3'}") as database:
        yield database


def load(database: Database, *rows: RawSubscriber, now: datetime = NOW, **options: bool) -> ImportReport:
    return import_subscribers(database, check_rows(rows, digest_ids=("weekly",)), now=now, **options)


def row(address: str, line: int = 2, **fields: object) -> RawSubscriber:
    return RawSubscriber(path="people.csv", line=line, address=address, **fields)  # type: ignore[arg-type]


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return (
        report.new_count,
        report.changed_count,
        report.unchanged_count,
        report.kept_out_count,
        report.refused_count,
    )


def everybody(database: Database) -> list[Subscriber]:
    return list(SubscriberStore(database).every())


def test_what_was_imported_is_what_is_stored(database: Database) -> None:
    load(database, row("Amina@Example.org", name="Amina", lang="fr", topics=("sql", "css"), digests=("weekly",)))
    assert everybody(database) == [
        Subscriber(
            id=1,
            address="Amina@example.org",
            address_key="amina@example.org",
            name="Amina",
            lang="fr",
            digests=("weekly",),
            topics=("css", "sql"),
            state=SubscriberState.ACTIVE,
            subscribed_at=NOW,
        )
    ]


def test_importing_twice_changes_nothing(database: Database) -> None:
    rows = [row("a@example.org", name="Ana", topics=("sql",)), row("b@example.org", 3)]
    assert counts(load(database, *rows)) == (2, 0, 0, 0, 0)
    before = everybody(database)
    assert counts(load(database, *rows, now=NOW + timedelta(days=1))) == (0, 0, 2, 0, 0)
    assert everybody(database) == before


@pytest.mark.parametrize(
    "again",
    ["AMINA@BÜCHER.example", "amina@xn--bcher-kva.example", unicodedata.normalize("NFD", "Amina@bücher.example")],
)
def test_another_spelling_is_the_same_subscriber(database: Database, again: str) -> None:
    load(database, row("amina@bücher.example"))
    assert counts(load(database, row(again, name="Amina"))) == (0, 1, 0, 0, 0)
    (one,) = everybody(database)
    assert (one.address, one.name) == ("amina@bücher.example", "Amina")


def test_what_a_list_does_not_speak_of_stays(database: Database) -> None:
    load(database, row("a@example.org", name="Ana", lang="fr", topics=("sql",)))
    load(database, row("a@example.org", name="Ana B."))
    (one,) = everybody(database)
    assert (one.name, one.lang, one.topics) == ("Ana B.", "fr", ("sql",))


def test_an_empty_cell_takes_choices_back(database: Database) -> None:
    load(database, row("a@example.org", topics=("sql",)))
    load(database, row("a@example.org", topics=()))
    assert everybody(database)[0].topics == ()


@pytest.mark.parametrize("state", ["unsubscribed", "bounced", "complained"])
def test_who_left_stays_out_and_is_named(database: Database, state: str) -> None:
    load(database, row("a@example.org", name="Ana"))
    SubscriberStore(database).set_state("a@example.org", SubscriberState(state), now=NOW)
    before = everybody(database)
    report = load(database, row("A@example.org", 7, name="Anabel"))
    assert counts(report) == (0, 0, 0, 1, 0)
    assert (report.kept_out[0].line, report.kept_out[0].state) == (7, state)
    assert everybody(database) == before


def test_good_rows_are_stored_beside_refused_ones(database: Database) -> None:
    report = load(database, row("a@example.org"), row("nobody", 3), row("c@example.org", 4))
    assert counts(report) == (2, 0, 0, 0, 1)
    assert [one.address for one in everybody(database)] == ["a@example.org", "c@example.org"]


def test_all_or_nothing_stores_nothing_beside_a_fault(database: Database) -> None:
    report = load(database, row("a@example.org"), row("nobody", 3), all_or_nothing=True)
    assert not report.is_applied
    assert len(report.faults) == 1
    assert everybody(database) == []


def test_faults_of_the_file_are_passed_on(database: Database) -> None:
    fault = Fault("people.csv", 3, "a quote", "", "close it")
    report = import_subscribers(database, check_rows([fault], digest_ids=()), now=NOW)
    assert report.faults == [fault]


def test_a_list_of_twenty_thousand_is_a_matter_of_seconds(database: Database) -> None:
    rows = [row(f"member{n}@example.org", n + 2, name=f"Member {n}", topics=("sql",)) for n in range(20_000)]
    begun = time.process_time()
    assert load(database, *rows).new_count == 20_000
    assert time.process_time() - begun < 10
    assert sum(1 for _ in SubscriberStore(database).every(digest="weekly", lang="")) == 20_000


def test_lists_are_told_apart_by_language_digest_and_state(database: Database) -> None:
    load(
        database,
        row("all@example.org", lang="fr"),
        row("mine@example.org", 3, lang="en", digests=("weekly",)),
        row("gone@example.org", 4, lang="fr"),
    )
    load(database, row("all@example.org", lang="fr"))
    store = SubscriberStore(database)
    store.set_state("gone@example.org", SubscriberState.UNSUBSCRIBED, now=NOW)
    active = [SubscriberState.ACTIVE]
    assert [one.address for one in store.every(lang="fr", states=active)] == ["all@example.org"]
    assert [one.address for one in store.every(digest="weekly", states=active)] == [
        "all@example.org",
        "mine@example.org",
    ]
    assert [one.address for one in store.every(digest="questions", states=active)] == ["all@example.org"]


ADDRESSES = st.sampled_from(["a@example.org", "A@example.org", "b@example.org", "c@bücher.example", "nobody"])
ROWS = st.builds(
    row,
    ADDRESSES,
    line=st.integers(2, 9),
    name=st.sampled_from([None, "", "Ana"]),
    topics=st.sampled_from([None, (), ("sql",), ("sql", "css")]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, max_size=8))
def test_any_list_is_accounted_for_and_a_second_time_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, rows: list[RawSubscriber]
) -> None:
    numbered = [replace(one, line=number) for number, one in enumerate(rows, start=2)]
    url = f"sqlite:///{tmp_path_factory.mktemp('import') / 'db.sqlite3'}"
    with open_database(url) as database:
        assert sum(counts(load(database, *numbered))) == len(rows)
        before = everybody(database)
        again = load(database, *numbered)
        assert sum(counts(again)) == len(rows)
        assert (again.new_count, again.changed_count) == (0, 0)
        assert everybody(database) == before


@pytest.mark.parametrize("before", [one for one in SubscriberState if one is not SubscriberState.ERASED])
@pytest.mark.parametrize("said", [None, *(one for one in SubscriberState if one is not SubscriberState.ERASED)])
def test_no_list_wakes_anybody_and_none_passes_in_silence(
    database: Database, before: SubscriberState, said: SubscriberState | None
) -> None:
    load(database, row("a@example.org", name="Ana", state=before))
    report = load(database, row("a@example.org", state=said))
    (one,) = everybody(database)
    loudness = ["active", "pending", "paused"]
    assert one.state in (before, said)
    if one.state in loudness:
        assert before in loudness
        assert loudness.index(one.state) >= loudness.index(before)
    if said not in (None, one.state):
        assert (report.kept_out_count, report.kept_out[0].state) == (1, before)
    assert sum(counts(report)) == 1
    assert counts(load(database, row("a@example.org", state=said)))[:2] == (0, 0)


def test_a_report_names_the_first_and_counts_all(database: Database) -> None:
    report = load(database, *(row("nobody", number) for number in range(imports.MAX_NAMED + 7)))
    assert (report.refused_count, len(report.faults)) == (imports.MAX_NAMED + 7, imports.MAX_NAMED)


def test_rows_for_postgresql_go_by_name() -> None:
    compiled = insert(subscribers).compile(dialect=postgresql.dialect(), column_keys=list(imports._STORED))
    assert not compiled.positional
    assert all(f"%({name})s" in compiled.string for name in imports._STORED)
