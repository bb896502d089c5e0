"""Sending: once each, accounted for, stopped and gone on with, at the pace that is allowed."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.delivery.runs import send
from tests.delivery.samples import NOW, freeze, new_database, parsed, subscribe, texts
from veillee.audience.subscribers import SubscriberStore
from veillee.database import Database, open_database
from veillee.database.tables import subscribers
from veillee.delivery.envelope import Handover, Outcome, Parcel, Reply
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.records import Delivery, FrozenEdition, Tally
from veillee.delivery.sending.dispatch import BROKEN_LINES
from veillee.delivery.sending.rates import Rates
from veillee.delivery.transports import MemoryTransport
from veillee.errors import ConfigurationError, SourceError
from veillee.model import DeliveryState, SubscriberState

ADDRESSES = ("amina@example.org", "bo@example.org", "zoé@bücher.example")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(new_database(tmp_path)) as database:
        subscribe(database, *ADDRESSES)
        yield database


def recipients(transport: MemoryTransport) -> list[str]:
    return [envelope.recipient for envelope, _ in transport.sent]


def rows(ledger: Ledger, edition: FrozenEdition, *states: DeliveryState) -> list[Delivery]:
    return list(ledger.rows(edition, states or tuple(DeliveryState)))


class Lanes(MemoryTransport):
    """Several connections, each of which gives the others a turn."""

    lanes = 5

    async def carry(self, handover: Handover) -> None:
        while parcel := await handover.take():
            await self.convey(parcel, handover)

    async def convey(self, parcel: Parcel, handover: Handover) -> None:
        await asyncio.sleep(0)
        handover.about_to_end(parcel)
        await asyncio.sleep(0)
        self.sent.append((parcel.envelope, parcel.message))
        handover.settle(parcel, Outcome(Reply.ACCEPTED, "250 OK"))


def test_everybody_gets_one_message_of_their_own(database: Database, tmp_path: Path) -> None:
    ledger, edition = freeze(database)
    transport = MemoryTransport()
    send(ledger, edition, transport, tmp_path)
    assert recipients(transport) == ["amina@example.org", "bo@example.org", "zoé@xn--bcher-kva.example"]
    assert {envelope.sender for envelope, _ in transport.sent} == {"veillee@veillee.example"}
    assert [texts(message)[0].splitlines()[0] for _, message in transport.sent] == [
        "Bonjour Reader 2",
        "Bonjour Reader 3",
        "Bonjour Reader 4",
    ]
    assert len({parsed(message)["Message-ID"] for _, message in transport.sent}) == 3
    tally = ledger.tally(edition)
    assert (tally.planned, tally.accepted) == (3, 3)
    assert tally.is_sent


@pytest.mark.parametrize("threads", [0, 2], ids=["in turn", "in threads"])
def test_many_connections_send_to_everybody_once(database: Database, tmp_path: Path, threads: int) -> None:
    everybody = [f"member{number}@example.org" for number in range(1500)]
    subscribe(database, *everybody)
    ledger, edition = freeze(database)
    transport = Lanes()
    heard = send(ledger, edition, transport, tmp_path, threads=threads)
    assert Counter(recipients(transport)).most_common(1)[0][1] == 1
    assert len(transport.sent) == len(heard.outcomes) == len(heard.recorded) == 1503
    assert ledger.tally(edition).is_sent
    assert list(tmp_path.glob("*.journal")) == [], "a run that ended well leaves no journal"


def test_sending_again_sends_nothing(database: Database, tmp_path: Path) -> None:
    ledger, edition = freeze(database)
    send(ledger, edition, MemoryTransport(), tmp_path)
    again = MemoryTransport()
    assert send(ledger, edition, again, tmp_path).outcomes == []
    assert again.sent == []


def test_who_leaves_after_the_plan_is_skipped(database: Database, tmp_path: Path) -> None:
    ledger, edition = freeze(database)
    SubscriberStore(database).set_state("bo@example.org", SubscriberState.UNSUBSCRIBED, now=NOW)
    transport = MemoryTransport()
    heard = send(ledger, edition, transport, tmp_path)
    assert "bo@example.org" not in recipients(transport)
    assert [one.address for one in heard.skipped] == ["bo@example.org"]
    assert ledger.tally(edition) == Tally(
        planned=3, accepted=2, failed=0, put_off=0, in_doubt=0, skipped=1, waiting=0, claimed=0
    )


def test_a_doubt_is_held_and_the_edition_is_not_called_sent(database: Database, tmp_path: Path) -> None:
    ledger, edition = freeze(database)
    answers = {"bo@example.org": Outcome(Reply.IN_DOUBT, "the line broke")}
    send(ledger, edition, MemoryTransport(answers), tmp_path)
    tally = ledger.tally(edition)
    assert (tally.in_doubt, tally.balances, tally.is_sent) == (1, True, False)
    assert send(ledger, edition, MemoryTransport(), tmp_path).outcomes == []


def test_what_was_put_off_waits_for_a_later_run(database: Database, tmp_path: Path) -> None:
    ledger, edition = freeze(database)
    answers = {"bo@example.org": Outcome(Reply.TEMPORARY, "450 later")}
    assert len(send(ledger, edition, MemoryTransport(answers), tmp_path).outcomes) == 3
    early = MemoryTransport()
    send(ledger, edition, early, tmp_path)
    assert early.sent == []
    late = MemoryTransport()
    send(ledger, edition, late, tmp_path, clock=lambda: NOW + timedelta(minutes=6))
    assert recipients(late) == ["bo@example.org"]
    assert ledger.tally(edition).is_sent


class FastClock:
    """Every look at it is a minute later."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


