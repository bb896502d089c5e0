"""A stock Pelican site that adds the plugin and changes nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pelican import Pelican
from pelican.settings import read_settings

from tests.site.building import copied_site, tree_of
from veillee.model import DigestChoice, Kind
from veillee.site.building import build_site
from veillee.site.logs import collected_logs
from veillee.site.reading import read_site
from veillee.site.settings import load_settings


def build_with_pelican(site: Path, output: Path, **overrides: Any) -> dict[str, bytes]:
    chosen = {"OUTPUT_PATH": str(output), **overrides}
    with collected_logs() as logs:
        Pelican(read_settings(str(site / "pelicanconf.py"), override=chosen)).run()
    assert not logs.errors()
    return tree_of(output)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return copied_site("stock", tmp_path)


@pytest.mark.parametrize("theme", ["notmyidea", "simple"])
def test_the_plugin_changes_no_byte_of_a_stock_site(site: Path, tmp_path: Path, theme: str) -> None:
    before = build_with_pelican(site, tmp_path / "before", THEME=theme)
    after = build_with_pelican(site, tmp_path / "after", THEME=theme, PLUGINS=["veillee.plugin"])
    assert "soup.html" in before and "soup-fr.html" in before and "drafts/not-ready.html" in before
    assert after == before


def test_our_build_writes_what_pelican_writes(site: Path, tmp_path: Path) -> None:
    before = build_with_pelican(site, tmp_path / "before")
    report = build_site(load_settings(site / "pelicanconf.py", overrides={"OUTPUT_PATH": str(tmp_path / "after")}))
    assert report.faults == ()
    assert tree_of(tmp_path / "after") == before


def test_a_site_without_the_plugin_is_untouched_after_one_with_it(site: Path, tmp_path: Path) -> None:
    before = build_with_pelican(site, tmp_path / "before")
    build_with_pelican(site, tmp_path / "between", PLUGINS=["veillee.plugin"])
    assert build_with_pelican(site, tmp_path / "after") == before


def test_a_stock_site_has_a_community(site: Path) -> None:
    reading = read_site(load_settings(site / "pelicanconf.py", overrides={"VEILLEE_NOW": "2026-11-20T09:00"}))
    assert reading.faults == ()
    ids = [(post.id, post.lang) for post in reading.community.posts]
    assert ids == [
        ("stories/plain", "en"),
        ("stories/rest", "en"),
        ("stories/soup", "en"),
        ("stories/soup", "fr"),
        ("stories/bread", "en"),
    ]
    assert [post.id for post in reading.community.scheduled] == ["stories/next-century"]
    assert dict(reading.community.withdrawn) == {"stories/not-ready": "draft", "stories/salt": "hidden"}


def test_the_posts_of_a_stock_site_carry_what_digests_need(site: Path) -> None:
    community = read_site(load_settings(site / "pelicanconf.py")).community
    soup = community.post("stories/soup", "en")
    assert soup is not None
    assert (soup.title, soup.kind, soup.url) == ("A soup & a spoon", Kind.STORY, "https://kitchen.example/soup.html")
    assert [author.name for author in soup.authors] == ["Ada Lovelace", "Grace Hopper"]
    assert soup.summary == "A warm soup."
    assert soup.digest is DigestChoice.PIN
    assert 'href="https://kitchen.example/bread.html"' in soup.html
    assert 'src="https://kitchen.example/images/pot.png"' in soup.html
    assert soup.translations == (("fr", "https://kitchen.example/soup-fr.html"),)


def test_a_picture_that_is_not_there_is_named_though_pelican_says_nothing(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (site / "content/cooking/soup-fr.md").write_text(
        "Title: Une soupe\nDate: 2024-03-01\nSlug: soup\nLang: fr\n\nVoilà.\n\n![x]({static}/images/none.png)\n"
    )
    monkeypatch.chdir(site)
    reading = read_site(load_settings())
    place = "content/cooking/soup-fr.md:8: "
    found = 'the link "{static}/images/none.png" leads to a file that is not there; did you mean images/pot.png?'
    assert [str(fault) for fault in reading.faults] == [place + found]
