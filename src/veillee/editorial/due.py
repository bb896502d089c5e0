"""What is due: a digest, its edition files and the ledger's account, at an instant -> the steps to take. Pure.

Of the editions whose time has come the newest one goes out, never one behind another: what older ones that went to
nobody would have told is told by the next. An edition that some readers have already is carried to the others first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from veillee.editorial.periods import last_ended, next_issue, period_before
from veillee.model.edition import Digest, Edition, Period

MOST_MISSED = 400
"""How many missed periods are counted at most."""


@dataclass(frozen=True, slots=True)
class Mailed:
    """An edition that is in the ledger; `has_arrived` once anybody has it, or may have it.

    `is_finished` where it does not go on by itself: nobody waits for it, or a person has paused it.
    """

    edition_id: str
    period_end: datetime
    is_finished: bool
    has_arrived: bool
    is_paused: bool = False

    @property
    def is_told(self) -> bool:
        """Whether it counts as sent: the next one must not repeat it."""
        return self.is_finished or self.has_arrived


@dataclass(frozen=True, slots=True)
class Draft:
    """Propose the edition of this period; without review, it goes out at once."""

    period: Period


@dataclass(frozen=True, slots=True)
class AwaitReview:
    """The file is there, and its manager has not committed it yet."""

    edition: Edition


@dataclass(frozen=True, slots=True)
class Send:
    """Nobody has it yet."""

    edition: Edition


@dataclass(frozen=True, slots=True)
class GoOn:
    """Begun, and not finished: sent on as it was frozen."""

    edition_id: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A period that passed, and of which nobody got an edition. `is_drafted` where it has a file."""

    period: Period
    is_drafted: bool


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is to be done, and why, as a sentence without its full stop."""

    reason: str


Step = Draft | AwaitReview | Send | GoOn | Missed | Nothing


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a digest stands: its edition files, the ledger's account of them, and what its manager has committed.

    `is_committed` tells it of those that were asked about. `quiet_ids` are periods that were looked at and had too
    little to tell. `watched_since` is from when on an instant digest was run, None where it begins.
    """

    digest: Digest
    editions: tuple[Edition, ...] = ()
    mailed: tuple[Mailed, ...] = ()
    is_committed: Mapping[str, bool] = field(default_factory=dict)
    quiet_ids: Collection[str] = ()
    watched_since: datetime | None = None

    def edition(self, edition_id: str) -> Edition | None:
        return next((one for one in self.editions if one.id == edition_id), None)

    def mailed_as(self, edition_id: str) -> Mailed | None:
        return next((one for one in self.mailed if one.edition_id == edition_id), None)

    def is_late(self, period_end: datetime, now: datetime) -> bool:
        """Whether an edition of then may not go out any more."""
        return now - period_end > timedelta(days=self.digest.lateness_days)

    def unfinished(self, now: datetime) -> list[Mailed]:
        """Begun, not finished, and not too late, oldest first."""
        begun = (one for one in self.mailed if not one.is_finished and not self.is_late(one.period_end, now))
        return sorted(begun, key=lambda one: (one.period_end, one.edition_id))

    def released(self, edition: Edition) -> Send | AwaitReview:
        """The edition, once it was reviewed where that is asked for."""
        waits = self.digest.needs_review and not self.is_committed.get(edition.id, False)
        return AwaitReview(edition) if waits else Send(edition)


def decide_due(standing: Standing, now: datetime) -> tuple[Step, ...]:
    """The steps of a digest that appears by the calendar, in the order in which they are taken; never empty."""
    newest = _newest_due(standing, now)
    behind = [one for one in standing.unfinished(now) if one.has_arrived and one.edition_id != newest.id]
    return (*(GoOn(one.edition_id) for one in behind), *_steps_for(newest, standing, now))


def missed_editions(steps: Iterable[Step]) -> frozenset[str]:
    """Editions whose file told nobody anything: what they carried is free to be carried again."""
    return frozenset(step.period.id for step in steps if isinstance(step, Missed) and step.is_drafted)


