"""Workers: what they make comes back, and one that dies is missed."""

from __future__ import annotations

import gc
import os
import time

import pytest

from veillee.site.workers import in_workers, meanwhile, turns

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")


class _Broken:
    """Cannot be sent, which is noticed when half of the answer is on its way."""

    def __reduce__(self) -> str:
        raise ValueError


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Those that are forked from now on."""
    fork, forked = os.fork, []

    def noted() -> int:
        forked.append(fork())
        return forked[-1]

    monkeypatch.setattr(os, "fork", noted)
    return forked


def test_what_workers_make_comes_back_in_their_order() -> None:
    assert in_workers(3, lambda number: [number] * 100_000) == [[number] * 100_000 for number in range(3)]


@pytest.mark.parametrize("count", [0, 1, 7, 1_000, 100_003])
def test_each_job_is_somebodys_turn_once(count: int) -> None:
    with turns(count) as parts:
        shares = in_workers(3, lambda _: [place for part in parts for place in part])
    assert sorted(place for share in shares for place in share or ()) == list(range(count))


def test_whoever_is_quick_takes_more_turns() -> None:
    with turns(1_000, most=100) as parts:
        shares = in_workers(2, lambda number: [part for part in parts if not (number and time.sleep(0.05))])
    assert len(shares[0] or ()) > len(shares[1] or ())


def test_a_worker_that_dies_is_missed() -> None:
    assert in_workers(2, lambda number: os._exit(9) if number else "mine") == ["mine", None]


def test_a_worker_that_fails_in_the_middle_of_its_answer_is_missed() -> None:
    assert in_workers(2, lambda number: ["long" * 100_000, _Broken()] if number else "mine") == ["mine", None]


@pytest.mark.parametrize("is_enabled", [True, False])
def test_garbage_is_collected_afterwards_as_before(is_enabled: bool) -> None:
    was, thresholds = gc.isenabled(), gc.get_threshold()
    try:
        gc.enable() if is_enabled else gc.disable()
        in_workers(2, lambda _: None)
        assert (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()) == (is_enabled, thresholds, 0)
    finally:
        gc.enable() if was else gc.disable()


def test_where_this_process_fails_no_worker_is_left(processes: list[int]) -> None:
    def work(number: int) -> str:
        if number == 0:
            raise ValueError("mine")
        return "long" * 100_000

    with pytest.raises(ValueError, match="mine"):
        in_workers(3, work)
    assert len(processes) == 2
    for process in processes:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, os.WNOHANG)


def test_what_is_made_meanwhile_comes_back() -> None:
    with meanwhile(lambda: ["long" * 100_000]) as made:
        assert made() == ["long" * 100_000]


def test_what_dies_meanwhile_is_missed() -> None:
    with meanwhile(lambda: os._exit(9)) as made:
        assert made() is None


def test_nobody_stays_who_was_not_asked(processes: list[int]) -> None:
    with pytest.raises(ValueError, match="mine"), meanwhile(lambda: "long" * 100_000):
        raise ValueError("mine")
    with pytest.raises(ChildProcessError):
        os.waitpid(processes[0], os.WNOHANG)
