"""How fast messages may leave, overall and for each recipient domain: token buckets. Pure: time is an argument.

A bucket fills at its rate and holds one second's worth, one message at least: bursts stay small.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

ANY_DOMAIN = "*"


@dataclass(slots=True)
class Bucket:
    """`per_s` messages a second; `filled_at_s` is in seconds of a clock that never jumps."""

    per_s: float
    filled_at_s: float
    level: float = field(init=False)

    def __post_init__(self) -> None:
        self.level = self.most

    @property
    def most(self) -> float:
        return max(1.0, self.per_s)

    def fill(self, now_s: float) -> None:
        self.level = min(self.most, self.level + max(0.0, now_s - self.filled_at_s) * self.per_s)
        self.filled_at_s = now_s

    def take(self) -> bool:
        """Whether there was a whole token."""
        if self.level < 1:
            return False
        self.level -= 1
        return True

    @property
    def wait_s(self) -> float:
        """Until there is a whole token."""
        return max(0.0, (1 - self.level) / self.per_s)


class Rates:
    """The limits of one process; several processes share one overall rate by getting a part of it each."""

    def __init__(self, overall: float | None, by_domain: Mapping[str, float], *, now_s: float) -> None:
        self._overall = Bucket(overall, now_s) if overall else None
        self._per_s = dict(by_domain)
        self._domains: dict[str, Bucket] = {}
        self._now_s = now_s

    @property
    def are_by_domain(self) -> bool:
        return bool(self._per_s)

    def at(self, now_s: float) -> None:
        """Fills the buckets up to an instant."""
        self._now_s = now_s
        if self._overall:
            self._overall.fill(now_s)

    def allowed(self, most: int) -> int:
        """How many messages may be claimed now, `most` at the most, whatever their domains."""
        return min(most, math.floor(self._overall.level)) if self._overall else most

    def admit(self, domain: str) -> bool:
        """Takes a token of the domain, where it has one; the overall token is taken by `spend`."""
        bucket = self._bucket(domain)
        return bucket is None or bucket.take()

    def spend(self, count: int) -> None:
        """So many messages were claimed."""
        if self._overall:
            self._overall.level -= count

    def wait_s(self, domains: frozenset[str] = frozenset()) -> float:
        """How long until something may be claimed again; `domains` are those that were not admitted."""
        waits = [bucket.wait_s for domain in domains if (bucket := self._bucket(domain))]
        overall = self._overall.wait_s if self._overall else 0.0
        return max(overall, min(waits, default=0.0))

    def _bucket(self, domain: str) -> Bucket | None:
        bucket = self._domains.get(domain)
        if bucket is None:
            per_s = self._per_s.get(domain, self._per_s.get(ANY_DOMAIN))
            if per_s is None:
                return None
            bucket = self._domains[domain] = Bucket(per_s, self._now_s)
        bucket.fill(self._now_s)
        return bucket


def shared(overall: float | None, by_domain: Mapping[str, float], count: int) -> tuple[float | None, dict[str, float]]:
    """The part of each of `count` processes."""
    return (overall / count if overall else None), {domain: rate / count for domain, rate in by_domain.items()}
