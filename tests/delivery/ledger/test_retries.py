"""When a delivery that was put off is tried again."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from tests.delivery.samples import NOW
from veillee.delivery.ledger.retries import DELAYS, next_attempt


def test_the_first_try_again_is_after_the_usual_greylisting_and_later_ones_further_apart() -> None:
    waits = [moment - NOW for attempts in range(1, 10) if (moment := next_attempt(attempts, now=NOW))]
    assert waits[0] == timedelta(minutes=5)
    assert all(before <= after for before, after in pairwise(waits))
    assert timedelta(hours=20) < sum(waits, timedelta()) < timedelta(days=2)


def test_after_the_last_one_it_is_given_up() -> None:
    assert next_attempt(len(DELAYS), now=NOW) is not None
    assert next_attempt(len(DELAYS) + 1, now=NOW) is None