class Greylisting(MemoryTransport):
    """Puts everybody off the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.known: set[str] = set()

    def _answer(self, parcel: Parcel) -> Outcome:
        if parcel.envelope.recipient in self.known:
            return super()._answer(parcel)
        self.known.add(parcel.envelope.recipient)
        return Outcome(Reply.TEMPORARY, "450 4.2.0 greylisted")


def test_a_patient_run_stays_for_what_was_put_off(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("veillee.delivery.sending.sender.PATIENT_LOOK_S", 0.01)
    ledger, edition = freeze(database)
    transport = Greylisting()
    send(ledger, edition, transport, tmp_path, clock=FastClock(), wait_until=NOW + timedelta(hours=1))
    assert len(transport.sent) == 3
    assert ledger.tally(edition).is_sent


class Unplugged(MemoryTransport):
    """Takes one message; then there is no server any more."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    async def carry(self, handover: Handover) -> None:
        while parcel := await handover.take():
            if self.sent:
                handover.give_back(parcel)
                raise self._error
            handover.about_to_end(parcel)
            handover.settle(parcel, self._answer(parcel))


@pytest.mark.parametrize("error", [SourceError("no server"), ConfigurationError("wrong password")])
def test_a_server_that_is_gone_stops_the_run_and_nobody_is_in_doubt(
    database: Database, tmp_path: Path, error: Exception
) -> None:
    ledger, edition = freeze(database)
    with pytest.raises(type(error)):
        send(ledger, edition, Unplugged(error), tmp_path)
    tally = ledger.tally(edition)
    assert (tally.accepted, tally.waiting, tally.claimed, tally.in_doubt) == (1, 2, 0, 0)
    assert not tally.balances
    send(ledger, edition, MemoryTransport(), tmp_path)
    assert ledger.tally(edition).is_sent


class Crumbling(Lanes):
    """A connection that ends with an error nobody foresaw, after a message has left."""

    async def convey(self, parcel: Parcel, handover: Handover) -> None:
        await asyncio.sleep(0)
        handover.about_to_end(parcel)
        raise RuntimeError("a fault of ours")


def test_a_fault_of_ours_after_a_message_has_left_leaves_a_doubt(database: Database, tmp_path: Path) -> None:
    ledger, edition = freeze(database)
    with pytest.raises(RuntimeError):
        send(ledger, edition, Crumbling(), tmp_path)
    tally = ledger.tally(edition)
    assert tally.in_doubt + tally.waiting == 3
    assert tally.in_doubt >= 1
    assert tally.claimed == 0


class BrokenLine(MemoryTransport):
    """A line that breaks before every message to one recipient is handed over."""

    async def carry(self, handover: Handover) -> None:
        while parcel := await handover.take():
            if parcel.envelope.recipient == "bo@example.org":
                handover.give_back(parcel)
            else:
                handover.about_to_end(parcel)
                handover.settle(parcel, self._answer(parcel))


def test_a_message_that_breaks_every_line_is_put_off_and_keeps_nobody(database: Database, tmp_path: Path) -> None:
    ledger, edition = freeze(database)
    transport = BrokenLine()
    send(ledger, edition, transport, tmp_path)
    assert len(transport.sent) == 2
    (failed,) = rows(ledger, edition, DeliveryState.FAILED)
    assert failed.is_temporary
    assert f"broke {BROKEN_LINES} times" in failed.words


def _broken_press(deliveries: Sequence[Delivery]) -> tuple[list[Parcel], list[tuple[int, Outcome]]]:
    raise RuntimeError("a fault of ours")


