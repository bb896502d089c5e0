"""How long a run waits, and when it does not wait any longer."""

from __future__ import annotations

from veillee.delivery.transports.patience import FIRST_PATIENCE_S, LONGEST_PAUSE_OF_ONE_S, LONGEST_PAUSE_S, Patience


def test_a_server_that_never_answered_gets_little_patience() -> None:
    patience = Patience(100.0)
    assert not patience.is_over(tried_at_s=50.0, next_at_s=50.0 + FIRST_PATIENCE_S)
    assert patience.is_over(tried_at_s=53.0, next_at_s=51.0 + FIRST_PATIENCE_S)


def test_one_that_has_answered_gets_more_from_when_it_went_away() -> None:
    patience = Patience(100.0)
    patience.answered("a")
    patience.ended("a")
    assert not patience.is_over(tried_at_s=1000.0, next_at_s=1001.0)
    assert not patience.is_over(tried_at_s=1050.0, next_at_s=1100.0)
    assert patience.is_over(tried_at_s=1099.0, next_at_s=1101.0)


def test_an_answer_begins_it_anew() -> None:
    patience = Patience(100.0)
    patience.answered("a")
    patience.ended("a")
    assert not patience.is_over(tried_at_s=1000.0, next_at_s=1001.0)
    patience.answered("b")
    patience.ended("b")
    assert not patience.is_over(tried_at_s=1200.0, next_at_s=1201.0)


def test_it_never_ends_while_one_connection_is_good() -> None:
    patience = Patience(100.0)
    patience.answered("a")
    assert not patience.is_over(tried_at_s=0.0, next_at_s=10_000.0)
    patience.ended("a")
    assert not patience.is_over(tried_at_s=10_000.0, next_at_s=10_001.0)


def test_pauses_grow_to_a_limit() -> None:
    patience = Patience(100.0)
    assert [patience.pause_s(tries) for tries in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]
    assert patience.pause_s(10_000) == LONGEST_PAUSE_S
    patience.answered("a")
    assert patience.pause_s(10_000) == LONGEST_PAUSE_OF_ONE_S
