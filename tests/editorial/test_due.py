"""What is due goes out once, the newest first of all, and never one behind another."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.editorial.communities import EVENING, PARIS, weekly
from tests.editorial.test_periods import instants, schedules
from veillee.editorial.due import (
    AwaitReview,
    Draft,
    GoOn,
    Mailed,
    Missed,
    Nothing,
    Send,
    Standing,
    Step,
    decide_due,
    missed_editions,
    names,
)
from veillee.editorial.periods import last_ended, next_issue, period_named
from veillee.model import Digest, Edition, Every, Schedule

W45, W46, W47, W48 = (f"2026-W{week}" for week in (45, 46, 47, 48))


def edition(name: str, digest: Digest | None = None, *, until: datetime | None = None) -> Edition:
    digest = digest or weekly()
    period = period_named(digest.schedule, name)
    return Edition(digest.id, name, period.start, until or period.end, ())


def mailed(name: str, digest: Digest | None = None, *, finished: bool = True, arrived: bool = True) -> Mailed:
    return Mailed(name, edition(name, digest).period_end, is_finished=finished, has_arrived=arrived)


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def decided(now: datetime, *editions: Edition, **standing: object) -> list[Step]:
    digest = standing.pop("digest", weekly())
    return list(decide_due(Standing(digest, editions, **standing), now))  # type: ignore[arg-type]


def shape(steps: list[Step]) -> list[tuple[str, str]]:
    """The kind of each step and what it is about."""
    found = []
    for step in steps:
        match step:
            case Draft(period) | Missed(period):
                found.append((type(step).__name__, period.id))
            case Send(one) | AwaitReview(one):
                found.append((type(step).__name__, one.id))
            case GoOn(edition_id):
                found.append(("GoOn", edition_id))
            case Nothing():
                found.append(("Nothing", ""))
    return found


def test_at_its_hour_an_edition_is_drafted_and_not_a_minute_before() -> None:
    assert shape(decided(at(20, 8, 0))) == [("Draft", W47)]
    assert shape(decided(at(20, 7, 59), mailed=(mailed(W46),))) == [("Nothing", "")]


def test_one_that_was_drafted_before_its_hour_is_sent_at_its_hour() -> None:
    assert shape(decided(at(20, 7), edition(W47), mailed=(mailed(W46),))) == [("Nothing", "")]
    assert shape(decided(at(20), edition(W47), mailed=(mailed(W46),))) == [("Send", W47)]


def test_what_was_sent_is_not_sent_again_and_the_next_one_is_named() -> None:
    (step,) = decided(at(21), edition(W47), mailed=(mailed(W47),))
    assert step == Nothing("2026-W47 was sent; the next one is due on 2026-11-27 at 08:00")


def test_what_was_begun_is_gone_on_with() -> None:
    assert shape(decided(at(20), edition(W47), mailed=(mailed(W47, finished=False),))) == [("GoOn", W47)]
    nobody = mailed(W47, finished=False, arrived=False)
    assert shape(decided(at(20), edition(W47), mailed=(nobody,))) == [("GoOn", W47)]


def test_a_reviewed_digest_waits_for_its_managers_commit() -> None:
    digest = weekly(needs_review=True)
    assert shape(decided(at(20), digest=digest)) == [("Draft", W47)]
    assert shape(decided(at(20), edition(W47), digest=digest)) == [("AwaitReview", W47)]
    assert shape(decided(at(20), edition(W47), digest=digest, is_committed={W47: True})) == [("Send", W47)]
    assert shape(decided(at(20), edition(W47), digest=digest, is_committed={W47: False})) == [("AwaitReview", W47)]
    begun = mailed(W47, finished=False)
    assert shape(decided(at(20), edition(W47), digest=digest, mailed=(begun,))) == [("GoOn", W47)]


def test_a_run_that_is_weeks_late_sends_the_newest_and_names_what_was_missed() -> None:
    files = (edition(W45), edition(W46))
    steps = decided(at(21), *files, mailed=(mailed("2026-W44"),))
    assert shape(steps) == [("Missed", W45), ("Missed", W46), ("Draft", W47)]
    assert missed_editions(steps) == {W45, W46}


def test_what_was_never_committed_went_to_nobody() -> None:
    digest = weekly(needs_review=True)
    steps = decided(at(20), edition(W45), edition(W46), digest=digest, is_committed={W45: True, W46: False})
    assert shape(steps) == [("Missed", W46), ("Draft", W47)]


def test_a_digest_that_begins_has_missed_nothing() -> None:
    assert shape(decided(at(21), edition(W45))) == [("Draft", W47)]


def test_what_went_to_nobody_is_missed_when_the_next_one_is_due() -> None:
    nobody = mailed(W46, finished=False, arrived=False)
    steps = decided(at(20), edition(W46), edition(W47), mailed=(mailed(W45), nobody))
    assert shape(steps) == [("Missed", W46), ("Send", W47)]
    assert missed_editions(steps) == {W46}
    steps = decided(at(20), edition(W45), edition(W46), mailed=(nobody,))
    assert shape(steps) == [("Missed", W46), ("Draft", W47)], "the first one of all, too"


def test_what_some_readers_have_is_carried_to_the_others_before_the_next_one() -> None:
    digest = weekly(lateness_days=10)
    steps = decided(at(20), edition(W46), digest=digest, mailed=(mailed(W46, finished=False),))
    assert shape(steps) == [("GoOn", W46), ("Draft", W47)]
    assert shape(decided(at(24), edition(W46), edition(W47), mailed=(mailed(W46, finished=False), mailed(W47)))) == [
        ("Nothing", "")
    ]


@pytest.mark.parametrize(("late_days", "expected"), [(4, "Draft"), (3, "Nothing")])
def test_an_edition_goes_out_until_its_lateness_limit_and_not_after(late_days: int, expected: str) -> None:
    digest = weekly(lateness_days=late_days)
    (step,) = decided(at(24, 8, 0), digest=digest)
    assert type(step).__name__ == expected
    if isinstance(step, Nothing):
        assert step.reason == (
            "2026-W47 was due on 2026-11-20 at 08:00, and may be 3 days late (late_days in "
            "digests/weekly/digest.yaml); the next one is due on 2026-11-27 at 08:00"
        )


def test_the_limit_itself_still_counts() -> None:
    digest = weekly(lateness_days=3)
    assert shape(decided(at(23, 8, 0), edition(W47), digest=digest)) == [("Send", W47)]
    assert shape(decided(at(23, 8, 0) + timedelta(seconds=1), edition(W47), digest=digest)) == [("Nothing", "")]


def test_what_was_begun_and_is_too_late_is_named_with_the_commands() -> None:
    digest = weekly(lateness_days=2)
    (step,) = decided(at(25), edition(W47), digest=digest, mailed=(mailed(W47, finished=False),))
    assert isinstance(step, Nothing)
    assert "veillee digest send weekly --edition 2026-W47 --late" in step.reason


def test_a_file_may_bring_its_edition_forward_or_put_it_off() -> None:
    early = edition(W48, until=at(25, 12))
    assert shape(decided(at(25, 12), early, mailed=(mailed(W47),))) == [("Send", W48)]
    gone = Mailed(W48, at(25, 12), is_finished=True, has_arrived=True)
    assert shape(decided(at(27, 9), early, mailed=(mailed(W47), gone))) == [("Nothing", "")]
    put_off = edition(W47, until=at(21, 12))
    assert shape(decided(at(20, 9), put_off)) == [("Nothing", "")]
    assert shape(decided(at(21, 12), put_off)) == [("Send", W47)]


def test_nothing_goes_out_behind_a_later_edition() -> None:
    assert shape(decided(at(20), mailed=(mailed(W48),))) == [("Nothing", "")]


def test_a_schedule_that_was_changed_sends_nothing_a_second_time() -> None:
    daily = weekly(schedule=Schedule(Every.DAY, time(8), PARIS))
    assert shape(decided(at(20), edition(W47), digest=daily, mailed=(mailed(W47),))) == [("Nothing", "")]
    assert shape(decided(at(21), edition(W47), digest=daily, mailed=(mailed(W47),))) == [("Draft", "2026-11-21")]


def test_a_quiet_period_leaves_the_one_before_it_to_be_sent() -> None:
    digest = weekly(schedule=EVENING)
    monday = edition("2026-11-16", digest)
    standing = {"digest": digest, "mailed": (mailed("2026-11-15", digest),)}
    assert shape(decided(at(17, 20), monday, **standing)) == [("Missed", "2026-11-16"), ("Draft", "2026-11-17")]
    assert shape(decided(at(17, 20), monday, **standing, quiet_ids={"2026-11-17"})) == [("Send", "2026-11-16")]
    assert shape(decided(at(17, 20), **standing, quiet_ids={"2026-11-17"})) == [("Nothing", "")]


def test_many_missed_periods_are_said_in_a_few_words() -> None:
    digest = weekly(schedule=EVENING)
    steps = decided(at(20, 19), digest=digest, mailed=(mailed("2026-10-31", digest),))
    assert names([step for step in steps if isinstance(step, Missed)]) == "2026-11-01 to 2026-11-19 (19)"


FOLDS = [  # zone, hour of the digest, the day on which the clocks change
    ("Europe/Paris", time(2, 30), date(2026, 3, 29)),
    ("Europe/Paris", time(2, 30), date(2026, 10, 25)),
    ("America/New_York", time(2, 30), date(2026, 3, 8)),
    ("America/New_York", time(1, 30), date(2026, 11, 1)),
    ("Australia/Lord_Howe", time(2, 15), date(2026, 10, 4)),
    ("Australia/Lord_Howe", time(1, 45), date(2026, 4, 5)),
    ("Asia/Kolkata", time(8, 0), date(2026, 3, 29)),
]


@pytest.mark.parametrize(("zone", "hour", "day"), FOLDS)
def test_a_daily_digest_goes_out_once_a_day_when_the_clocks_change(zone: str, hour: time, day: date) -> None:
    """Runs every five minutes for five days, the clocks changing at the digest's very hour on the third."""
    digest = weekly(schedule=Schedule(Every.DAY, hour, ZoneInfo(zone)))
    begin = datetime.combine(day - timedelta(days=2), time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    sent: list[tuple[str, datetime]] = []
    for step in range(5 * 24 * 12):
        now = begin + timedelta(minutes=5 * step)
        done = tuple(mailed(name, digest) for name, _ in sent)
        for due in decide_due(Standing(digest, (), done), now):
            if isinstance(due, Draft):
                sent.append((due.period.id, now))
    days = [(day + timedelta(days=shift)).isoformat() for shift in range(-2, 3)]
    assert [name for name, _ in sent if name in days] == days
    for name, now in sent[1:]:
        assert now - period_named(digest.schedule, name).end < timedelta(minutes=5)


runs = st.lists(st.integers(1, 60 * 24 * 12), min_size=1, max_size=25)


@given(schedules, instants, runs, st.integers(0, 40), st.randoms(use_true_random=False))
def test_each_edition_goes_out_once_in_order_and_whenever_a_run_falls_into_its_window(
    schedule: Schedule, begin: datetime, gaps: list[int], late_days: int, chance: object
) -> None:
    """Whatever the instants at which it runs; some runs are cut off before, or in the middle of, the mailing."""
    digest = weekly(schedule=schedule, lateness_days=late_days)
    editions: list[Edition] = []
    ledger: dict[str, Mailed] = {}
    begun: list[str] = []
    now = begin
    for gap in gaps:
        now += timedelta(minutes=gap)
        steps = decide_due(Standing(digest, tuple(editions), tuple(ledger.values())), now)
        assert sum(isinstance(step, Draft | Send | AwaitReview) for step in steps) <= 1
        is_cut_off = chance.random() < 0.3  # type: ignore[attr-defined]
        for step in steps:
            match step:
                case Draft(period):
                    assert period.id not in {one.id for one in editions}
                    editions.append(Edition(digest.id, period.id, period.start, period.end, ()))
                    sending, end = period.id, period.end
                case Send(one):
                    sending, end = one.id, one.period_end
                case GoOn(sending):
                    end = ledger[sending].period_end
                case _:
                    continue
            assert end <= now <= end + timedelta(days=late_days)
            if not isinstance(step, GoOn):
                assert sending not in ledger
                assert not begun or end > ledger[begun[-1]].period_end
                begun.append(sending)
            if not is_cut_off:
                ledger[sending] = Mailed(sending, end, is_finished=True, has_arrived=True)
            else:
                arrived = chance.random() < 0.5  # type: ignore[attr-defined]
                ledger.setdefault(sending, Mailed(sending, end, is_finished=False, has_arrived=arrived))
        due = last_ended(schedule, now)
        if now <= due.end + timedelta(days=late_days) and not is_cut_off:
            assert ledger[due.id].is_finished
        assert next_issue(schedule, now) > now
    assert len(begun) == len(set(begun))
