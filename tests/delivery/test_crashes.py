"""Killed at every step and resumed: nobody is lost, nobody gets it twice, a doubt is held.

Each sender is a real process on a real ledger; it dies by `_exit` at a chosen step, or by SIGKILL at any moment.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from tests.delivery.runs import recover, send
from tests.delivery.samples import NOW, freeze, new_database, subscribe
from veillee.database import open_database
from veillee.database.tables import runs
from veillee.delivery.envelope import Handover, Outcome, Parcel, Reply, Transport
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.records import Delivery, FrozenEdition, Tally
from veillee.delivery.sending.senders import Senders
from veillee.delivery.transports import MaildirTransport
from veillee.model import DeliveryState

Step = Callable[[], None]
LANES = 5


class Relay:
    """A server that writes down every message that it takes, and that nobody can ask afterwards; five connections."""

    label = "relay:"
    lanes = LANES

    def __init__(self, log: Path, step: Step) -> None:
        self._log = log
        self._step = step

    async def carry(self, handover: Handover) -> None:
        while parcel := await handover.take():
            self._step()
            await asyncio.sleep(0)
            handover.about_to_end(parcel)
            self._step()
            await asyncio.sleep(0)
            number = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.write(number, f"{parcel.envelope.recipient}\n".encode())
            os.close(number)
            self._step()
            await asyncio.sleep(0)
            handover.settle(parcel, Outcome(Reply.ACCEPTED, "250 taken"))
            self._step()

    def was_delivered(self, message_id: str) -> bool | None:
        return None


class Trapped(MaildirTransport):
    """A maildir with a step before and after each message."""

    def __init__(self, folder: Path, step: Step) -> None:
        super().__init__(folder)
        self._step = step

    async def carry(self, handover: Handover) -> None:
        await super().carry(_Stepping(handover, self._step))


class _Stepping:
    """A `Handover` that takes a step at each word."""

    def __init__(self, inner: Handover, step: Step) -> None:
        self._inner = inner
        self._step = step

    @property
    def is_closed(self) -> bool:
        return self._inner.is_closed

    async def take(self) -> Parcel | None:
        self._step()
        return await self._inner.take()

    def take_ready(self) -> Parcel | None:
        return self._inner.take_ready()

    def about_to_end(self, parcel: Parcel) -> None:
        self._step()
        self._inner.about_to_end(parcel)
        self._step()

    def settle(self, parcel: Parcel, outcome: Outcome) -> None:
        self._step()
        self._inner.settle(parcel, outcome)

    def give_back(self, parcel: Parcel, *, was_tried: bool = True) -> None:
        self._inner.give_back(parcel, was_tried=was_tried)


class Place:
    """A folder with a ledger, a way out, and what arrived there."""

    def __init__(self, folder: Path, kind: str, count: int) -> None:
        self.folder = folder
        self.kind = kind
        self.url = new_database(folder)
        self.wanted = sorted(f"member{number}@example.org" for number in range(count))
        with open_database(self.url) as database:
            subscribe(database, *self.wanted)
            freeze(database)

    def way_out(self, step: Step) -> Transport:
        if self.kind == "maildir":
            return Trapped(self.folder / "outbox", step)
        return Relay(self.folder / "relay.log", step)

    def run(self, step: Step = lambda: None) -> None:
        """One `send`, as the command does it."""

        def clock() -> datetime:
            step()
            return NOW

        senders = Senders(self.folder / "senders")
        transport = self.way_out(step)
        with open_database(self.url) as database, senders.joining() as name:
            ledger, edition = _only_edition(Ledger(database))

            def was_delivered(delivery: Delivery) -> bool | None:
                return transport.was_delivered(delivery.message_id)

            recover(ledger, edition, senders.folder, is_alive=senders.is_alive, was_delivered=was_delivered)
            send(ledger, edition, transport, senders.folder, clock=clock, name=name)

    def arrived(self) -> Counter[str]:
        if self.kind == "maildir":
            folder = self.folder / "outbox" / "new"
            paths = folder.iterdir() if folder.is_dir() else ()
            return Counter(_recipient(path.read_bytes()) for path in paths)
        log = self.folder / "relay.log"
        return Counter(log.read_text().splitlines() if log.exists() else ())

    def account(self) -> tuple[Tally, list[str]]:
        with open_database(self.url) as database:
            ledger, edition = _only_edition(Ledger(database))
            return ledger.tally(edition), [row.address for row in ledger.rows(edition, [DeliveryState.IN_DOUBT])]


def _only_edition(ledger: Ledger) -> tuple[Ledger, FrozenEdition]:
    (edition,) = ledger.editions_of("weekly")
    return ledger, edition


def _recipient(message: bytes) -> str:
    line = next(line for line in message.split(b"\r\n") if line.startswith(b"To: "))
    return line.decode().partition("<")[2].rstrip(">")


def begin(place: Place, *, dies_at: int | None = None) -> int:
    """A sender in a process of its own, which dies at its nth step."""
    process = os.fork()
    if process:
        return process
    left = dies_at if dies_at is not None else -1

    def step() -> None:
        nonlocal left
        if left == 0:
            os._exit(9)
        left -= 1

    try:
        place.run(step)
    except BaseException:  # noqa: BLE001
        os._exit(1)
    os._exit(0)


def exit_code(process: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def check(place: Place, *, doubts_at_most: int) -> None:
    """The law: each once, or held as a doubt; nobody twice, nobody lost; the sum is right."""
    arrived = place.arrived()
    tally, doubtful = place.account()
    assert max(arrived.values(), default=0) <= 1, "somebody got it twice"
    assert set(place.wanted) - set(arrived) <= set(doubtful), "somebody was lost"
    assert tally.balances
    assert tally.planned == len(place.wanted)
    assert tally.in_doubt == len(doubtful) <= doubts_at_most


@pytest.mark.parametrize("kind", ["maildir", "relay"])
@pytest.mark.parametrize("dies_at", range(24))
def test_killed_at_any_step_and_resumed_everybody_is_accounted_for(tmp_path: Path, kind: str, dies_at: int) -> None:
    place = Place(tmp_path, kind, count=7)
    code = exit_code(begin(place, dies_at=dies_at))
    assert code in (0, 9)
    place.run()
    check(place, doubts_at_most=0 if kind == "maildir" else LANES)


def test_the_steps_reach_the_end_of_a_run(tmp_path: Path) -> None:
    """So that the test above has died everywhere."""
    place = Place(tmp_path, "maildir", count=2)
    assert exit_code(begin(place, dies_at=23)) == 0


def test_a_death_between_the_end_of_a_message_and_its_reply_leaves_exactly_one_doubt(tmp_path: Path) -> None:
    place = Place(tmp_path, "relay", count=1)
    deaths = [exit_code(begin(place, dies_at=step)) for step in range(3, 6)]
    place.run()
    tally, doubtful = place.account()
    assert 9 in deaths
    assert (tally.in_doubt, doubtful) == (1, ["member0@example.org"])
    assert not tally.is_sent


@settings(max_examples=8, deadline=None)
@given(kills=st.lists(st.integers(0, 60), min_size=1, max_size=5), kind=st.sampled_from(["maildir", "relay"]))
def test_killed_again_and_again_the_law_holds(
    tmp_path_factory: pytest.TempPathFactory, kills: list[int], kind: str
) -> None:
    place = Place(tmp_path_factory.mktemp("crash"), kind, count=16)
    deaths = sum(exit_code(begin(place, dies_at=steps)) == 9 for steps in kills)
    place.run()
    check(place, doubts_at_most=0 if kind == "maildir" else LANES * deaths)


@pytest.mark.parametrize("kind", ["maildir", "relay"])
def test_two_senders_at_once_send_nothing_twice(tmp_path: Path, kind: str) -> None:
    place = Place(tmp_path, kind, count=300)
    assert [exit_code(process) for process in [begin(place), begin(place)]] == [0, 0]
    check(place, doubts_at_most=0)
    assert place.account()[0].is_sent


@pytest.mark.parametrize("kind", ["maildir", "relay"])
def test_killed_at_any_moment_the_law_holds(tmp_path: Path, kind: str) -> None:
    place = Place(tmp_path, kind, count=1000)
    chance = random.Random(47)
    for _ in range(4):
        processes = [begin(place), begin(place)]
        time.sleep(chance.uniform(0.05, 0.3))
        for process in processes:
            os.kill(process, signal.SIGKILL)
            exit_code(process)
    place.run()
    check(place, doubts_at_most=0 if kind == "maildir" else 8 * LANES)


def test_after_the_machine_was_started_again_nothing_is_certain_but_a_reply(tmp_path: Path) -> None:
    place = Place(tmp_path, "relay", count=40)
    assert exit_code(begin(place, dies_at=60)) == 9
    with open_database(place.url) as database, database.writing() as connection:
        connection.execute(update(runs).values(boot="the time before"))
    place.run()
    tally, doubtful = place.account()
    assert tally.in_doubt > LANES, "the whole batch is in doubt, not only what had ended"
    check(place, doubts_at_most=40)
    assert set(doubtful) >= set(place.wanted) - set(place.arrived())


def test_a_run_whose_journal_is_gone_leaves_doubts_and_nobody_twice(tmp_path: Path) -> None:
    place = Place(tmp_path, "relay", count=40)
    assert exit_code(begin(place, dies_at=60)) == 9
    for path in (tmp_path / "senders").glob("*.journal"):
        path.unlink()
    place.run()
    check(place, doubts_at_most=40)


def test_a_sender_is_alive_until_its_process_ends(tmp_path: Path) -> None:
    senders = Senders(tmp_path / "senders")
    with senders.joining() as run:
        assert Senders(tmp_path / "senders").is_alive(run)
    assert not senders.is_alive(run)
    assert not senders.is_alive("never")
