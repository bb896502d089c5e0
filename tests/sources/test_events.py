"""What an announcement invites to, as it is typed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.sources.reading import LENIENT, PARIS, STRICT, faults_of, post_of, read


def event_of(lines: str) -> tuple[datetime, datetime, bool]:
    event = post_of(f"---\ntitle: x\nauthor: amina\nevent: {{{lines}}}\n---\ntext", rules=STRICT).event
    assert event
    return event.starts_at, event.ends_at, event.is_whole_day


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("start: 2026-12-04 14:00, end: 2026-12-04 16:30", (at(2026, 12, 4, 14), at(2026, 12, 4, 16, 30), False)),
        ("start: 2026-12-04 14:00", (at(2026, 12, 4, 14), at(2026, 12, 4, 15), False)),
        ("start: 2026-12-04", (at(2026, 12, 4), at(2026, 12, 5), True)),
        ("start: 2026-12-04, end: 2026-12-06", (at(2026, 12, 4), at(2026, 12, 7), True)),
        ("start: 2026-12-04 14:00 UTC", (datetime(2026, 12, 4, 14, tzinfo=UTC), at(2026, 12, 4, 16), False)),
    ],
)
def test_an_event_has_hours_or_whole_days(lines: str, expected: tuple[datetime, datetime, bool]) -> None:
    assert event_of(lines) == expected


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("tomorrow", '4: event is "tomorrow"; start, end and place;'),
        ("{place: here}", "4: the event has no start; start: YYYY-MM-DD HH:MM;"),
        ("{start: 2026-12-04 14:00, end: 2026-12-04 13:00}", "4: the event ends before it begins; an end after"),
        ("{start: 2026-12-04 14:00, end: 2026-12-05}", "4: one of start and end has an hour; an hour for both,"),
        ("{start: soon}", '4: start "soon" is not a date;'),
        ("{start: 2026-12-04, url: 'javascript:alert(1)'}", '4: url "javascript:alert(1)" may not be linked to;'),
        ("{start: 2026-12-04, plaice: here}", '4: unknown key "plaice"; our key is "place";'),
    ],
)
def test_what_is_wrong_with_an_event_is_named(lines: str, fault: str) -> None:
    faults = faults_of(f"---\ntitle: x\nauthor: amina\nevent: {lines}\n---\ntext", rules=STRICT)
    assert len(faults) == 1
    assert faults[0].startswith(f"2026-11-20-a.md:{fault}")


def test_what_other_programs_call_event_stays_theirs() -> None:
    post = post_of("---\ntitle: x\nevent: PyCon\n---\ntext", rules=LENIENT)
    assert (post.event, post.extra["event"]) == (None, "PyCon")


def test_an_event_of_a_record_is_read_too() -> None:
    records = read(
        "- {title: x, author: amina, date: 2026-11-20, body: y, event: {start: 2026-12-04}}", "a.yaml", STRICT
    )
    assert [post.event is not None for post in records.posts] == [True]
