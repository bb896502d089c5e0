"""Periods: a schedule and an instant -> the period it belongs to, and the name of its edition.

A period runs from one scheduled instant to the next, half open. Scheduled instants are local times, so that
Friday 08:00 stays Friday 08:00 when the clocks change; a local time that is skipped in spring counts as if the
clocks had not yet changed, one that comes twice in autumn as its first coming.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from veillee.model.edition import Edition, Every, Period, Schedule

FORMS = {
    Every.INSTANT: ("2026-11-20T0800Z", "the minute, in UTC, in which the edition appears"),
    Every.DAY: ("2026-11-20", "the day on which the edition appears"),
    Every.WEEK: ("2026-W47", "the ISO 8601 week in which the edition appears"),
    Every.MONTH: ("2026-11", "the month in which the edition appears"),
}
"""What an edition's name looks like, and what it names."""


MINUTE = timedelta(minutes=1)
FIRST_LOOK_BACK = timedelta(hours=1)
"""How far back the very first edition of an instant digest looks: an archive is not mailed."""
_INSTANT_FORM = "%Y-%m-%dT%H%MZ"


def instant_period(editions: Iterable[Edition], now: datetime, *, lateness_days: int) -> Period:
    """What an instant digest tells at `now`: all since its first edition, as far back as it may be late.

    What an edition has carried already is left out by the selection. Whole minutes: what came in the minute in
    progress is told by the next run.
    """
    end = now.astimezone(UTC).replace(second=0, microsecond=0)
    starts = [edition.period_start for edition in editions]
    since = min(starts) if starts else end - FIRST_LOOK_BACK
    return Period(end.strftime(_INSTANT_FORM), max(since, end - timedelta(days=max(1, lateness_days))), end)


def period_of(schedule: Schedule, instant: datetime) -> Period:
    """The period that an instant belongs to; its edition appears at the period's end."""
    if schedule.every is Every.INSTANT:
        return _minute_ending(instant.astimezone(UTC).replace(second=0, microsecond=0) + MINUTE)
    day = _day_of_issue(schedule, instant.astimezone(schedule.timezone).date())
    while _instant(schedule, day) > instant:
        day = _issue_before(schedule, day)
    while _instant(schedule, _issue_after(schedule, day)) <= instant:
        day = _issue_after(schedule, day)
    return _period_ending(schedule, _issue_after(schedule, day))


def last_ended(schedule: Schedule, now: datetime) -> Period:
    """The period that ended last: at `now` or before it."""
    return period_before(schedule, period_of(schedule, now))


def next_issue(schedule: Schedule, now: datetime) -> datetime:
    """When the next edition appears: the first scheduled instant after `now`, in UTC."""
    return period_of(schedule, now).end


def period_named(schedule: Schedule, edition_id: str) -> Period:
    """The period of the edition with this name; raises ValueError, with a sentence, where there is no such name."""
    form, meaning = FORMS[schedule.every]
    try:
        if schedule.every is Every.INSTANT:
            end = datetime.strptime(edition_id, _INSTANT_FORM).replace(tzinfo=UTC)
            if end.strftime(_INSTANT_FORM) == edition_id:
                return Period(edition_id, end - FIRST_LOOK_BACK, end)
            raise ValueError(edition_id)
        day = _day_named(schedule, edition_id)
        if edition_name(schedule, day) == edition_id:
            return _period_ending(schedule, day)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f'"{edition_id}" names no edition; a name is like {form}, {meaning}')


def period_before(schedule: Schedule, period: Period) -> Period:
    """The period that ends where `period` starts."""
    if schedule.every is Every.INSTANT:
        return _minute_ending(period.end - MINUTE)
    return _period_ending(schedule, _issue_before(schedule, _day_named(schedule, period.id)))


def period_after(schedule: Schedule, period: Period) -> Period:
    """The period that starts where `period` ends."""
    if schedule.every is Every.INSTANT:
        return _minute_ending(period.end + MINUTE)
    return _period_ending(schedule, _issue_after(schedule, _day_named(schedule, period.id)))


def periods_back(schedule: Schedule, now: datetime) -> Iterator[Period]:
    """The period in progress, then those before it, newest first, without end."""
    period = period_of(schedule, now)
    while True:
        yield period
        period = period_before(schedule, period)


def edition_name(schedule: Schedule, day: date) -> str:
    """The name of the edition that appears on this day."""
    if schedule.every is Every.DAY:
        return day.isoformat()
    if schedule.every is Every.MONTH:
        return f"{day.year:04}-{day.month:02}"
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def _minute_ending(end: datetime) -> Period:
    return Period(end.strftime(_INSTANT_FORM), end - MINUTE, end)


def _period_ending(schedule: Schedule, day: date) -> Period:
    start = _instant(schedule, _issue_before(schedule, day))
    return Period(edition_name(schedule, day), start, _instant(schedule, day))


def _instant(schedule: Schedule, day: date) -> datetime:
    return datetime.combine(day, schedule.at, tzinfo=schedule.timezone).astimezone(UTC)


def _day_of_issue(schedule: Schedule, day: date) -> date:
    """The day in the same week or month as `day` on which an edition appears."""
    if schedule.every is Every.DAY:
        return day
    if schedule.every is Every.MONTH:
        return day.replace(day=schedule.day_of_month or 1)
    return day + timedelta(days=(schedule.weekday or 1) - day.isoweekday())


def _issue_before(schedule: Schedule, day: date) -> date:
    if schedule.every is Every.MONTH:
        return _day_of_issue(schedule, day.replace(day=1) - timedelta(days=1))
    return day - _step(schedule)


def _issue_after(schedule: Schedule, day: date) -> date:
    if schedule.every is Every.MONTH:
        return _day_of_issue(schedule, day.replace(day=28) + timedelta(days=4))
    return day + _step(schedule)


def _step(schedule: Schedule) -> timedelta:
    return timedelta(days=7 if schedule.every is Every.WEEK else 1)


def _day_named(schedule: Schedule, edition_id: str) -> date:
    """The day on which the edition with this name appears."""
    if schedule.every is Every.DAY:
        return date.fromisoformat(edition_id)
    if schedule.every is Every.MONTH:
        return date.fromisoformat(f"{edition_id}-01").replace(day=schedule.day_of_month or 1)
    year, _, week = edition_id.partition("-W")
    return date.fromisocalendar(int(year), int(week), schedule.weekday or 1)
