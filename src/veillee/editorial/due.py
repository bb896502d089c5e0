"""What is due: a digest, its editions, what the ledger says, and the clock -> the steps of one run. Pure.

A run may come late, twice, or not for weeks. It sends the newest edition that is due and no older one: two weeklies on
one morning are read by nobody. What was begun is always gone on with first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from veillee.editorial.periods import instant_period, last_ended
from veillee.model.edition import Digest, Edition, Every, Period


class Progress(StrEnum):
    """Where an edition stands in the ledger; one that is not there was never begun."""

    BEGUN = "begun"  # frozen, and somebody has not got it yet
    DONE = "done"  # everybody is accounted for; doubts and refusals are for a person


class What(StrEnum):
    """A step of a run."""

    GO_ON = "go on"  # send what is left of an edition
    SEND = "send"  # freeze and send an edition that has its file
    DRAFT = "draft"  # write an edition's file; then it is sent, or waits for review
    MISSED = "missed"  # an edition that has its file, was never sent, and is not sent any more
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Step:
    """What to do for a digest, with the edition's name, and why in a few words."""

    what: What
    edition_id: str
    reason: str = ""


def decide_due(
    digest: Digest, editions: Iterable[Edition], progress: Mapping[str, Progress], now: datetime
) -> tuple[Step, ...]:
    """The steps in their order. `editions` are those that have a file, in any order."""
    known = sorted(editions, key=lambda one: (one.period_end, one.id))
    in_time = [one for one in known if timedelta() <= now - one.period_end <= timedelta(days=digest.lateness_days)]
    steps = [Step(What.GO_ON, one.id, "it was begun") for one in in_time if progress.get(one.id) is Progress.BEGUN]
    if digest.schedule.every is Every.INSTANT:
        steps += _instant_steps(digest, known, in_time, progress, now)
    else:
        steps += _regular_steps(digest, known, in_time, progress, now)
    return tuple(steps) or (Step(What.NOTHING, "", "nothing is due"),)


def _regular_steps(
    digest: Digest, known: list[Edition], in_time: list[Edition], progress: Mapping[str, Progress], now: datetime
) -> list[Step]:
    period = last_ended(digest.schedule, now)
    newest = next((one for one in known if one.id == period.id), None)
    steps = [
        Step(What.MISSED, one.id, f"{period.id} came after it")
        for one in in_time
        if one.id not in progress and one.period_end < period.end
    ]
    if period.id in progress:
        return steps
    if now - period.end > timedelta(days=digest.lateness_days):
        return [*steps, Step(What.MISSED, period.id, _too_late(period, digest, now))]
    what = What.SEND if newest is not None else What.DRAFT
    return [*steps, Step(what, period.id, "its time has come")]


def _instant_steps(
    digest: Digest, known: list[Edition], in_time: list[Edition], progress: Mapping[str, Progress], now: datetime
) -> list[Step]:
    """Editions that were drafted and not sent, then whatever has come since."""
    waiting = [Step(What.SEND, one.id, "it was drafted") for one in in_time if one.id not in progress]
    period = instant_period(known, now, lateness_days=digest.lateness_days)
    if any(one.id == period.id for one in known):
        return waiting
    return [*waiting, Step(What.DRAFT, period.id, "it tells at once what has come")]


def _too_late(period: Period, digest: Digest, now: datetime) -> str:
    days = (now - period.end).days
    return f"it is {days} days late, and may be {digest.lateness_days}"
