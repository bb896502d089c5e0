"""What is due: once, in order, the newest alone, however often and however late somebody asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.editorial.communities import FRIDAY, PARIS, weekly
from veillee.editorial.due import Progress, Step, What, decide_due
from veillee.editorial.periods import instant_period, period_named, period_of
from veillee.model import Digest, Edition, Every, Schedule, Weekday

WEEKLY = weekly(schedule=FRIDAY, lateness_days=5)
DUE = datetime(2026, 11, 20, 8, tzinfo=PARIS)


def edition(name: str, digest: Digest = WEEKLY) -> Edition:
    period = period_named(digest.schedule, name)
    return Edition(digest.id, name, period.start, period.end, sections=())


def steps(now: datetime, *names: str, digest: Digest = WEEKLY, **progress: Progress) -> list[tuple[What, str]]:
    known = {name.replace("_", "-"): value for name, value in progress.items()}
    found = decide_due(digest, [edition(name, digest) for name in names], known, now)
    return [(step.what, step.edition_id) for step in found]


def test_an_edition_without_a_file_is_drafted_and_one_with_a_file_is_sent() -> None:
    assert steps(DUE) == [(What.DRAFT, "2026-W47")]
    assert steps(DUE, "2026-W47") == [(What.SEND, "2026-W47")]


def test_before_its_time_the_edition_before_counts() -> None:
    assert steps(DUE - timedelta(seconds=1), "2026-W47") == [(What.MISSED, "2026-W46")]


def test_what_was_sent_is_not_sent_again_and_what_was_begun_goes_on() -> None:
    assert steps(DUE, "2026-W47", **{"2026_W47": Progress.DONE}) == [(What.NOTHING, "")]
    assert steps(DUE, "2026-W47", **{"2026_W47": Progress.BEGUN}) == [(What.GO_ON, "2026-W47")]


def test_a_run_that_is_late_by_two_sends_the_newest_and_names_the_other() -> None:
    two = replace(WEEKLY, lateness_days=20)
    found = steps(DUE + timedelta(days=8), "2026-W47", "2026-W48", digest=two)
    assert found == [(What.MISSED, "2026-W47"), (What.SEND, "2026-W48")]


def test_nothing_older_than_its_lateness_goes_out() -> None:
    late = DUE + timedelta(days=5, seconds=1)
    assert steps(late, "2026-W47") == [(What.MISSED, "2026-W47")]
    assert steps(late, "2026-W47", **{"2026_W47": Progress.BEGUN}) == [(What.NOTHING, "")]


ZONES = ("Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
CHANGES = (datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 10, 18, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))


@given(
    zone=st.sampled_from(ZONES),
    hour=st.sampled_from([time(0, 30), time(1, 30), time(2, 0), time(2, 30), time(8)]),
    every=st.sampled_from([Every.DAY, Every.WEEK]),
    begin=st.sampled_from(CHANGES),
    pauses=st.lists(st.integers(1, 60 * 30), min_size=1, max_size=40),
)
def test_each_period_is_sent_at_most_once_and_in_order_and_once_where_somebody_asks_in_time(
    zone: str, hour: time, every: Every, begin: datetime, pauses: list[int]
) -> None:
    """Pauses are minutes between two runs, up to thirty hours, across a change of the clocks."""
    weekday = Weekday.SUNDAY if every is Every.WEEK else None
    digest = weekly(schedule=Schedule(every, hour, ZoneInfo(zone), weekday=weekday), lateness_days=3)
    sent: list[str] = []
    now, asked = begin, [begin]
    for pause in [0, *pauses]:
        now += timedelta(minutes=pause)
        asked.append(now)
        for step in decide_due(digest, [edition(one, digest) for one in sent], dict.fromkeys(sent, Progress.DONE), now):
            if step.what in (What.DRAFT, What.SEND):
                sent.append(step.edition_id)
    ends = [period_named(digest.schedule, name).end for name in sent]
    assert len(set(sent)) == len(sent)
    assert ends == sorted(ends)
    period = period_of(digest.schedule, begin)
    while period.end <= now:
        following = period_of(digest.schedule, period.end)
        in_time = min(following.end, period.end + timedelta(days=3))
        if any(period.end <= moment < in_time for moment in asked):
            assert period.id in sent
        period = following


INSTANT = weekly(schedule=Schedule(Every.INSTANT, time(), PARIS), lateness_days=1)


def test_an_instant_digest_looks_back_an_hour_at_first_and_then_to_its_first_edition() -> None:
    first = instant_period([], DUE, lateness_days=1)
    assert (first.id, first.end - first.start) == ("2026-11-20T0700Z", timedelta(hours=1))
    known = Edition("a", first.id, first.start, first.end, sections=())
    later = instant_period([known], DUE + timedelta(hours=3, seconds=59), lateness_days=1)
    assert (later.id, later.start) == ("2026-11-20T1000Z", first.start)
    much_later = instant_period([known], DUE + timedelta(days=9), lateness_days=1)
    assert much_later.end - much_later.start == timedelta(days=1)


def test_an_instant_digest_is_asked_each_time_and_once_a_minute() -> None:
    assert steps(DUE, digest=INSTANT) == [(What.DRAFT, "2026-11-20T0700Z")]
    twice = steps(
        DUE + timedelta(seconds=30), "2026-11-20T0700Z", digest=INSTANT, **{"2026_11_20T0700Z": Progress.DONE}
    )
    assert twice == [(What.NOTHING, "")]
    assert steps(DUE, "2026-11-20T0650Z", digest=INSTANT) == [
        (What.SEND, "2026-11-20T0650Z"),
        (What.DRAFT, "2026-11-20T0700Z"),
    ]


def test_in_autumn_both_hours_of_the_same_name_have_names_of_their_own() -> None:
    names = [
        instant_period([], datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=fold), lateness_days=1).id
        for fold in (0, 1)
    ]
    assert names == ["2026-10-25T0030Z", "2026-10-25T0130Z"]
    assert [period_named(INSTANT.schedule, name).end.hour for name in names] == [0, 1]


@pytest.mark.parametrize("name", ["2026-11-20T0700", "2026-11-20", "2026-W47", "2026-11-20T2560Z", "x"])
def test_what_names_no_instant_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="2026-11-20T0800Z"):
        period_named(INSTANT.schedule, name)


def test_nothing_is_a_step_with_a_reason() -> None:
    assert decide_due(WEEKLY, [], {"2026-W47": Progress.DONE}, DUE) == (Step(What.NOTHING, "", "nothing is due"),)