@pytest.mark.parametrize("threads", [0, 2], ids=["in turn", "in threads"])
def test_a_fault_of_ours_before_a_message_is_made_leaves_everybody_planned(
    database: Database, tmp_path: Path, threads: int
) -> None:
    ledger, edition = freeze(database)
    with pytest.raises(RuntimeError):
        send(ledger, edition, Lanes(), tmp_path, make_parcels=_broken_press, threads=threads)
    assert ledger.tally(edition).waiting == 3


@pytest.mark.parametrize("threads", [0, 2], ids=["in turn", "in threads"])
def test_a_name_that_fits_no_header_costs_its_owner_only(database: Database, tmp_path: Path, threads: int) -> None:
    with database.writing() as connection:
        spoilt = update(subscribers).where(subscribers.c.address_key == "bo@example.org")
        connection.execute(spoilt.values(name="Bo\nBcc: x@example.com"))
    ledger, edition = freeze(database)
    transport = MemoryTransport()
    send(ledger, edition, transport, tmp_path, threads=threads)
    assert len(transport.sent) == 2
    (failed,) = rows(ledger, edition, DeliveryState.FAILED)
    assert "control character U+000A" in failed.words


def test_a_run_that_is_asked_to_stop_finishes_what_is_on_its_way(database: Database, tmp_path: Path) -> None:
    subscribe(database, *(f"member{number}@example.org" for number in range(1500)))
    ledger, edition = freeze(database)
    transport = Lanes()
    send(ledger, edition, transport, tmp_path, should_stop=lambda: len(transport.sent) > 100)
    tally = ledger.tally(edition)
    assert 100 < len(transport.sent) < 1500
    assert (tally.accepted, tally.in_doubt, tally.claimed) == (len(transport.sent), 0, 0)
    send(ledger, edition, transport, tmp_path)
    assert Counter(recipients(transport)).most_common(1)[0][1] == 1
    assert ledger.tally(edition).is_sent


def test_an_edition_that_is_paused_meanwhile_stops_and_goes_on(database: Database, tmp_path: Path) -> None:
    subscribe(database, *(f"member{number}@example.org" for number in range(1500)))
    ledger, edition = freeze(database)

    class Pausing(Lanes):
        async def convey(self, parcel: Parcel, handover: Handover) -> None:
            await super().convey(parcel, handover)
            if len(self.sent) == 50:
                ledger.pause(edition, is_paused=True)

    transport = Pausing()
    send(ledger, edition, transport, tmp_path)
    tally = ledger.tally(edition)
    assert 50 <= tally.accepted < 1503
    assert tally.claimed == 0
    ledger.pause(edition, is_paused=False)
    send(ledger, edition, transport, tmp_path)
    assert ledger.tally(edition).accepted == len(transport.sent) == 1503


def test_messages_leave_no_faster_than_asked(database: Database, tmp_path: Path) -> None:
    subscribe(database, *(f"member{number}@example.net" for number in range(30)))
    ledger, edition = freeze(database)
    rates = Rates(None, {"example.net": 20}, now_s=time.monotonic())
    began_s = time.monotonic()
    send(ledger, edition, Lanes(), tmp_path, rates=rates)
    assert time.monotonic() - began_s > (30 - 20) / 20 * 0.9
    assert ledger.tally(edition).is_sent


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400)])
def test_a_clock_that_jumps_loses_nobody(database: Database, tmp_path: Path, jump: timedelta) -> None:
    ledger, edition = freeze(database)
    moments = iter([NOW, NOW, NOW + jump])
    transport = Greylisting()
    send(ledger, edition, transport, tmp_path, clock=lambda: next(moments, NOW + jump))
    for attempt in range(12):
        later = NOW + timedelta(days=401 + attempt)
        send(ledger, edition, transport, tmp_path, clock=lambda later=later: later)
    assert Counter(recipients(transport)) == Counter(dict.fromkeys(set(recipients(transport)), 1))
    assert ledger.tally(edition).accepted == 3


class Lost(Ledger):
    """A ledger whose disk is full from some commit on."""

    commits = 1

    def advance(self, *arguments: object, **options: object) -> object:  # type: ignore[override]
        if not self.commits:
            raise SourceError("the disk does not take it")
        self.commits -= 1
        return super().advance(*arguments, **options)  # type: ignore[arg-type]


def test_a_disk_that_fills_stops_the_run_and_the_journal_remembers(database: Database, tmp_path: Path) -> None:
    from tests.delivery.runs import recover

    ledger, edition = freeze(database)
    transport = Lanes()
    with pytest.raises(SourceError):
        send(Lost(database), edition, transport, tmp_path)
    assert ledger.tally(edition).claimed == 3
    assert recover(ledger, edition, tmp_path).settled == len(transport.sent)
    send(ledger, edition, transport, tmp_path)
    assert sorted(Counter(recipients(transport)).values()) == [1, 1, 1]
    assert ledger.tally(edition).is_sent
