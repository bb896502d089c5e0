"""How fast messages may leave: never faster than asked, and as fast as that in the long run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.delivery.sending.rates import Rates, shared


def test_without_limits_everything_may_go() -> None:
    rates = Rates(None, {}, now_s=0)
    assert rates.allowed(200) == 200
    assert all(rates.admit("example.org") for _ in range(1000))
    assert rates.wait_s() == 0


@given(
    per_s=st.floats(0.1, 1000),
    pauses=st.lists(st.floats(0, 5), min_size=1, max_size=60),
)
def test_no_more_leaves_than_the_rate_and_one_burst(per_s: float, pauses: list[float]) -> None:
    rates = Rates(per_s, {}, now_s=0)
    now_s, sent = 0.0, 0
    for pause in pauses:
        now_s += pause
        rates.at(now_s)
        count = rates.allowed(10_000)
        rates.spend(count)
        sent += count
    assert sent <= per_s * now_s + max(1, per_s) + 1e-6


@pytest.mark.parametrize("per_s", [0.25, 3, 40])
def test_the_rate_is_reached(per_s: float) -> None:
    rates = Rates(per_s, {}, now_s=0)
    now_s, sent = 0.0, 0
    while now_s < 100:
        count = rates.allowed(200)
        rates.spend(count)
        sent += count
        now_s += max(rates.wait_s(), 0.001)
        rates.at(now_s)
    assert sent >= per_s * 100 * 0.99


def test_a_domain_has_a_rate_of_its_own_and_the_others_the_common_one() -> None:
    rates = Rates(None, {"gmail.com": 2, "*": 5}, now_s=0)
    assert [rates.admit("gmail.com") for _ in range(3)] == [True, True, False]
    assert [rates.admit("example.org") for _ in range(6)] == [True] * 5 + [False]
    assert rates.wait_s(frozenset({"gmail.com"})) == pytest.approx(0.5)
    rates.at(0.5)
    assert rates.admit("gmail.com")


def test_a_clock_that_goes_back_gives_nothing() -> None:
    rates = Rates(10, {}, now_s=100)
    rates.spend(10)
    rates.at(0)
    assert rates.allowed(5) == 0


def test_processes_share_a_rate() -> None:
    assert shared(10, {"gmail.com": 4}, 2) == (5, {"gmail.com": 2})
    assert shared(None, {}, 2) == (None, {})
