"""Dates in the forms that people and programs write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.sources.dates import NotADateError, parse_moment

PARIS = ZoneInfo("Europe/Paris")


def instant(text: str) -> str:
    return parse_moment(text, timezone=PARIS).instant.isoformat()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20", "2026-11-20T00:00:00+01:00"),
        ("2026-7-4", "2026-07-04T00:00:00+02:00"),
        ("2026/11/20", "2026-11-20T00:00:00+01:00"),
        ("2026-11-20 09:00", "2026-11-20T09:00:00+01:00"),
        ("2026-11-20 9:05", "2026-11-20T09:05:00+01:00"),
        ("2026-11-20T09:00", "2026-11-20T09:00:00+01:00"),
        ("2026-11-20 17:24:00 -0000", "2026-11-20T17:24:00+00:00"),
        ("2026-11-20T09:00:00Z", "2026-11-20T09:00:00+00:00"),
        ("2026-11-20T09:00:00+02:00", "2026-11-20T09:00:00+02:00"),
        ("2026-11-20T09:00:00.123456789Z", "2026-11-20T09:00:00+00:00"),
        ("2026-11-20 09:00 +0200", "2026-11-20T09:00:00+02:00"),
        ("2026-11-20 09:00:00 +0530", "2026-11-20T09:00:00+05:30"),
        ("2026-11-20 09:00 UTC", "2026-11-20T09:00:00+00:00"),
        ("2026-11-20 09:00 GMT", "2026-11-20T09:00:00+00:00"),
        ("2026-11-20 09:00:00 EST", "2026-11-20T09:00:00-05:00"),
        ("2026-11-20 09:00 America/New_York", "2026-11-20T09:00:00-05:00"),
        ("2026-07-20 09:00 America/New_York", "2026-07-20T09:00:00-04:00"),
        ("2026-11-20 09:00:00.12 +0000 UTC", "2026-11-20T09:00:00+00:00"),
        ("2026-11-20 09:00:00 +0800 CST", "2026-11-20T09:00:00+08:00"),
        ("2026-11-20T09:00:00+01:00[Europe/Paris]", "2026-11-20T09:00:00+01:00"),
        ("Fri Nov 20 09:00:00 2026 +0100", "2026-11-20T09:00:00+01:00"),
        ("Fri, 20 Nov 2026 09:00:00 +0000", "2026-11-20T09:00:00+00:00"),
        ("November 20, 2026", "2026-11-20T00:00:00+01:00"),
        ("Nov 20, 2026 9:00 pm", "2026-11-20T21:00:00+01:00"),
        ("Nov. 20, 2026, 12:30 AM", "2026-11-20T00:30:00+01:00"),
        ("20 November 2026", "2026-11-20T00:00:00+01:00"),
        ("20-Nov-2026", "2026-11-20T00:00:00+01:00"),
        ("Sept. 3rd, 2026", "2026-09-03T00:00:00+02:00"),
        ("20 novembre 2026", "2026-11-20T00:00:00+01:00"),
        ("1er août 2026", "2026-08-01T00:00:00+02:00"),
        ("3 févr. 2026", "2026-02-03T00:00:00+01:00"),
        ("vendredi 20 novembre 2026 à 9h30", "2026-11-20T09:30:00+01:00"),
        ("20 décembre 2026 à 18h", "2026-12-20T18:00:00+01:00"),
        ("  2026-11-20   09:00 ", "2026-11-20T09:00:00+01:00"),
    ],
)
def test_a_date_is_read_in_each_form_that_is_in_use(text: str, expected: str) -> None:
    assert instant(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-02-29", "February 2026 has 28 days"),
        ("2026-04-31 10:00", "April 2026 has 30 days"),
        ("2026-13-01", "months go from 1 to 12"),
        ("2026-11-20 25:00", "hours go from 0 to 23"),
        ("2026-11-20 10:61", "minutes and seconds to 59"),
        ("2026-11-20 13:00 pm", "from 1 to 12"),
        ("20 brumaire 2026", '"brumaire" is no month'),
        ("2026-11-20 09:00 Mars/Phobos", '"Mars/Phobos" is no time zone'),
        ("2026-11-20 09:00 +2500", "no time zone"),
        ("0001-01-01T00:00:00Z", "years go from"),
        ("31 Feb", ""),
        ("11/12/2026", ""),
        ("20.11.2026", ""),
        ("2026-11", ""),
        ("2026", ""),
        ("", ""),
        ("soon", ""),
        ("{{ .Date }}", ""),
        ("2026-11-20 14:4g5:00", ""),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(NotADateError) as caught:
        parse_moment(text, timezone=PARIS)
    assert why in str(caught.value)


def test_a_day_without_an_hour_ends_at_midnight_even_when_it_has_25_hours() -> None:
    moment = parse_moment("2026-10-25", timezone=PARIS)
    assert moment.end.astimezone(UTC) - moment.instant.astimezone(UTC) == timedelta(hours=25)


def test_an_hour_that_was_named_is_the_end_itself() -> None:
    moment = parse_moment("2026-10-25 18:00", timezone=PARIS)
    assert moment.end == moment.instant


@given(st.datetimes(min_value=datetime(1601, 1, 1), max_value=datetime(2998, 1, 1)))  # noqa: DTZ001 naive is meant
def test_every_iso_date_comes_back(moment: datetime) -> None:
    whole = moment.replace(microsecond=0, tzinfo=UTC)
    assert parse_moment(whole.isoformat(), timezone=PARIS).instant == whole


@given(st.text(alphabet="0123456789-/:. TZhamp+janvferoct,", max_size=40))
def test_no_text_does_anything_but_be_a_date_or_be_refused(text: str) -> None:
    try:
        moment = parse_moment(text, timezone=PARIS)
    except NotADateError:
        return
    assert moment.instant.tzinfo is not None
    assert moment.instant.astimezone(UTC) <= moment.end.astimezone(UTC)
