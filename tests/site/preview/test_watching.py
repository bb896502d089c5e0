from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from veillee.site.preview.watching import Watched, watch_sources


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for folder in ("content", "output", "var"):
        (tmp_path / folder).mkdir()
    (tmp_path / "pelicanconf.py").write_text("A = 1\n")
    return tmp_path


class Watcher:
    """Collects what the watcher says, on a thread that ends with the test."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.stop = threading.Event()
        self.said: list[tuple[str, ...]] = []
        self.news = threading.Condition()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self.wait(1)

    def _places(self) -> Watched:
        folders = tuple(folder for name in ("content", "digests") if (folder := self.site / name).is_dir())
        return Watched(self.site, folders, (self.site / "output", self.site / "var"))

    def _run(self) -> None:
        for paths in watch_sources(self._places, stop=self.stop):
            with self.news:
                self.said.append(tuple(path.relative_to(self.site).as_posix() for path in paths))
                self.news.notify_all()

    def wait(self, count: int) -> list[tuple[str, ...]]:
        with self.news:
            assert self.news.wait_for(lambda: len(self.said) >= count, timeout=10), self.said
            return self.said


@pytest.fixture
def watcher(site: Path) -> Iterator[Watcher]:
    started = Watcher(site)
    yield started
    started.stop.set()
    started.thread.join(timeout=5)
    assert not started.thread.is_alive()


def test_it_begins_at_once_with_nothing(watcher: Watcher) -> None:
    assert watcher.said == [()]


def test_a_saved_file_is_named(watcher: Watcher, site: Path) -> None:
    (site / "content/a.md").write_text("one")
    assert "content/a.md" in watcher.wait(2)[1]


def test_a_file_saved_by_renaming_is_named(watcher: Watcher, site: Path) -> None:
    (site / "content/.a.swp").write_text("one")
    (site / "content/.a.swp").replace(site / "content/a.md")
    assert watcher.wait(2)[1] == ("content/a.md",)


def test_changed_settings_are_noticed(watcher: Watcher, site: Path) -> None:
    (site / "pelicanconf.py").write_text("A = 2\n")
    os.utime(site / "pelicanconf.py", (1, 1))
    assert watcher.wait(2)[1] == ("pelicanconf.py",)


def test_nothing_saved_into_a_new_folder_is_lost(watcher: Watcher, site: Path) -> None:
    (site / "digests").mkdir()
    count = len(watcher.wait(2))
    (site / "digests/digest.yaml").write_text("x: 1")  # perhaps before the folder itself is watched
    assert watcher.wait(count + 1)[-1][0].startswith("digests")


def test_what_a_build_writes_starts_no_build(watcher: Watcher, site: Path) -> None:
    (site / "output/index.html").write_text("built")
    (site / "var/ledger").write_text("x")
    (site / "content/a.md").write_text("one")
    assert [path for paths in watcher.wait(2) for path in paths if not path.startswith("content")] == []
