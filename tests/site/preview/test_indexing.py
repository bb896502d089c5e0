"""The indexer of a preview: asked again and again, it works once; at the end of the program it is silent."""

from __future__ import annotations

import threading

import pytest

from veillee.config import SiteSettings
from veillee.site.preview import indexing
from veillee.site.preview.indexing import Indexer


class Refreshing:
    """Stands for making the index: counts, and fails as a full disk would."""

    def __init__(self) -> None:
        self.count = 0
        self.begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(self, *_: object) -> None:
        self.count += 1
        self.begun.set()
        assert self.may_end.wait(10)
        raise OSError("no space left")


@pytest.fixture
def refreshing(monkeypatch: pytest.MonkeyPatch) -> Refreshing:
    monkeypatch.setattr(indexing, "QUIET_S", 0.05)
    found = Refreshing()
    monkeypatch.setattr(indexing, "refresh_beside", found)
    return found


@pytest.fixture
def site() -> SiteSettings:
    return object.__new__(SiteSettings)


def test_saves_in_a_row_are_indexed_once_and_trouble_is_said_once(refreshing: Refreshing, site: SiteSettings) -> None:
    said: list[str] = []
    indexer = Indexer(said.append)
    refreshing.may_end.set()
    for _ in range(5):
        indexer.ask(site, "pelicanconf.py")
    assert indexer.wait(10)
    assert refreshing.count == 1
    indexer.ask(site, "pelicanconf.py")
    assert indexer.wait(10)
    assert refreshing.count == 2
    assert said == ["no space left"]


def test_what_is_saved_meanwhile_is_indexed_afterwards(refreshing: Refreshing, site: SiteSettings) -> None:
    indexer = Indexer(lambda _: None)
    indexer.ask(site, "pelicanconf.py")
    assert refreshing.begun.wait(10)
    indexer.ask(site, "pelicanconf.py")
    assert not indexer.wait(0)
    refreshing.may_end.set()
    assert indexer.wait(10)
    assert refreshing.count == 2


def test_when_it_rests_there_is_no_thread_beside_which_builds_would_not_fork(
    refreshing: Refreshing, site: SiteSettings
) -> None:
    before = set(threading.enumerate())
    indexer = Indexer(lambda _: None)
    refreshing.may_end.set()
    indexer.ask(site, "pelicanconf.py")
    mine = set(threading.enumerate()) - before
    assert indexer.wait(10)
    for thread in mine:
        thread.join(10)
    assert not mine & set(threading.enumerate())


def test_at_the_end_of_the_program_nothing_is_said_any_more(refreshing: Refreshing, site: SiteSettings) -> None:
    said: list[str] = []
    indexer = Indexer(said.append)
    indexer.ask(site, "pelicanconf.py")
    assert refreshing.begun.wait(10)
    indexer.stop()
    refreshing.may_end.set()
    assert indexer.wait(10)
    assert said == []
