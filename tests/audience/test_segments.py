"""Segments: what may be asked, what is answered to what may not, and that the database says what Python says."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.delivery.samples import new_database
from veillee.audience.imports import import_subscribers
from veillee.audience.rows import NewSubscriber
from veillee.audience.subscribers import SubscriberStore
from veillee.database import Database, open_database
from veillee.model import Consent, Subscriber, SubscriberState
from veillee.model.address import parse_address
from veillee.model.segments import (
    DATE_FIELDS,
    FIELDS,
    LIST_FIELDS,
    MAX_DEPTH,
    Both,
    Comparison,
    Either,
    Not,
    Operator,
    Segment,
    SegmentError,
    matches,
    parse_segment,
)

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
NAMES = ("Amina", "Zoé", 'O\'Neil "the boss"', "100 % _sql_")
WORDS = ("sql", "css", "weekly", "questions", "buzz")


def people() -> list[NewSubscriber]:
    """Each of another kind."""
    return [
        NewSubscriber(
            "people.csv",
            number,
            parse_address(f"member{number}@{('example.org', 'Bücher.example', 'sub.example.org')[number % 3]}"),
            name=NAMES[number % 4],
            lang=("fr", "en", "")[number % 3],
            digests=tuple(sorted(WORDS[2:4])) if number % 5 == 0 else (),
            topics=tuple(sorted(WORDS[: number % 3])),
            streams=("buzz",) if number % 2 else (),
            left=("weekly",) if number % 7 == 0 else (),
            frequency=("", "week", "month")[number % 3],
            timezone=("", "Europe/Paris")[number % 2],
            state=(SubscriberState.ACTIVE, SubscriberState.PAUSED)[number % 4 == 0],
            consent=Consent(NOW - timedelta(days=number), "form", "yes") if number % 2 else None,
        )
        for number in range(40)
    ]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    opened = open_database(new_database(tmp_path_factory.mktemp("segments")))
    for number, one in enumerate(people()):
        import_subscribers(opened, [one], now=NOW - timedelta(days=number // 4))
    return opened


def found(database: Database, text: str) -> list[int]:
    return [one.id - 1 for one in SubscriberStore(database).every(segment=parse_segment(text))]


@pytest.mark.parametrize(
    ("text", "is_in"),
    [
        ("lang=fr", lambda n: n % 3 == 0),
        ("LANG = FR and not topic:sql", lambda n: n % 3 == 0),
        ("lang=fr or lang=en and state=paused", lambda n: n % 3 == 0 or (n % 3 == 1 and n % 4 == 0)),
        ("(lang=fr or lang=en) and state=paused", lambda n: n % 3 in (0, 1) and n % 4 == 0),
        ("topic:sql", lambda n: n % 3 in (1, 2)),
        ("topic:SQL", lambda n: n % 3 in (1, 2)),
        ("domain=bücher.example", lambda n: n % 3 == 1),
        ("domain=@EXAMPLE.org", lambda n: n % 3 == 0),
        ("address=MEMBER4@BÜCHER.example", lambda n: n == 4),
        ("topic != css", lambda n: n % 3 != 2),
        ("domain=example.org", lambda n: n % 3 == 0),
        ("domain=xn--bcher-kva.example", lambda n: n % 3 == 1),
        ('name="O\'Neil \\"the boss\\""'.replace('\\"', ""), lambda n: False),
        ("name='zoé'", lambda n: n % 4 == 1),
        ("digest:weekly and left!=weekly", lambda n: n % 5 == 0 and n % 7 != 0),
        ("subscribed>=2026-11-19", lambda n: n < 8),
        ("subscribed=2026-11-20", lambda n: n < 4),
        ("consent<2026-11-15", lambda n: n % 2 == 1 and n > 5),
        ("timezone=Europe/Paris and frequency=month", lambda n: n % 2 == 1 and n % 3 == 2),
        ('frequency=""', lambda n: n % 3 == 0),
    ],
)
def test_a_segment_finds_those_that_it_speaks_of(database: Database, text: str, is_in: object) -> None:
    assert found(database, text) == [number for number in range(40) if is_in(number)]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("", 1, "a field is missing"),
        ("lnag=fr", 1, "did you mean lang?"),
        ("lang=fr and", 12, "a field is missing"),
        ("lang=fr topic:sql", 9, "join parts by and, or"),
        ("lang", 5, "lang is not compared so; allowed: = !="),
        ("lang:fr", 5, "lang is not compared so"),
        ("topic<sql", 6, "topic is not compared so"),
        ("subscribed>soon", 12, '"soon" is not a date'),
        ("state=activ", 7, "did you mean active?"),
        ("stream:bluzz", 8, "did you mean buzz?"),
        ("(lang=fr", 9, "a bracket is opened and not closed"),
        ("lang=fr)", 8, "here it should end"),
        ('name="Amina', 6, "cannot be read"),
        ("lang=", 6, "a value is missing"),
        ("lang=fr; DROP TABLE subscribers", 10, "join parts"),
        ("not " * (MAX_DEPTH + 1) + "lang=fr", None, "stand inside of each other"),
        ("lang=fr or " * 500 + "lang=fr", 1, "at most 2,000"),
    ],
)
def test_what_cannot_be_asked_is_pointed_at(text: str, column: int | None, said: str) -> None:
    with pytest.raises(SegmentError) as raised:
        parse_segment(text)
    assert said in str(raised.value)
    assert column in (None, raised.value.column)
    if text and len(text) < 100:
        assert str(raised.value).splitlines()[-1] == "  " + " " * (raised.value.column - 1) + "^"


@given(st.text(max_size=60))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    with contextlib.suppress(SegmentError):
        parse_segment(text)


def comparisons() -> st.SearchStrategy[Segment]:
    values = {
        "domain": ("example.org", "%.org", "Example.ORG", "sub.example.org"),
        "address": ("member3@example.org", "MEMBER3@example.org", "member_@example.org"),
        "frequency": ("", "week", "month"),
        "lang": ("fr", "FR", ""),
        "name": NAMES,
        "state": ("active", "paused"),
        "timezone": ("", "Europe/Paris"),
    }

    def of(field: str) -> st.SearchStrategy[Segment]:
        if field in DATE_FIELDS:
            days = st.integers(0, 50).map(lambda back: (NOW - timedelta(days=back)).replace(hour=0))
            signs = st.sampled_from([one for one in Operator if one is not Operator.HAS])
            return st.builds(lambda sign, day: Comparison(field, sign, day.date().isoformat(), day), signs, days)
        if field in LIST_FIELDS:
            return st.builds(Comparison, st.just(field), st.sampled_from(list(Operator)[:3]), st.sampled_from(WORDS))
        signs = st.sampled_from(list(Operator)[:2])
        return st.builds(Comparison, st.just(field), signs, st.sampled_from(values[field]))

    return st.sampled_from(FIELDS).flatmap(of)


segments = st.recursive(
    comparisons(),
    lambda parts: st.builds(Not, parts) | st.builds(Both, parts, parts) | st.builds(Either, parts, parts),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(segment=segments)
def test_the_database_says_what_python_says(database: Database, segment: Segment) -> None:
    store = SubscriberStore(database)
    everybody: list[Subscriber] = list(store.every())
    assert list(store.every(segment=segment)) == [one for one in everybody if matches(segment, one)]


def test_a_segment_is_never_sql(tmp_path: Path) -> None:
    with open_database(new_database(tmp_path)) as opened:
        import_subscribers(opened, people()[:2], now=NOW)
        assert found(opened, 'name="\' OR 1=1 --"') == []
        assert len(list(SubscriberStore(opened).every())) == 2
