"""Forks that do jobs in front of this process: every job comes once, or is left to whoever asks for it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from veillee.site.ahead import Ahead


def all_of(count: int, helpers: int, work: Callable[[int], object], *, wait_s: float = 0.0) -> dict[int, object]:
    """What helpers have made of all jobs by the time when each was asked for, in order."""
    found: dict[int, object] = {}
    with closing(Ahead(count, helpers, work)) as ahead:
        for place in range(count):
            time.sleep(wait_s)
            for other, made in ahead.reach(place):
                assert other not in found
                found[other] = made
    return found


@pytest.mark.parametrize("helpers", [1, 2, 3])
def test_what_helpers_make_comes_once(helpers: int) -> None:
    found = all_of(30, helpers, lambda place: place * 2, wait_s=0.01)
    assert found == {place: place * 2 for place in found}
    assert max(found) == 29


def test_a_job_that_a_helper_has_begun_is_waited_for() -> None:
    def work(place: int) -> int:
        time.sleep(0.3)
        return place

    with closing(Ahead(1, 1, work)) as ahead:
        time.sleep(0.15)
        assert list(ahead.reach(0)) == [(0, 0)]


@pytest.mark.parametrize("helpers", [1, 3])
def test_helpers_do_in_the_end_what_they_left_to_a_process_that_never_came(helpers: int) -> None:
    with closing(Ahead(100, helpers, lambda place: place * 2)) as ahead:
        for helper in ahead._helpers:
            os.waitid(os.P_PID, helper.process, os.WEXITED | os.WNOWAIT)  # all that it made fits into its pipe
        found = dict(one for place in range(100) for one in ahead.reach(place))
    assert found == {place: place * 2 for place in range(100)}


def test_a_helper_goes_on_behind_a_few_jobs_when_this_process_comes_near() -> None:
    with closing(Ahead(60, 0, lambda place: place)) as ahead:
        jobs = ahead._in_front(0, 1)
        assert [next(jobs) for _ in range(3)] == [12, 13, 14]
        ahead._asked[0] = 11
        assert next(jobs) == 15
        ahead._asked[0] = 13
        assert next(jobs) == 28
        ahead._asked[0] = 20
        assert list(jobs) == [*range(29, 60), *range(27, 15, -1), *range(11, -1, -1)]


def test_helpers_share_the_jobs_between_them() -> None:
    with closing(Ahead(100, 0, lambda place: place)) as ahead:
        shares = [list(ahead._in_front(number, 3)) for number in range(3)]
    assert sorted(place for share in shares for place in share) == list(range(100))
    assert [share[0] for share in shares] == [36, 37, 38]


def test_answers_that_no_pipe_holds_come_whole() -> None:
    text = "long" * 1_000_000
    with closing(Ahead(3, 1, lambda place: f"{place}{text}")) as ahead:
        time.sleep(0.3)
        found = dict(one for place in (2, 1, 0) for one in ahead.reach(place))
    assert found == {place: f"{place}{text}" for place in found}
    assert 2 in found


def test_a_job_that_fails_is_left_to_whoever_asks() -> None:
    def work(place: int) -> int:
        if place % 2:
            raise ValueError
        return place

    found = all_of(20, 1, work, wait_s=0.01)
    assert found
    assert all(place % 2 == 0 for place in found)


def test_nobody_waits_for_a_helper_that_died() -> None:
    def work(place: int) -> int:
        if place == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return place

    found = all_of(10, 1, work, wait_s=0.02)
    assert found == {9: 9, 8: 8, 7: 7, 6: 6}


def test_helpers_end_where_nobody_asks_any_more() -> None:
    ahead = Ahead(1_000, 2, lambda place: f"{place}" * 100_000)
    processes = [helper.process for helper in ahead._helpers]
    ahead.close()
    for process in processes:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, os.WNOHANG)
