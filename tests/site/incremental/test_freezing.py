"""The page of an article is kept as what it shares with others, and is no other page for that."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pelican.contents import Article
from pelican.utils import SafeDatetime

from veillee.site.replay.freezing import _Store
from veillee.site.replay.thawing import Plan, Thawing, _made, is_asleep


def article() -> Any:
    made = object.__new__(Article)
    made.__dict__.update(category="stories", title="A")
    return made


def job(path: str, shown: Any, **context: Any) -> tuple[Any, ...]:
    own = {"article": shown, "category": shown.category, "output_file": path, "SITEURL": "", **context}
    return 0, "article", "utf-8", own, tuple(sorted(own)), ""


@pytest.fixture
def store() -> _Store:
    return _Store(Plan(b"", (), {}, lambda _: (), {}), {})


def test_pages_of_one_kind_are_kept_as_one(store: _Store) -> None:
    one, other = store.file("a.html", job("a.html", article())), store.file("b.html", job("b.html", article()))
    assert isinstance(one, tuple)
    assert isinstance(other, tuple)
    assert one[0] is other[0]
    assert one[1] != other[1]


def test_values_that_are_equal_and_look_otherwise_are_kept_apart(store: _Store) -> None:
    kept = [store.file("a.html", job("a.html", article(), flag=flag)) for flag in (True, 1, False, 0)]
    assert [repr(dict(file[0][3])["flag"]) for file in kept if isinstance(file, tuple)] == ["True", "1", "False", "0"]


@pytest.mark.parametrize("context", [{"category": "another"}, {"output_file": "b.html"}, {"more": ["a list"]}])
def test_any_other_page_is_packed(store: _Store, context: dict[str, Any]) -> None:
    assert isinstance(store.file("a.html", job("a.html", article(), **context)), bytes)


def test_what_nearly_every_content_has_is_kept_without_its_name(store: _Store) -> None:
    made = article()
    zone = ZoneInfo("Europe/Paris")
    made.date, made._content, made.source_path = SafeDatetime(2026, 1, 2, 3, tzinfo=zone), "Text.", "a.md"
    made.settings = {"PATH": "/content"}
    made.next_article = article()
    state, _ = store.state(made)
    assert b"pelican" not in state
    assert b"veillee" not in state
    made.next_article = None
    packed, date = store.state(made)
    kind, kept, text = pickle.loads(packed)
    assert (kind, type(kept["date"]), kept["date"], text) == ("Article", SafeDatetime, made.date, "Text.")
    assert kept["date"].tzinfo is zone
    assert date is not None
    assert date[1] == "Europe/Paris"


@pytest.mark.parametrize(
    ("date", "is_told"),
    [
        (SafeDatetime(2026, 1, 2, 3, 4, 5, 678), True),
        (SafeDatetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Paris"), fold=1), True),
        (SafeDatetime(2026, 1, 2, tzinfo=UTC), False),
        (datetime(2026, 1, 2), False),  # noqa: DTZ001 no date of Pelican's
        (None, False),
    ],
)
@pytest.mark.parametrize("is_set", [True, False])
def test_a_date_is_told_by_a_content_that_sleeps_on(store: _Store, date: Any, is_told: bool, is_set: bool) -> None:
    made = article()
    made.date = date
    thawing = Thawing({}, {}, {0: store.state(made)}, {}, {}, str, is_told=not is_set)
    sleeping = _made(0, thawing)
    found = sleeping.date
    assert is_asleep(sleeping) is (is_told and not is_set)
    assert (type(found), found) == (type(date), date)
    if date is not None:
        assert (found.tzinfo, found.fold) == (date.tzinfo, date.fold)
    assert sleeping.title == "A"
    assert sleeping.date == date
