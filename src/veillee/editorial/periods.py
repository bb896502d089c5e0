"""Periods: a schedule and an instant -> the period it belongs to, and the name of its edition.

A period runs from one scheduled instant to the next, half open. Scheduled instants are local times, so that
Friday 08:00 stays Friday 08:00 when the clocks change; a local time that is skipped in spring counts as if the
clocks had not yet changed, one that comes twice in autumn as its first coming.

An instant digest has no calendar: its editions are named by the minute in which they are made, in UTC, because a local
hour comes twice in autumn. Of the functions below only `period_named` serves it, with `instant_name`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from veillee.model.edition import Every, Period, Schedule

FORMS = {
    Every.DAY: ("2026-11-20", "the day on which the edition appears"),
    Every.WEEK: ("2026-W47", "the ISO 8601 week in which the edition appears"),
    Every.MONTH: ("2026-11", "the month in which the edition appears"),
    Every.INSTANT: ("2026-11-20T0800Z", "the minute in which the edition was made, in UTC"),
}
"""What an edition's name looks like, and what it names."""

FIRST_LOOK = timedelta(hours=1)
"""How far an instant digest looks back when it begins: whoever adopts one mails no archive."""

_INSTANT_FORM = "%Y-%m-%dT%H%MZ"
_INSTANT_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{4}Z")


def period_of(schedule: Schedule, instant: datetime) -> Period:
    """The period that an instant belongs to; its edition appears at the period's end."""
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
        if schedule.is_instant:
            return _instant_named(edition_id)
        day = _day_named(schedule, edition_id)
        if edition_name(schedule, day) == edition_id:
            return _period_ending(schedule, day)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f'"{edition_id}" names no edition; a name is like {form}, {meaning}')


def instant_name(now: datetime) -> str:
    """The name of an instant edition that is made at this instant: legal as a file's name, and in an address."""
    return now.astimezone(UTC).strftime(_INSTANT_FORM)


def period_before(schedule: Schedule, period: Period) -> Period:
    """The period that ends where `period` starts."""
    return _period_ending(schedule, _issue_before(schedule, _day_named(schedule, period.id)))


def period_after(schedule: Schedule, period: Period) -> Period:
    """The period that starts where `period` ends."""
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


def _instant_named(edition_id: str) -> Period:
    """The hour before that minute; what an instant edition really looked at stands in its file."""
    if not _INSTANT_NAME.fullmatch(edition_id):
        raise ValueError(edition_id)
    end = datetime.strptime(edition_id, _INSTANT_FORM).replace(tzinfo=UTC)
    return Period(edition_id, end - FIRST_LOOK, end)


def _period_ending(schedule: Schedule, day: date) -> Period:
    start = _instant(schedule, _issue_before(schedule, day))
    return Period(edition_name(schedule, day), start, _instant(schedule, day))


def _instant(schedule: Schedule, day: date) -> datetime:
    return datetime.combine(day, schedule.at, tzinfo=schedule.timezone).astimezone(UTC)


def _day_of_issue(schedule: Schedule, day: date) -> date:
    """The day in the same week or month as `day` on which an edition appears."""
    assert not schedule.is_instant, "an instant digest has no calendar"
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
