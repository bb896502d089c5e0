"""A reader that is given the address of a page finds the feeds that the page names."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urljoin

import feedparser
from lxml import html

SITE = "https://veillee.example/"
TYPES = {"rss.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "json": "application/feed+json"}


def test_every_page_of_the_demonstration_names_feeds_by_type_and_title(demo: Path) -> None:
    problems = []
    pages = [page for page in sorted(demo.rglob("*.html")) if b'http-equiv="refresh"' not in page.read_bytes()]
    assert len(pages) > 100
    for page in pages:
        problems += [f"{page.relative_to(demo)}: {problem}" for problem in _problems_of_page(page, demo)]
    assert problems == []


def test_the_feed_of_everything_is_called_as_the_pages_call_it(demo: Path) -> None:
    titles = {link.get("title") for link in _feed_links(html.parse(demo / "index.html"))}
    name = feedparser.parse((demo / "feeds/all.rss.xml").read_bytes()).feed.title
    assert f"{name} (RSS)" in titles


def _feed_links(page: html.etree._ElementTree) -> list[html.HtmlElement]:
    return list(page.xpath("//head/link[@rel='alternate'][@type]"))


def _problems_of_page(page: Path, demo: Path) -> list[str]:
    links = _feed_links(html.parse(page))
    problems = [] if {link.get("type") for link in links} == set(TYPES.values()) else ["not a feed in each form"]
    titles = [link.get("title") for link in links]
    problems += [f"two feeds called {title}" for title in set(titles) if titles.count(title) > 1]
    for link in links:
        url = urljoin(SITE + page.relative_to(demo).as_posix(), link.get("href"))
        path = demo / url.removeprefix(SITE)
        form = path.name.partition(".")[2]
        if not path.is_file():
            problems.append(f"no such feed: {link.get('href')}")
        elif link.get("type") != TYPES[form]:
            problems.append(f"{link.get('href')} is no {link.get('type')}")
        elif _own_address(path, form) != url:
            problems.append(f"{link.get('href')} calls itself {_own_address(path, form)}")
    return problems


def _own_address(path: Path, form: str) -> str:
    if form == "json":
        return str(json.loads(path.read_bytes())["feed_url"])
    start = path.read_text(encoding="utf-8")[:2_000]
    return start.partition('" rel="self"')[0].rpartition('href="')[2]
