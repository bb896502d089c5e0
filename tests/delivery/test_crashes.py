"""Killed at every step and resumed: nobody is lost, nobody gets it twice, a doubt is held.

Each sender is a real process on a real ledger; it dies by `_exit` at a chosen step, or by SIGKILL at any moment.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.delivery.samples import NOW, freeze, new_database, subscribe
from veillee.database import open_database
from veillee.delivery.envelope import Envelope, Outcome, Reply, Transport
from veillee.delivery.ledger import Ledger
from veillee.delivery.records import Delivery, FrozenEdition, Tally
from veillee.delivery.senders import Senders
from veillee.delivery.sending import Sender, send_planned, settle_abandoned
from veillee.delivery.transports import MaildirTransport
from veillee.model import DeliveryState

Step = Callable[[], None]


class Relay:
    """A server that writes down every message that it takes, and that nobody can ask afterwards."""

    label = "relay:"

    def __init__(self, log: Path) -> None:
        self._log = log

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, envelope: Envelope, message: bytes) -> Outcome:
        number = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(number, f"{envelope.recipient}\n".encode())
        os.close(number)
        return Outcome(Reply.ACCEPTED, "250 taken")

    def was_delivered(self, message_id: str) -> bool | None:
        return None


class Trapped:
    """A transport with a step before and after it."""

    def __init__(self, inner: Transport, step: Step) -> None:
        self._inner = inner
        self._step = step

    @property
    def label(self) -> str:
        return self._inner.label

    def __enter__(self) -> Self:
        self._inner.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inner.__exit__(kind, error, trace)

    def send(self, envelope: Envelope, message: bytes) -> Outcome:
        self._step()
        outcome = self._inner.send(envelope, message)
        self._step()
        return outcome

    def was_delivered(self, message_id: str) -> bool | None:
        return self._inner.was_delivered(message_id)


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

    def way_out(self) -> Transport:
        if self.kind == "maildir":
            return MaildirTransport(self.folder / "outbox")
        return Relay(self.folder / "relay.log")

    def run(self, step: Step = lambda: None) -> None:
        """One `send`, as the command does it."""

        def clock() -> datetime:
            step()
            return NOW

        def unsubscribe_url(delivery: Delivery) -> str:
            step()
            return "mailto:leave@veillee.example"

        senders = Senders(self.folder / "senders")
        transport = Trapped(self.way_out(), step)
        with open_database(self.url) as database, senders.joining() as name, transport:
            ledger, edition = _only_edition(Ledger(database))
            settle_abandoned(ledger, edition, transport=transport, is_alive=senders.is_alive, now=clock())
            send_planned(
                ledger,
                edition,
                transport=transport,
                sender=Sender(run=name, clock=clock, unsubscribe_url=unsubscribe_url),
                on_outcome=lambda delivery, outcome: step(),
            )

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


STEPS_OF_ONE_RUN = 5 * 3 + 3


@pytest.mark.parametrize("kind", ["maildir", "relay"])
@pytest.mark.parametrize("dies_at", range(STEPS_OF_ONE_RUN))
def test_killed_at_any_step_and_resumed_everybody_is_accounted_for(tmp_path: Path, kind: str, dies_at: int) -> None:
    place = Place(tmp_path, kind, count=3)
    code = exit_code(begin(place, dies_at=dies_at))
    assert code in (0, 9)
    place.run()
    check(place, doubts_at_most=0 if kind == "maildir" else 1)


def test_a_death_with_a_message_in_hand_leaves_exactly_one_doubt(tmp_path: Path) -> None:
    place = Place(tmp_path, "relay", count=3)
    codes = [exit_code(begin(place, dies_at=4)), exit_code(begin(place))]
    assert codes == [9, 0]
    tally, doubtful = place.account()
    assert (tally.in_doubt, tally.accepted, tally.is_sent) == (1, 2, False)
    assert doubtful == ["member0@example.org"]


@settings(max_examples=8, deadline=None)
@given(kills=st.lists(st.integers(0, 40), min_size=1, max_size=5), kind=st.sampled_from(["maildir", "relay"]))
def test_killed_again_and_again_the_law_holds(
    tmp_path_factory: pytest.TempPathFactory, kills: list[int], kind: str
) -> None:
    place = Place(tmp_path_factory.mktemp("crash"), kind, count=8)
    deaths = sum(exit_code(begin(place, dies_at=steps)) == 9 for steps in kills)
    place.run()
    check(place, doubts_at_most=0 if kind == "maildir" else deaths)


@pytest.mark.parametrize("kind", ["maildir", "relay"])
def test_two_senders_at_once_send_nothing_twice(tmp_path: Path, kind: str) -> None:
    place = Place(tmp_path, kind, count=60)
    assert [exit_code(process) for process in [begin(place), begin(place)]] == [0, 0]
    check(place, doubts_at_most=0)
    assert place.account()[0].is_sent


@pytest.mark.parametrize("kind", ["maildir", "relay"])
def test_killed_at_any_moment_the_law_holds(tmp_path: Path, kind: str) -> None:
    place = Place(tmp_path, kind, count=120)
    chance = random.Random(47)
    for _ in range(4):
        processes = [begin(place), begin(place)]
        time.sleep(chance.uniform(0.02, 0.2))
        for process in processes:
            os.kill(process, signal.SIGKILL)
            exit_code(process)
    place.run()
    check(place, doubts_at_most=0 if kind == "maildir" else 8)


def test_a_sender_is_alive_until_its_process_ends(tmp_path: Path) -> None:
    senders = Senders(tmp_path / "senders")
    with senders.joining() as run:
        assert Senders(tmp_path / "senders").is_alive(run)
    assert not senders.is_alive(run)
    assert not senders.is_alive("never")
