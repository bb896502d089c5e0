"""Erasing: nothing of a person stays but a hash, and no list brings them back."""

from __future__ import annotations

import random
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from tests.delivery.runs import run_named
from tests.delivery.samples import freeze, new_database
from veillee.audience.erasing import Erasure, erase_subscriber
from veillee.audience.imports import ImportReport, import_subscribers
from veillee.audience.returning import take_back
from veillee.audience.rows import NewSubscriber
from veillee.audience.subscribers import SubscriberStore
from veillee.audience.suppression import Suppression, hash_of
from veillee.database import Database, open_database
from veillee.database.tables import bounces, choices, deliveries, subscribers, suppressions
from veillee.delivery.envelope import Outcome, Reply
from veillee.delivery.sending.rates import Rates
from veillee.errors import ConfigurationError
from veillee.keys import Keys
from veillee.model import Consent, DeliveryState, SubscriberState
from veillee.model.address import parse_address

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
KEYS = Keys(b"the key of this year")
LATER_KEYS = Keys(b"the key of next year", (b"the key of this year",))
ADDRESS = "amina.very.recognisable@example.org"
PERSONAL = (
    b"amina.very",
    b"Amina Recognisable",
    b"words of Amina",
    b"topic-of-amina",
    b"Europe/Vaduz",
    b"form-no-4711",
)


@pytest.fixture
def database(tmp_path: Path):
    with open_database(new_database(tmp_path)) as database:
        yield database


def erase(database: Database) -> Erasure:
    return erase_subscriber(database, parse_address(ADDRESS), keys=KEYS, now=NOW)


def load(database: Database, address: str = ADDRESS, keys: Keys = KEYS) -> ImportReport:
    row = NewSubscriber(
        "people.csv",
        2,
        parse_address(address),
        name="Amina Recognisable",
        topics=("topic-of-amina",),
        timezone="Europe/Vaduz",
        consent=Consent(NOW, "form-no-4711", "words of Amina"),
    )
    return import_subscribers(database, [row], now=NOW, keys=lambda: keys)


def mail(database: Database) -> None:
    """Two deliveries: one refused with words that quote the address, one planned; and a bounce."""
    ledger, edition = freeze(database)
    run = run_named("r")
    (one,) = ledger.advance(edition, [], run=run, rates=Rates(None, {}, now_s=0), now=NOW, limit=1).deliveries
    refused = Outcome(Reply.TEMPORARY, f"450 <{ADDRESS}>: later")
    ledger.advance(edition, [(one, refused)], run=run, rates=Rates(None, {}, now_s=0), now=NOW, limit=0)
    with database.writing() as connection:
        values = {"delivery_id": one.id, "subscriber_id": 1, "kind": "soft", "words": ADDRESS, "received_at": NOW}
        connection.execute(insert(bounces).values(values))


def test_nothing_of_the_person_is_left_in_any_file(database: Database, tmp_path: Path) -> None:
    load(database)
    mail(database)
    assert any(trace in _bytes_of(tmp_path) for trace in PERSONAL)
    assert erase(database) == Erasure(was_there=True, delivery_count=1)
    content = _bytes_of(tmp_path)
    assert [trace for trace in PERSONAL if trace in content] == []


def _bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("veillee.sqlite3*")))


def test_the_sums_of_past_editions_still_balance_and_nothing_is_sent(database: Database) -> None:
    load(database)
    mail(database)
    erase(database)
    ledger, edition = freeze(database)
    tally = ledger.tally(edition)
    assert (tally.planned, tally.skipped, tally.put_off, tally.is_sent) == (1, 1, 0, True)
    with database.reading() as connection:
        (row,) = connection.execute(select(deliveries)).all()
        assert (row.address, row.name, row.domain, row.words) == ("", "", "", "erased")
        assert row.address_key == f"erased:{row.id}"
        assert connection.execute(select(bounces.c.words)).scalar_one() == ""
        assert connection.execute(select(choices)).all() == []


def test_a_tombstone_keeps_the_number(database: Database) -> None:
    load(database)
    erase(database)
    with database.reading() as connection:
        (row,) = connection.execute(select(subscribers)).all()
    assert (row.id, row.address, row.address_key, row.state) == (1, "", "erased:1", SubscriberState.ERASED.value)


