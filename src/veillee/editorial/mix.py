"""The mix: weights and what there is -> slots for each stream, by largest remainder."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def share_out(slot_count: int, weights: Sequence[int], available: Sequence[int]) -> tuple[int, ...]:
    """How many slots each stream gets; never more than it has, never any without weight.

    Slots are shared by largest remainder (Hamilton's method), ties going to the one named first. What a stream
    cannot fill goes to the others by the same rule, so slots stay empty only when all that has weight is placed.
    """
    given = [0] * len(weights)
    left = slot_count
    while left > 0:
        open_weights = [weight if had < has else 0 for weight, had, has in zip(weights, given, available, strict=True)]
        if not any(open_weights):
            break
        for index, share in enumerate(largest_remainder(left, open_weights)):
            given[index] = min(given[index] + share, available[index])
        left = slot_count - sum(given)
    return tuple(given)


def largest_remainder(slot_count: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Shares that add up to `slot_count`, each within one of its exact quota; ties go to the first."""
    total = sum(weights)
    if total <= 0:
        return tuple(0 for _ in weights)
    quotas = [Fraction(slot_count * weight, total) for weight in weights]
    shares = [int(quota) for quota in quotas]
    by_remainder = sorted(range(len(weights)), key=lambda index: (shares[index] - quotas[index], index))
    for index in by_remainder[: slot_count - sum(shares)]:
        shares[index] += 1
    return tuple(shares)
