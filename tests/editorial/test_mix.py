"""Slots are shared out whole, near each quota, and none is wasted."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.editorial.mix import largest_remainder, share_out

slots = st.integers(0, 60)
weights = st.lists(st.integers(0, 20), min_size=1, max_size=5)
pairs = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 30)), min_size=1, max_size=5)


@given(slots, weights.filter(any))
def test_shares_add_up_and_are_within_one_of_the_exact_quota(count: int, parts: list[int]) -> None:
    shares = largest_remainder(count, parts)
    assert sum(shares) == count
    for share, part in zip(shares, parts, strict=True):
        assert abs(share - Fraction(count * part, sum(parts))) < 1


@given(slots, weights)
def test_what_has_no_weight_gets_nothing(count: int, parts: list[int]) -> None:
    shares = largest_remainder(count, parts)
    assert all(share == 0 for share, part in zip(shares, parts, strict=True) if part == 0)


@given(slots, pairs)
def test_slots_stay_empty_only_when_all_that_has_weight_is_placed(count: int, streams: list[tuple[int, int]]) -> None:
    parts, available = [part for part, _ in streams], [has for _, has in streams]
    given_out = share_out(count, parts, available)
    assert all(got <= has for got, has in zip(given_out, available, strict=True))
    assert sum(given_out) == min(count, sum(has for part, has in streams if part))


@given(slots, weights.filter(any))
def test_with_enough_of_everything_the_shares_are_the_quotas(count: int, parts: list[int]) -> None:
    assert share_out(count, parts, [60] * len(parts)) == largest_remainder(count, parts)


@pytest.mark.parametrize(
    ("count", "parts", "available", "expected"),
    [
        (9, (1, 1, 1), (9, 9, 9), (3, 3, 3)),
        (10, (1, 1, 1), (9, 9, 9), (4, 3, 3)),  # a tie goes to the one named first
        (9, (1, 1, 1), (9, 1, 9), (4, 1, 4)),  # what questions cannot fill goes to the others
        (9, (1, 1, 1), (2, 2, 2), (2, 2, 2)),
        (9, (2, 1, 0), (9, 9, 9), (6, 3, 0)),
        (9, (2, 1, 0), (1, 1, 9), (1, 1, 0)),  # a stream without weight gets nothing, even where slots stay
        (0, (1, 1, 1), (9, 9, 9), (0, 0, 0)),
    ],
)
def test_slots_go_by_largest_remainder(
    count: int, parts: tuple[int, ...], available: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    assert share_out(count, parts, available) == expected
