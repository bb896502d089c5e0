"""Calendars, read back by a library for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar

from tests.editorial.communities import community, story
from veillee.model import Event, Post
from veillee.render.calendar import render_calendar

START = datetime(2026, 12, 4, 13, tzinfo=UTC)


def post_with(event: Event, **values: object) -> Post:
    return replace(story("night", title="A long night; with, everything \\ in it " * 3), event=event, **values)  # type: ignore[arg-type]


def read_back(*posts: Post) -> list[Calendar]:
    of = community(*posts)
    content = render_calendar(posts, of, title="Dates")
    assert content == render_calendar(posts, of, title="Dates")
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    read = Calendar.from_ical(content)
    assert read["x-wr-calname"] == "Dates"
    return list(read.walk("VEVENT"))


def test_hours_are_instants() -> None:
    (entry,) = read_back(post_with(Event(START, START + timedelta(hours=2), place="Leeds, room 4", url=None)))
    assert entry["dtstart"].dt == START
    assert entry["dtend"].dt - entry["dtstart"].dt == timedelta(hours=2)
    assert entry["location"] == "Leeds, room 4"
    assert entry["summary"].startswith("A long night; with, everything \\ in it A long")


def test_whole_days_are_days_of_the_community_and_end_on_the_day_after() -> None:
    event = Event(datetime(2026, 12, 3, 23, tzinfo=UTC), datetime(2026, 12, 5, 23, tzinfo=UTC), is_whole_day=True)
    (entry,) = read_back(post_with(event))
    assert (entry["dtstart"].dt, entry["dtend"].dt) == (date(2026, 12, 4), date(2026, 12, 6))


def test_an_entry_stays_the_same_when_its_title_is_corrected() -> None:
    event = Event(START, START + timedelta(hours=1))
    (one,), (other,) = read_back(post_with(event)), read_back(replace(post_with(event), title="Corrected"))
    assert one["uid"] == other["uid"] == "stories/night@veillee.example"


def test_posts_without_an_event_are_not_in_it() -> None:
    assert read_back(story("plain")) == []
