"""A real reader, newsboat, loads feeds over HTTP: every item arrives, in its order, with its content."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.conftest import require_tool
from tests.feeds import samples
from veillee.model.places import feed_path
from veillee.render.syndication import FeedForm, compose_feeds, render_feed

FORMS = (FeedForm.RSS, FeedForm.ATOM)  # the versions of newsboat that are in use read no JSON Feed
_COLUMNS = "guid, title, author, url, pubDate, content"


@dataclass(frozen=True)
class Article:
    """What newsboat keeps of an item."""

    id: str
    title: str
    author: str
    url: str
    published: int
    content: str


@dataclass(frozen=True)
class Reader:
    """One newsboat with a home of its own, so that nothing of another run is in it."""

    command: str
    home: Path

    def load(self, urls: list[str]) -> dict[str, list[Article]]:
        """What the reader has of each feed, newest first as it came in."""
        (self.home / "urls").write_text("".join(f"{url}\n" for url in urls), encoding="utf-8")
        (self.home / "config").write_text("max-items 0\nreload-threads 2\n", encoding="utf-8")
        assert self._run("reload") == ""
        with closing(sqlite3.connect(self.home / "cache.db")) as cache:
            found = {url: self._articles(cache, url) for url in urls}
        assert self._run("print-unread").split()[0] == str(sum(map(len, found.values())))
        return found

    def _articles(self, cache: sqlite3.Connection, url: str) -> list[Article]:
        query = f"SELECT {_COLUMNS} FROM rss_item WHERE feedurl = ? ORDER BY id DESC"
        return [Article(*row) for row in cache.execute(query, (url,))]

    def _run(self, action: str) -> str:
        files = [f"-{key}{self.home / name}" for key, name in [("u", "urls"), ("C", "config"), ("c", "cache.db")]]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        done = subprocess.run(
            [self.command, *files, "-x", action],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout + done.stderr


def _reader(home: Path) -> Reader:
    command = shutil.which("newsboat")
    require_tool(command, "newsboat")
    assert command
    home.mkdir()
    return Reader(command, home)


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return _reader(tmp_path / "reader")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("form", FORMS)
def test_newsboat_reads_every_feed_of_the_demonstration(demo: Path, tmp_path: Path, form: FeedForm) -> None:
    """Streams, kinds, digests, authors, tags and languages; each reader gets feeds that share no item."""
    paths = sorted((demo / "feeds").rglob(f"*.{form}"))
    assert {path.relative_to(demo / "feeds").parts[0] for path in paths} >= {"streams", "kinds", "digests", "languages"}
    assert len(paths) > 50
    items = {path: _articles_in(path) for path in paths}
    with _served(demo) as address:
        for number, batch in enumerate(_without_shared_items(items)):
            urls = {f"{address}/{path.relative_to(demo).as_posix()}": path for path in batch}
            assert _reader(tmp_path / f"{number}").load(list(urls)) == {url: items[path] for url, path in urls.items()}


def _without_shared_items(items: dict[Path, list[Article]]) -> list[list[Path]]:
    """The feeds in as few parts as come by taking each where it fits; newsboat keeps once what two feeds carry."""
    batches: list[tuple[list[Path], set[str]]] = []
    for path, articles in items.items():
        ids = {article.id for article in articles}
        batch = next((batch for batch in batches if not batch[1] & ids), None)
        if batch is None:
            batches.append(batch := ([], set()))
        batch[0].append(path)
        batch[1].update(ids)
    return [paths for paths, _ in batches]


def _articles_in(path: Path) -> list[Article]:
    """The same as the JSON Feed beside it has it."""
    items = json.loads((path.parent / f"{path.name.partition('.')[0]}.json").read_bytes())["items"]
    return [
        Article(
            id=item["id"],
            title=item["title"],
            author=", ".join(author["name"] for author in item.get("authors", ())),
            url=item["url"],
            published=int(datetime.fromisoformat(item["date_published"]).timestamp()),
            content=item["content_html"],
        )
        for item in items
    ]


@pytest.mark.parametrize("form", FORMS)
def test_newsboat_reads_what_nobody_should_write(tmp_path: Path, reader: Reader, form: FeedForm) -> None:
    feed = next(iter(compose_feeds(samples.hostile())))
    path = tmp_path / "site" / feed_path(feed.scope, form)
    path.parent.mkdir(parents=True)
    path.write_bytes(render_feed(feed, form))
    with _served(tmp_path / "site") as address:
        found = reader.load([f"{address}/{feed_path(feed.scope, form)}"])
    [articles] = found.values()
    assert {article.id for article in articles} == {item.id for item in feed.items}
    assert all(article.title and article.content and article.url.isascii() for article in articles)
