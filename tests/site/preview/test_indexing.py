"""The indexer of a preview: asked again and again, it works once; at the end of the program it is silent."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from pathlib import Path

import pytest

from tests.site.building import settings_of, write_site
from veillee.config import SiteSettings, site_settings
from veillee.site.building import build_site
from veillee.site.preview import indexing
from veillee.site.preview.indexing import Indexer


class Refreshing:
    """Stands for making the index: counts, and fails as a full disk would."""

    def __init__(self) -> None:
        self.count = 0
        self.begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(self, *_: object, stop: threading.Event) -> None:
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
    threading.Timer(0.05, refreshing.may_end.set).start()
    indexer.stop()
    assert indexer.wait(0)
    assert said == []


def test_the_end_of_the_program_takes_pagefind_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that ran on without its folder was seen to wait for ever."""
    folder = write_site(tmp_path / "site", {"stories/a.md": "---\ntitle: A\ndate: 2026-11-18\n---\nWords.\n"})
    settings = settings_of(folder, VEILLEE_SEARCH=True)
    build_site(settings, is_index_left=True)
    slow, begun, temporary = tmp_path / "slow/pagefind/__main__.py", tmp_path / "begun", tmp_path / "temporary"
    slow.parent.mkdir(parents=True)
    slow.with_name("__init__.py").touch()
    slow.write_text(f"import os, time\nopen({str(begun)!r}, 'w').write(f'{{os.getpid()}} ')\ntime.sleep(600)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "slow"))
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    said: list[str] = []
    indexer = Indexer(said.append)
    indexer.ask(site_settings(settings, root=folder), "pelicanconf.py")
    until_s = time.monotonic() + 30
    while not (begun.is_file() and begun.read_text().endswith(" ")) and time.monotonic() < until_s:
        time.sleep(0.02)
    indexer.stop()
    assert indexer.wait(0)
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)
    assert (list(temporary.iterdir()), said) == ([], [])
