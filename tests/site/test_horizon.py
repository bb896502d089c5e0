"""Until when a site that was built stays right by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.site.building import settings_of, write_site
from veillee.site.horizon import horizon_of
from veillee.site.reading import open_session

HERE = ZoneInfo("Europe/Paris")


def horizon(folder: Path, files: dict[str, str]) -> tuple[datetime, datetime]:
    """The instant of a reading, and its horizon."""
    write_site(folder, files)
    with open_session(settings_of(folder, VEILLEE_NOW=None)) as session:
        session.read()
        return session.run.now, horizon_of(session.run)


def midnight(now: datetime) -> datetime:
    tomorrow = now.astimezone(HERE).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=HERE)


@pytest.mark.parametrize(("hours", "is_hourly"), [(3, True), (80, False)])
def test_a_question_counts_its_hours_and_then_its_days(tmp_path: Path, hours: int, is_hourly: bool) -> None:
    asked = datetime.now(UTC) - timedelta(hours=hours, minutes=20)
    question = f"title: Why?\ndate: {asked:%Y-%m-%d %H:%M}+00:00\nbody: Because.\n"
    now, until = horizon(tmp_path, {"questions/why.yaml": question})
    next_hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    assert until == (next_hour if is_hourly else midnight(now))


def test_a_post_that_is_to_appear_ends_it(tmp_path: Path) -> None:
    due = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=2)
    if due.astimezone(HERE).date() != (due - timedelta(minutes=3)).astimezone(HERE).date():
        pytest.skip("it is midnight, when everything is told anew")
    _, until = horizon(
        tmp_path, {"stories/soon.md": f"---\ntitle: Soon\ndate: {due:%Y-%m-%d %H:%M}+00:00\n---\nText.\n"}
    )
    assert until == due