@pytest.mark.parametrize("spelling", [ADDRESS, ADDRESS.upper()])
@pytest.mark.parametrize("keys", [KEYS, LATER_KEYS])
def test_no_later_list_brings_them_back_in_any_spelling_under_any_key(
    database: Database, spelling: str, keys: Keys
) -> None:
    load(database)
    erase(database)
    report = load(database, spelling, keys)
    assert (report.new_count, [one.state for one in report.kept_out]) == (0, [SubscriberState.ERASED])
    assert load(database, "somebody.else@example.org", keys).new_count == 1


def test_without_the_key_that_was_used_nothing_is_imported(database: Database) -> None:
    load(database)
    erase(database)
    with pytest.raises(ConfigurationError, match="VEILLEE_SECRET_PAST"):
        load(database, "new@example.org", Keys(b"a key out of nowhere"))
    assert SubscriberStore(database).find("new@example.org") is None


def test_who_asks_to_come_back_may(database: Database) -> None:
    load(database)
    erase(database)
    with database.writing() as connection:
        assert take_back(connection, ADDRESS, keys=lambda: LATER_KEYS, now=NOW)
    assert load(database, keys=LATER_KEYS).new_count == 1
    with database.reading() as connection:
        assert connection.execute(select(suppressions)).all() == []


def test_the_hash_says_nothing_without_the_key(database: Database) -> None:
    load(database)
    erase(database)
    with database.reading() as connection:
        (row,) = connection.execute(select(suppressions)).all()
        assert row.address_hash == hash_of(ADDRESS, KEYS.current) != hash_of(ADDRESS, b"another key")
        assert Suppression(connection, lambda: KEYS).among([ADDRESS, "other@example.org"]) == {ADDRESS}


def test_who_is_not_there_cannot_be_erased(database: Database) -> None:
    assert not erase(database).is_done


def test_what_is_on_its_way_keeps_its_outcome(database: Database) -> None:
    load(database)
    ledger, edition = freeze(database)
    run = run_named("r")
    (one,) = ledger.advance(edition, [], run=run, rates=Rates(None, {}, now_s=0), now=NOW, limit=1).deliveries
    erase(database)
    taken = Outcome(Reply.ACCEPTED, f"250 OK, <{ADDRESS}> has it")
    ledger.advance(edition, [(one, taken)], run=run, rates=Rates(None, {}, now_s=0), now=NOW, limit=0)
    (row,) = ledger.rows(edition, tuple(DeliveryState))
    assert (row.state, row.words) == (DeliveryState.ACCEPTED, "")


def test_erasing_twice_says_so_and_changes_nothing(database: Database) -> None:
    load(database)
    erase(database)
    assert erase(database) == Erasure(was_erased=True)
    with database.reading() as connection:
        assert len(connection.execute(select(suppressions)).all()) == 1


def test_old_copies_in_unused_parts_of_the_file_go_too(database: Database, tmp_path: Path) -> None:
    """Pages that are split keep copies of rows that nothing looks at."""
    names = [f"who{number:04d}x@example.org" for number in range(3000)]
    chance = random.Random(7)
    for _ in range(8):
        rows = [
            NewSubscriber("people.csv", 2, parse_address(name), name="N" * chance.randrange(90))
            for name in chance.sample(names, 900)
        ]
        import_subscribers(database, rows, now=NOW)
    database.wipe(["nothing that is there"])
    content = _bytes_of(tmp_path)
    stale = next(name for name in names if content.count(name.encode()) > 3)
    assert erase_subscriber(database, parse_address(stale), keys=KEYS, now=NOW).is_wiped
    assert stale.encode() not in _bytes_of(tmp_path)


def test_a_reader_who_keeps_old_bytes_alive_is_reported(database: Database, tmp_path: Path) -> None:
    load(database)
    with sqlite3.connect(tmp_path / "veillee.sqlite3") as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM subscribers").fetchone()
        with database.erasing() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=50")
        assert not erase(database).is_wiped
    other.close()
    assert erase(database) == Erasure(was_erased=True)
    assert ADDRESS.encode() not in _bytes_of(tmp_path)


def test_a_neighbour_with_a_longer_address_stays(database: Database) -> None:
    load(database)
    load(database, f"x{ADDRESS}")
    assert erase(database).is_wiped
    assert SubscriberStore(database).find(f"x{ADDRESS}") is not None
