from __future__ import annotations

import json
from pathlib import Path

import feedparser

from tests.site.building import PNG, settings_of, tree_of, write_settings, write_site
from veillee.site.building import build_site
from veillee.site.settings import load_settings

NIGHT = """\
---
title: Night
date: 2026-11-01
author: amina
tags: [sql]
---
See [the day](day.md) and ![a](../images/a.jpg).
"""
FILES = {
    "stories/night.md": NIGHT,
    "stories/day.md": "---\ntitle: Day\ndate: 2026-11-02\nauthor: Paul Roche\n---\nText\n",
    "stories/draft.md": "---\ntitle: Draft\nstatus: draft\ndate: 2026-11-02\n---\nSecret\n",
    "stories/hidden.md": "---\ntitle: Hidden\nstatus: hidden\ndate: 2026-11-02\n---\nSecret\n",
    "stories/later.md": "---\ntitle: Later\ndate: 2027-11-02\n---\nSecret\n",
    "stories/gone.md": "---\ntitle: Gone\ndate: 2026-01-02\nexpires: 2026-02-01\n---\nSecret\n",
    "members/amina.yaml": "name: Amina\n",
    "images/a.jpg": PNG,
}  # fmt: skip


def test_a_build_writes_every_feed_in_three_forms_and_a_list(tmp_path: Path) -> None:
    write_site(tmp_path, FILES)
    build_site(settings_of(tmp_path))
    found = {name for name in tree_of(tmp_path / "output") if name.startswith("feeds/") and not name.endswith(".html")}
    scopes = {
        "all",
        *(f"streams/{name}" for name in ("announcements", "questions", "buzz")),
        *(f"kinds/{name}" for name in ("stories", "announcements", "questions", "buzz")),
        *(f"digests/{name}" for name in ("weekly", "questions")),
        "tags/sql",
        "authors/amina",
        "authors/paul-roche",
    }
    forms = ("rss.xml", "atom.xml", "json")
    assert found == {f"feeds/{scope}.{form}" for scope in scopes for form in forms} | {
        "feeds/all.opml",
        "feeds/events.ics",
    }


def test_feeds_hold_what_is_published_and_nothing_else(tmp_path: Path) -> None:
    write_site(tmp_path, FILES)
    build_site(settings_of(tmp_path))
    feeds = {name: text for name, text in tree_of(tmp_path / "output/feeds").items() if not name.endswith(".html")}
    assert [entry.title for entry in feedparser.parse(feeds["all.rss.xml"]).entries] == ["Day", "Night"]
    assert not [name for name, text in feeds.items() if b"Secret" in text]


def test_links_and_pictures_of_the_content_are_absolute(tmp_path: Path) -> None:
    write_site(tmp_path, FILES)
    build_site(settings_of(tmp_path))
    feed = json.loads((tmp_path / "output/feeds/tags/sql.json").read_text(encoding="utf-8"))
    html = feed["items"][0]["content_html"]
    assert '<a href="https://test.example/stories/day.html">' in html
    assert 'src="https://test.example/images/a.jpg"' in html


def test_building_again_leaves_the_feeds_alone(tmp_path: Path) -> None:
    write_site(tmp_path, FILES)
    build_site(settings_of(tmp_path))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "output/feeds").rglob("*.*")}
    build_site(settings_of(tmp_path, VEILLEE_NOW="2026-11-21T09:00"))
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "output/feeds").rglob("*.*")}
    assert {path for path in before if path.suffix != ".html" and before[path] != after[path]} == set()


def test_the_feeds_of_what_is_gone_go_too(tmp_path: Path) -> None:
    write_site(tmp_path, FILES)
    build_site(settings_of(tmp_path, VEILLEE_LANGUAGES=["fr", "en"]))
    folder = tmp_path / "output/feeds"
    assert (folder / "tags/sql.rss.xml").exists()
    assert (folder / "authors/amina.json").exists()
    assert (folder / "languages/fr.atom.xml").exists()
    write_site(tmp_path, {"stories/night.md": NIGHT.replace("[sql]", "[python]").replace("amina", "Zoé")})
    build_site(settings_of(tmp_path, VEILLEE_LANGUAGES=["en"]))
    assert sorted(path.name for path in (folder / "tags").iterdir()) == [
        f"python.{form}" for form in ("atom.xml", "json", "rss.xml")
    ]
    assert not (folder / "authors/amina.json").exists()
    assert not (folder / "languages").exists()


def test_a_site_with_another_theme_gets_no_feeds_of_ours(tmp_path: Path) -> None:
    write_site(tmp_path, {"one.md": "Title: One\nDate: 2026-11-01\n\nText\n"})
    path = write_settings(tmp_path, PATH="content", THEME="simple", SITEURL="https://test.example")
    build_site(load_settings(path))
    assert not (tmp_path / "output/feeds/all.json").exists()


def test_every_page_names_feeds_that_are_there(tmp_path: Path) -> None:
    write_site(tmp_path, FILES)
    build_site(settings_of(tmp_path, VEILLEE_LANGUAGES=["en", "fr"]))
    output = tmp_path / "output"
    named = set()
    for page in output.rglob("*.html"):
        for part in page.read_text(encoding="utf-8").split('href="')[1:]:
            link = part.partition('"')[0]
            if link.endswith((".rss.xml", ".atom.xml", ".json", ".opml")):
                named.add((page.parent / link).resolve() if not link.startswith("/") else output / link[1:])
    assert len(named) > 20
    assert [path for path in sorted(named) if not path.is_file()] == []
