"""The community: for how long a question has waited."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.theme.sample import make_community, make_post
from veillee.model import Kind

PARIS = ZoneInfo("Europe/Paris")


def waited(since: str, now: str) -> timedelta:
    community = replace(make_community(), timezone=PARIS, now=datetime.fromisoformat(now).astimezone(UTC))
    return community.waiting_time(
        make_post(Kind.QUESTION, "q", "Why?", published_at=datetime.fromisoformat(since).astimezone(UTC))
    )


@pytest.mark.parametrize(
    ("since", "now", "said"),
    [
        ("2026-11-20T08:30+01:00", "2026-11-20T09:59+01:00", timedelta(minutes=30)),
        ("2026-11-20T08:30+01:00", "2026-11-20T10:00+01:00", timedelta(minutes=90)),
        ("2026-11-20T10:00+01:00", "2026-11-21T09:59+01:00", timedelta(hours=23)),
        ("2026-11-20T10:00+01:00", "2026-11-21T10:00+01:00", timedelta(days=1)),
        ("2026-11-20T23:50+01:00", "2026-11-22T00:50+01:00", timedelta(days=2)),
        ("2026-10-25T00:00+02:00", "2026-10-25T23:50+01:00", timedelta(days=1)),  # a day of twenty-five hours
    ],
)
def test_a_question_waits_by_the_clock_and_then_by_the_calendar(since: str, now: str, said: timedelta) -> None:
    assert waited(since, now) == said
