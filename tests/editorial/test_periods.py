"""Periods touch, cover all of time, and stay at their local hour when the clocks change."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.editorial.communities import EVENING, FRIDAY, PARIS
from veillee.editorial.periods import (
    instant_name,
    last_ended,
    next_issue,
    period_after,
    period_before,
    period_named,
    period_of,
    periods_back,
)
from veillee.model import Every, Schedule, Weekday

ZONES = (
    "Europe/Paris",
    "UTC",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/Santiago",
)

instants = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
times = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 59)))
zones = st.sampled_from([ZoneInfo(name) for name in ZONES])
schedules = st.one_of(
    st.builds(Schedule, st.just(Every.DAY), times, zones),
    st.builds(Schedule, st.just(Every.WEEK), times, zones, weekday=st.sampled_from(Weekday)),
    st.builds(Schedule, st.just(Every.MONTH), times, zones, day_of_month=st.integers(1, 28)),
)


@given(schedules, instants)
def test_an_instant_belongs_to_its_period_and_to_no_neighbour(schedule: Schedule, instant: datetime) -> None:
    period = period_of(schedule, instant)
    assert instant in period
    assert instant not in period_before(schedule, period)
    assert instant not in period_after(schedule, period)


@given(schedules, instants)
def test_consecutive_periods_touch_without_gap_or_overlap(schedule: Schedule, instant: datetime) -> None:
    period = period_of(schedule, instant)
    assert period_before(schedule, period).end == period.start
    assert period_after(schedule, period).start == period.end
    assert period_before(schedule, period_after(schedule, period)) == period


@given(schedules, instants)
def test_a_period_holds_its_first_instant_and_not_its_last(schedule: Schedule, instant: datetime) -> None:
    period = period_of(schedule, instant)
    assert period_of(schedule, period.start) == period
    assert period.end not in period
    assert period.end in period_of(schedule, period.end)


@given(schedules, instants)
def test_a_periods_name_leads_back_to_it(schedule: Schedule, instant: datetime) -> None:
    period = period_of(schedule, instant)
    assert period_named(schedule, period.id) == period


@given(schedules, instants)
def test_the_last_ended_period_has_ended_and_the_next_issue_is_to_come(schedule: Schedule, now: datetime) -> None:
    assert last_ended(schedule, now).end <= now < next_issue(schedule, now)


@given(schedules, st.lists(instants, min_size=2, max_size=2))
def test_later_instants_never_belong_to_earlier_periods(schedule: Schedule, two: list[datetime]) -> None:
    early, late = sorted(two)
    assert period_of(schedule, early).start <= period_of(schedule, late).start


def test_the_week_of_the_demonstration_is_named_by_the_friday_on_which_it_ends() -> None:
    period = last_ended(FRIDAY, datetime(2026, 11, 20, 9, tzinfo=PARIS))
    assert period.id == "2026-W47"
    assert period.start == datetime(2026, 11, 13, 8, tzinfo=PARIS)
    assert period.end == datetime(2026, 11, 20, 8, tzinfo=PARIS)


def test_the_scheduled_instant_itself_begins_the_next_period() -> None:
    eight = datetime(2026, 11, 20, 8, tzinfo=PARIS)
    assert last_ended(FRIDAY, eight).id == "2026-W47"
    assert last_ended(FRIDAY, eight - timedelta(seconds=1)).id == "2026-W46"
    assert period_of(FRIDAY, eight).id == "2026-W48"


def test_a_week_in_which_the_clocks_go_back_is_an_hour_longer() -> None:
    week = period_named(FRIDAY, "2026-W44")
    assert week.end - week.start == timedelta(days=7, hours=1)
    assert week.end.astimezone(PARIS).hour == 8


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("2026-03-29", 24),  # 02:30 is skipped, and counts as if the clocks had not changed yet
        ("2026-03-30", 23),
        ("2026-10-25", 24),  # 02:30 comes twice, and its first coming counts
        ("2026-10-26", 25),
    ],
)
def test_half_past_two_is_one_instant_on_every_day(name: str, hours: int) -> None:
    period = period_named(Schedule(Every.DAY, time(2, 30), PARIS), name)
    assert period.end - period.start == timedelta(hours=hours)


def test_the_last_days_of_a_year_carry_the_week_of_the_next_where_iso_says_so() -> None:
    monday = Schedule(Every.WEEK, time(9), PARIS, weekday=Weekday.MONDAY)
    assert period_of(monday, datetime(2024, 12, 29, tzinfo=PARIS)).id == "2025-W01"
    assert period_named(monday, "2020-W53").end.astimezone(PARIS).date().isoformat() == "2020-12-28"


def test_a_monthly_edition_is_named_by_the_month_in_which_it_appears() -> None:
    monthly = Schedule(Every.MONTH, time(8), PARIS, day_of_month=1)
    period = period_named(monthly, "2026-11")
    assert period.start.astimezone(PARIS).date().isoformat() == "2026-10-01"
    assert period.end.astimezone(PARIS).date().isoformat() == "2026-11-01"


@pytest.mark.parametrize("name", ["", "2026-W54", "2026-47", "26-W47", "2026-W7", "2026-W471", "W47", "2026-11-20"])
def test_a_week_that_does_not_exist_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(ValueError, match=r"2026-W47, the ISO 8601 week"):
        period_named(FRIDAY, name)


@pytest.mark.parametrize("name", ["2026-02-30", "2026-2-3", "20261120", "2026-11-20T08:00", "0001-01-00"])
def test_a_day_that_does_not_exist_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(ValueError, match=r"2026-11-20, the day"):
        period_named(EVENING, name)


def test_periods_back_start_with_the_one_in_progress() -> None:
    names = [period.id for period in islice(periods_back(FRIDAY, datetime(2026, 11, 20, 9, tzinfo=PARIS)), 3)]
    assert names == ["2026-W48", "2026-W47", "2026-W46"]


INSTANT = Schedule(Every.INSTANT, time(0), PARIS)


@given(instants)
def test_an_instant_edition_is_named_by_its_minute_in_utc(instant: datetime) -> None:
    minute = instant.replace(second=0)
    assert instant_name(instant) == instant_name(minute)
    assert period_named(INSTANT, instant_name(instant)).end == minute
    assert re.fullmatch(r"[0-9TZ-]+", instant_name(instant))


def test_the_hour_that_comes_twice_in_autumn_has_two_names() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
    assert [instant_name(first), instant_name(first.replace(fold=1))] == ["2026-10-25T0030Z", "2026-10-25T0130Z"]


@pytest.mark.parametrize("name", ["2026-11-20T0800", "2026-11-20", "2026-11-20T2400Z", "2026-13-20T0800Z", "../x"])
def test_what_names_no_instant_edition_is_told_with_an_example(name: str) -> None:
    with pytest.raises(ValueError, match="2026-11-20T0800Z"):
        period_named(INSTANT, name)
