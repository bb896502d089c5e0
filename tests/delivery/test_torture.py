"""Killed at random, hundreds of times, against a server that writes down every message: nobody lost, nobody twice.

Small in every run of the tests; `make torture` runs it in full: 20,000 recipients, 300 kills.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.delivery.runs import recover, send
from tests.delivery.samples import freeze, new_database, subscribe
from veillee.config import MailSettings
from veillee.database import open_database
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.sending.senders import Senders
from veillee.delivery.transports import SmtpTransport
from veillee.errors import VeilleeError
from veillee.model import DeliveryState

IS_FULL = os.environ.get("VEILLEE_TORTURE") == "full"
RECIPIENTS, KILLS = (20_000, 300) if IS_FULL else (1_500, 20)
CONNECTIONS = 5
RELAY = MailSettings(
    transport="smtp", maildir=Path("none"), host="127.0.0.1", port=None, security="plain", user=None, password=None
)


class Place:
    """A ledger with its recipients, and a server on this machine that takes whatever comes."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.log = folder / "taken.log"
        self.port_file = folder / "port"
        self.url = new_database(folder)
        self.wanted = {f"member{number}@example.org" for number in range(count)}
        with open_database(self.url) as database:
            subscribe(database, *sorted(self.wanted))
            freeze(database)

    @contextmanager
    def server(self, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        self.port_file.unlink(missing_ok=True)
        program = "tests.delivery.recording_server"
        command = [sys.executable, "-m", program, str(self.port_file), str(self.log), *options]
        process = subprocess.Popen(command, cwd=ROOT)
        try:
            _until(lambda: self.port_file.exists() and self.port_file.read_text().strip() != "")
            yield process
        finally:
            process.kill()
            process.wait()

    def run(self) -> None:
        """One `send`, as the command does it."""
        mail = replace(RELAY, port=int(self.port_file.read_text()), connections=CONNECTIONS)
        senders = Senders(self.folder / "senders")
        with open_database(self.url) as database, senders.joining() as name:
            ledger = Ledger(database)
            (edition,) = ledger.editions_of("weekly")
            recover(ledger, edition, senders.folder, is_alive=senders.is_alive)
            send(ledger, edition, SmtpTransport(mail), senders.folder, name=name)

    def begin(self) -> int:
        """A sender in a process of its own."""
        process = os.fork()
        if process:
            return process
        try:
            self.run()
        except BaseException:  # noqa: BLE001
            os._exit(1)
        os._exit(0)

    def taken(self) -> Counter[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return Counter(line.split()[0] for line in lines)

    def taken_count(self) -> int:
        return self.log.read_bytes().count(b"\n") if self.log.exists() else 0


def _until(is_so: object, *, limit_s: float = 20.0) -> None:
    end_s = time.monotonic() + limit_s
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < end_s, "it took too long"
        time.sleep(0.002)


def _kill_after(place: Place, process: int, messages: int) -> bool:
    """Kills the sender when so many more messages were taken; whether it was still there to be killed."""
    end = place.taken_count() + messages
    while place.taken_count() < end:
        if os.waitpid(process, os.WNOHANG)[0]:
            return False
        time.sleep(0.001)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return True


def check(place: Place, *, doubts_at_most: int) -> tuple[int, int]:
    """The law; returns how many are in doubt, and how many of these the server has."""
    taken = place.taken()
    with open_database(place.url) as database:
        ledger = Ledger(database)
        (edition,) = ledger.editions_of("weekly")
        tally = ledger.tally(edition)
        doubtful = {row.address for row in ledger.rows(edition, [DeliveryState.IN_DOUBT])}
    assert [address for address, count in taken.items() if count > 1] == [], "somebody got it twice"
    assert place.wanted - taken.keys() <= doubtful, "somebody was lost"
    assert tally.balances
    assert tally.in_doubt == len(doubtful) <= doubts_at_most
    return len(doubtful), len(doubtful & taken.keys())


def test_killed_at_random_instants_nobody_is_lost_and_nobody_gets_it_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path, RECIPIENTS)
    chance = random.Random(2026)
    kills = 0
    with place.server():
        for _ in range(KILLS):
            kills += _kill_after(place, place.begin(), chance.randrange(2 * RECIPIENTS // KILLS // 3))
        place.run()
        doubts, had_left = check(place, doubts_at_most=CONNECTIONS * kills)
    assert kills >= KILLS * 0.8
    with capsys.disabled():
        if IS_FULL:
            told = f"0 lost, 0 doubled, {doubts} in doubt ({had_left} of them had left)"
            print(f"\n{RECIPIENTS:,} recipients, {kills} kills: {told}")


def test_two_senders_killed_in_turn_keep_the_law(tmp_path: Path) -> None:
    place = Place(tmp_path, RECIPIENTS // 2)
    chance = random.Random(47)
    kills = 0
    with place.server():
        for _ in range(KILLS // 4):
            processes = [place.begin(), place.begin()]
            for process in processes:
                kills += _kill_after(place, process, chance.randrange(max(2, RECIPIENTS // KILLS // 3)))
        place.run()
        check(place, doubts_at_most=CONNECTIONS * kills)


def test_a_server_that_dies_and_returns_loses_nobody(tmp_path: Path) -> None:
    place = Place(tmp_path, RECIPIENTS // 3)
    deaths = 4
    for number in range(deaths):
        with place.server() as server:
            process = place.begin()
            _until(lambda number=number: place.taken_count() > (number + 1) * len(place.wanted) // (deaths + 2))
            server.kill()
            server.wait()
        os.kill(process, signal.SIGTERM if number % 2 else signal.SIGKILL)
        os.waitpid(process, 0)
    with place.server():
        place.run()
        check(place, doubts_at_most=CONNECTIONS * deaths * 2)


def test_a_database_that_somebody_holds_stops_the_run_and_loses_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, 4000)
    with place.server():
        with monkeypatch.context() as hasty:
            hasty.setattr("veillee.database.door.WAIT_FOR_LOCK_S", 0.2)
            process = place.begin()
        _until(lambda: place.taken_count() > 50)
        with open_database(place.url) as database, database.writing():
            assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 1
        place.run()
        check(place, doubts_at_most=0)


def test_a_disk_that_fills_stops_the_run_and_loses_nobody(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the disk; it grows with each attempt."""
    place = Place(tmp_path, 900)
    size = (tmp_path / "veillee.sqlite3").stat().st_size
    with place.server():
        codes = [os.waitstatus_to_exitcode(os.waitpid(_begin_with_room(place, room), 0)[1]) for room in range(6)]
        place.run()
        check(place, doubts_at_most=CONNECTIONS * len(codes))
    assert 1 in codes
    assert size > 0


def _begin_with_room(place: Place, room: int) -> int:
    import resource

    process = os.fork()
    if process:
        return process
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limit = 40_000 * (room + 1)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        place.run()
    except VeilleeError:
        os._exit(1)
    except BaseException:  # noqa: BLE001
        os._exit(2)
    os._exit(0)