def _newest_due(standing: Standing, now: datetime) -> Period:
    """The newest period whose edition's time has come: by the schedule, or by what an edition's own file says."""
    drafted = {one.id: one.period for one in standing.editions}
    due = [period for period in drafted.values() if period.end <= now and period.id not in standing.quiet_ids]
    ended = last_ended(standing.digest.schedule, now)
    if ended.id not in drafted and not (due and ended.id in standing.quiet_ids):
        due.append(ended)
    return max(due, key=lambda period: (period.end, period.id), default=drafted.get(ended.id, ended))


def _steps_for(newest: Period, standing: Standing, now: datetime) -> Iterator[Step]:
    mailed = standing.mailed_as(newest.id)
    edition = standing.edition(newest.id)
    is_late = standing.is_late(newest.end, now)
    if mailed is not None and (mailed.is_finished or is_late):
        yield Nothing(_why_nothing_is_left(mailed, standing, now))
    elif mailed is not None:
        yield GoOn(newest.id)
    elif newest.end > now:  # its own file puts it off
        yield Nothing(f"{newest.id} appears {_said(newest.end, standing.digest)}, as its file says")
    elif newest.id in standing.quiet_ids or newest.end <= _told_until(standing, newest.end):
        yield Nothing(_said_next(standing, now))
    elif is_late:
        yield Nothing(_why_too_late(newest, standing, now))
    else:
        yield from _missed_before(newest, standing)
        yield standing.released(edition) if edition else Draft(newest)


def _told_until(standing: Standing, default: datetime) -> datetime:
    """The end of the newest period of which anybody has an edition.

    Where nobody has any: just before the first that certainly went to nobody, or before `default`.
    """
    told = [one.period_end for one in standing.mailed if one.is_told]
    if told:
        return max(told)
    begun = [one.period_end for one in standing.mailed]
    unreviewed = [one.period_end for one in standing.editions if standing.is_committed.get(one.id) is False]
    return min([*begun, *unreviewed, default]) - timedelta.resolution


def _missed_before(newest: Period, standing: Standing) -> list[Missed]:
    """The periods between the last edition that was sent and the newest one, oldest first.

    Where the ledger knows of none, nothing was missed: the digest begins.
    """
    told_until = _told_until(standing, newest.end)
    periods = takewhile(lambda period: period.end > told_until, _before(newest, standing.digest))
    named = [period for period, _ in zip(periods, range(MOST_MISSED), strict=False)]
    drafted = {one.id for one in standing.editions}
    return [Missed(period, period.id in drafted) for period in reversed(named)]


def _before(period: Period, digest: Digest) -> Iterator[Period]:
    """The periods before this one by the schedule, newest first, without end."""
    before = last_ended(digest.schedule, period.end)
    while True:
        if before.id != period.id:
            yield before
        before = period_before(digest.schedule, before)


def _why_nothing_is_left(mailed: Mailed, standing: Standing, now: datetime) -> str:
    if mailed.is_paused:
        name = f"{standing.digest.id} --edition {mailed.edition_id}"
        return f"{mailed.edition_id} is paused; to go on: veillee digest resume {name}"
    if mailed.is_finished:
        return f"{mailed.edition_id} was sent; {_said_next(standing, now)}"
    name = f"{standing.digest.id} --edition {mailed.edition_id}"
    return (
        f"{mailed.edition_id} was begun and is not finished, and it is too late to go on by itself; "
        f"look with: veillee digest status {name}; to go on: veillee digest send {name} --late"
    )


def _why_too_late(newest: Period, standing: Standing, now: datetime) -> str:
    digest = standing.digest
    days = digest.lateness_days
    return (
        f"{newest.id} was due {_said(newest.end, digest)}, and may be {days} day{'' if days == 1 else 's'} late "
        f"(late_days in {digest.folder}/digest.yaml); {_said_next(standing, now)}"
    )


def _said_next(standing: Standing, now: datetime) -> str:
    return f"the next one is due {_said(next_issue(standing.digest.schedule, now), standing.digest)}"


def _said(instant: datetime, digest: Digest) -> str:
    return f"on {instant.astimezone(digest.schedule.timezone):%Y-%m-%d at %H:%M}"


def names(missed: Sequence[Missed]) -> str:
    """The missed periods in a few words: `2026-W44, 2026-W45`, `2026-11-01 to 2026-11-19 (19)`."""
    ids = [one.period.id for one in missed]
    return ", ".join(ids) if len(ids) <= 3 else f"{ids[0]} to {ids[-1]} ({len(ids)})"
