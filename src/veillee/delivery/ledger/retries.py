"""When a delivery that was put off is tried again: the number of attempts -> a delay that grows. Pure.

RFC 5321 section 4.5.4.1 asks for half an hour at least after the first tries, and to go on for days. The relay in
between does that; we come back when greylisting usually ends (five minutes), then at growing intervals, for a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

DELAYS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240, 240, 240, 480))
"""Before the second attempt, the third, and so on; after the last one it has failed for good."""


def next_attempt(attempts: int, *, now: datetime) -> datetime | None:
    """When to try again after so many attempts (1 or more); None when it is time to give up."""
    return now + DELAYS[attempts - 1] if attempts <= len(DELAYS) else None


def gave_up(attempts: int, words: str) -> str:
    """What the ledger says of a delivery that was put off once too often."""
    return f"put off {attempts} times, and given up: {words}"
