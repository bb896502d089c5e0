"""An instant digest tells each post once, soon after it came, and mails no archive."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.editorial.communities import NOW, PARIS, community, post, question, weekly
from veillee.editorial.due import AwaitReview, Draft, GoOn, Mailed, Missed, Nothing, Send, Standing
from veillee.editorial.instants import decide_instant, instant_period, watched_from
from veillee.editorial.periods import instant_name
from veillee.editorial.selection import propose_edition
from veillee.model import Digest, DigestChoice, Edition, Every, Post, Schedule, Section, SectionKind

INSTANT = Schedule(Every.INSTANT, time(0), PARIS)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NINE = NOW.astimezone(UTC)


def flash(**changes: object) -> Digest:
    values: dict[str, object] = {
        "id": "flash",
        "schedule": INSTANT,
        "sections": (SectionKind.ANNOUNCEMENTS,),
        "minimum_items": 1,
    }
    return weekly(**{**values, **changes})


def edition(at: datetime, *post_ids: str, start: datetime | None = None) -> Edition:
    sections = (Section(SectionKind.ANNOUNCEMENTS, post_ids),)
    return Edition("flash", instant_name(at), start or at - HOUR, at, sections)


def mailed(at: datetime, *, finished: bool = True, arrived: bool = True) -> Mailed:
    return Mailed(instant_name(at), at, is_finished=finished, has_arrived=arrived)


def standing(*editions: Edition, **changes: object) -> Standing:
    digest = changes.pop("digest", flash())
    return Standing(digest, editions, **changes)  # type: ignore[arg-type]


def told(posts: list[Post], where: Standing, now: datetime) -> tuple[str, ...]:
    """What an edition that is made now carries."""
    period = instant_period(where, now)
    people = community(*(one for one in posts if one.published_at <= now), now=now)
    return propose_edition(where.digest, period, people, earlier=where.editions).edition.post_ids


def at(minutes: float, slug: str = "news", **changes: object) -> Post:
    """An announcement so many minutes before nine."""
    return post(slug, days=minutes / 60 / 24, **changes)  # type: ignore[arg-type]


def test_the_first_edition_looks_back_an_hour_at_most() -> None:
    assert instant_period(standing(), NINE).start == NINE - HOUR
    posts = [at(61, "archive"), at(60, "recent"), at(0, "new")]
    assert set(told(posts, standing(), NINE)) == {"announcements/recent", "announcements/new"}


def test_not_even_a_pinned_post_of_the_archive_is_mailed() -> None:
    posts = [at(6000, "archive", digest=DigestChoice.PIN), at(1, "new")]
    assert told(posts, standing(), NINE) == ("announcements/new",)


def test_what_is_expired_or_wants_no_digest_is_not_told() -> None:
    posts = [at(5, "a", digest=DigestChoice.NEVER), at(5, "b", expires_at=NINE - MINUTE), at(5, "c")]
    assert told(posts, standing(), NINE) == ("announcements/c",)


def test_a_post_that_came_with_an_earlier_date_than_the_last_edition_is_told() -> None:
    """Files are written, reviewed and pushed after the date in them; a date alone is midnight."""
    last = edition(NINE - 10 * MINUTE, "announcements/first")
    where = standing(last, mailed=(mailed(last.period_end),), watched_since=NINE - 24 * HOUR)
    posts = [at(60, "first"), at(540, "of-today"), at(1500, "before-the-watch")]
    assert told(posts, where, NINE) == ("announcements/of-today",)


def test_it_never_looks_further_back_than_its_lateness() -> None:
    where = standing(watched_since=NINE - 1000 * HOUR, digest=flash(lateness_days=2))
    assert instant_period(where, NINE).start == NINE - 48 * HOUR
    assert (
        instant_period(standing(digest=flash(lateness_days=0), watched_since=NINE - 9 * HOUR), NINE).start
        == NINE - HOUR
    )


def test_it_never_looks_behind_an_edition_whose_file_is_gone() -> None:
    where = standing(mailed=(mailed(NINE - 10 * MINUTE),), watched_since=NINE - 24 * HOUR)
    assert instant_period(where, NINE).start == NINE - 10 * MINUTE


def test_a_machine_that_knows_nothing_goes_by_the_files() -> None:
    files = (edition(NINE - 9 * HOUR), edition(NINE - 3 * HOUR))
    assert watched_from(files, None, NINE) == NINE - 10 * HOUR
    steps = decide_instant(standing(*files), NINE)
    assert [type(step) for step in steps] == [Draft], "what lies there was sent by somebody else"


def test_an_edition_that_was_drafted_before_a_crash_is_sent() -> None:
    lost = edition(NINE - 10 * MINUTE, "announcements/a")
    steps = decide_instant(standing(lost, watched_since=NINE - HOUR), NINE)
    assert steps[0] == Send(lost)
    assert isinstance(steps[1], Draft)


def test_what_was_begun_is_gone_on_with_before_anything_new() -> None:
    begun = edition(NINE - 10 * MINUTE)
    steps = decide_instant(standing(begun, mailed=(mailed(begun.period_end, finished=False),)), NINE)
    assert steps[0] == GoOn(begun.id)
    assert isinstance(steps[1], Draft)


def test_twice_in_a_minute_makes_one_edition() -> None:
    made = edition(NINE)
    for now in (NINE, NINE + timedelta(seconds=59)):
        (step,) = decide_instant(standing(made, mailed=(mailed(NINE),), watched_since=NINE - HOUR), now)
        assert isinstance(step, Nothing)
    (step,) = decide_instant(standing(made, mailed=(mailed(NINE),), watched_since=NINE - HOUR), NINE + MINUTE)
    assert isinstance(step, Draft)


def test_while_one_waits_for_review_no_other_is_drafted() -> None:
    digest = flash(needs_review=True)
    waits = edition(NINE - 10 * MINUTE)
    where = standing(waits, digest=digest, watched_since=NINE - HOUR, is_committed={waits.id: False})
    assert decide_instant(where, NINE) == (AwaitReview(waits),)


def test_one_that_waited_for_too_long_is_named_until_a_later_one_goes_out() -> None:
    digest = flash(needs_review=True, lateness_days=1)
    lost = edition(NINE - 25 * HOUR)
    files = {"digest": digest, "watched_since": NINE - 99 * HOUR, "is_committed": {lost.id: True}}
    missed, draft = decide_instant(standing(lost, **files), NINE)
    assert (missed, type(draft)) == (Missed(lost.period, is_drafted=True), Draft)
    later = (mailed(NINE - HOUR),)
    (step,) = decide_instant(standing(lost, edition(NINE - HOUR), mailed=later, **files), NINE)
    assert isinstance(step, Draft)


def test_what_lies_there_when_it_begins_is_not_named_as_lost() -> None:
    (step,) = decide_instant(standing(edition(NINE - 25 * HOUR), digest=flash(lateness_days=1)), NINE)
    assert isinstance(step, Draft)


def test_it_begins_at_a_whole_minute() -> None:
    assert watched_from((), None, NINE + timedelta(seconds=59, microseconds=9)) == NINE - HOUR


def test_an_answer_may_be_news_of_an_old_question() -> None:
    digest = flash(sections=(SectionKind.ANSWERED_QUESTIONS,))
    posts = [question("old", days=30, answered=10 / 60 / 24), question("older", days=31, answered=2)]
    assert told(posts, standing(digest=digest), NINE) == ("questions/old",)


arrivals = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 600)), max_size=12)
runs = st.lists(st.integers(1, 240 * 60), min_size=1, max_size=20)


@given(arrivals, runs)
def test_each_post_is_told_once_and_at_the_first_run_after_its_file_came(
    arrivals: list[tuple[int, int]], gaps: list[int]
) -> None:
    """Posts dated so many minutes after the digest began, their files there later still; runs at any second."""
    digest = flash(item_count=60)
    began = NINE
    posts = [
        (post(f"p{n}", published_at=began + dated * MINUTE), began + (dated + later) * MINUTE)
        for n, (dated, later) in enumerate(arrivals)
    ]
    editions: list[Edition] = []
    now = began
    where = standing(digest=digest, watched_since=began - HOUR)
    carried: list[str] = []
    for gap in gaps:
        now += timedelta(seconds=gap)
        where = standing(
            *editions,
            digest=digest,
            watched_since=began - HOUR,
            mailed=tuple(mailed(one.period_end) for one in editions),
        )
        there = [one for one, came_at in posts if came_at <= now and one.published_at <= now]
        for step in decide_instant(where, now):
            if isinstance(step, Draft):
                assert step.period.id not in {one.id for one in editions}
                made = propose_edition(digest, step.period, community(*there, now=now), earlier=editions).edition
                if made.news_count:
                    editions.append(made)
                    carried.extend(made.post_ids)
                assert {one.id for one in there} == set(carried)
        assert len(carried) == len(set(carried))
