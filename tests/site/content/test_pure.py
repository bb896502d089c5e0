"""Functions of Pelican's that answer sooner: the same answers as Pelican's own."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pelican import contents, readers, utils

from veillee.site.content.pure import formatted, hasten_functions

ZONES = st.sampled_from([None, UTC, ZoneInfo("Europe/Paris")])
FORMATS = st.lists(st.sampled_from(["%d", "%-d", "%B", "%-m", "%%", "%Y", "%Q", "%-", "%", "%é", "0", " de ", "%H:%M"]))


def untouched() -> ModuleType:
    """Pelican's module as it is before anybody changes it."""
    spec = importlib.util.find_spec("pelican.utils")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PELICANS: Any = untouched()


def outcome(function: Any, *arguments: Any) -> object:
    try:
        return function(*arguments)
    except (ValueError, TypeError) as error:
        return type(error)


DATES = st.datetimes(min_value=datetime(1000, 1, 1), timezones=ZONES)  # noqa: DTZ001 hypothesis adds the zone


@given(DATES, FORMATS.map("".join) | st.text(max_size=10))
def test_dates_read_as_pelican_writes_them(date: datetime, date_format: str) -> None:
    theirs = PELICANS.SafeDatetime.fromtimestamp(0).replace(**_fields(date))
    ours = utils.SafeDatetime.fromtimestamp(0).replace(**_fields(date))
    expected = outcome(PELICANS.strftime, theirs, date_format)
    assert outcome(formatted, ours, date_format) == expected
    assert outcome(formatted, date, date_format) == outcome(PELICANS.strftime, date, date_format)


TWO = st.integers(0, 99).map("{:02}".format)
PLAIN_DATES = st.tuples(
    st.sampled_from(["2026", "1999", "1000", "2999", "3001", "0012", "26"]),
    st.sampled_from(["-", "-", "-", "/", " "]),
    st.integers(0, 14).map("{:02}".format),
    st.integers(0, 32).map("{:02}".format),
    st.sampled_from(["", " ", "  ", "T"]),
    st.one_of(st.just(""), st.tuples(TWO, TWO).map(":".join), st.tuples(TWO, TWO, TWO).map(":".join)),
    st.sampled_from(["", "", "", "Z", "+01:00", ".5", " "]),
).map(lambda parts: f"{parts[0]}{parts[1]}{parts[2]}{parts[1]}{parts[3]}{parts[4]}{parts[5]}{parts[6]}")


@given(PLAIN_DATES | st.text(max_size=12))
def test_dates_are_understood_as_pelican_understands_them(text: str) -> None:
    hasten_functions()
    expected, found = outcome(PELICANS.get_date, text), outcome(readers.get_date, text)
    assert found == expected
    if isinstance(found, datetime) and isinstance(expected, datetime):
        assert (found.tzinfo, found.fold, type(found)) == (expected.tzinfo, expected.fold, utils.SafeDatetime)


def _fields(date: datetime) -> dict[str, Any]:
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo")
    return {name: getattr(date, name) for name in names}


def test_a_date_of_another_kind_is_asked_as_pelican_asks_it() -> None:
    class Loud(utils.SafeDatetime):
        def strftime(self, fmt: str, safe: bool = True) -> str:
            return f"{super().strftime(fmt, safe)}!"

    assert formatted(Loud(2026, 1, 2), "%-d %B") == "2! January!"


def test_links_are_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    original = contents.urlparse.__wrapped__ if hasattr(contents.urlparse, "__wrapped__") else contents.urlparse
    monkeypatch.setattr(utils, "strftime", PELICANS.strftime)
    monkeypatch.setattr(contents, "urljoin", contents.urljoin)
    monkeypatch.setattr(contents, "urlparse", lambda url: asked.append(url) or original(url))
    hasten_functions()
    first = contents.urlparse("/stories/picnic.md#food")
    hasten_functions()
    assert contents.urlparse("/stories/picnic.md#food") == first == original("/stories/picnic.md#food")
    assert asked == ["/stories/picnic.md#food"]


def test_only_texts_with_pictures_are_looked_through_for_those_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(utils, "strftime", PELICANS.strftime)
    for name in ("urlparse", "urljoin"):
        monkeypatch.setattr(contents, name, getattr(contents, name))
    monkeypatch.setattr(readers, "find_empty_alt", lambda content, _: asked.append(content))
    hasten_functions()
    for text in ("<p>none</p>", '<img src="a.png" alt="">', ""):
        readers.find_empty_alt(text, "a.md")
    assert asked == ['<img src="a.png" alt="">']
