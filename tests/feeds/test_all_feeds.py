"""Every feed of every sample, and of the demonstration, held against the rules that the W3C's checker applies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.editorial.communities import community, story
from tests.feeds import samples
from tests.feeds.atom_rules import problems_of_atom
from tests.feeds.json_rules import problems_of_json
from tests.feeds.opml_rules import problems_of_opml
from tests.feeds.rss_rules import problems_of_rss
from veillee.model import Author, Community
from veillee.render.syndication import Feed, FeedForm, compose_feeds, render_feed, render_opml

RULES: dict[FeedForm, Callable[[bytes, str], list[str]]] = {
    FeedForm.RSS: problems_of_rss,
    FeedForm.ATOM: problems_of_atom,
    FeedForm.JSON: problems_of_json,
}
SAMPLES = {"normal": samples.normal, "hostile": samples.hostile, "empty": samples.empty}


def feeds_of(of: Community) -> tuple[Feed, ...]:
    return tuple(compose_feeds(of, samples.digests(), samples.editions(of)))


@pytest.mark.parametrize("form", FeedForm)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_feed_keeps_the_rules(name: str, form: FeedForm) -> None:
    feeds = feeds_of(SAMPLES[name]())
    found = {feed.scope: RULES[form](render_feed(feed, form), feed.url(form)) for feed in feeds}
    assert len(found) == len(feeds) > 8
    assert {scope: problems for scope, problems in found.items() if problems} == {}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_list_of_feeds_keeps_the_rules(name: str) -> None:
    assert problems_of_opml(render_opml(feeds_of(SAMPLES[name]()))) == []


@pytest.mark.parametrize("form", [FeedForm.RSS, FeedForm.ATOM])
@pytest.mark.parametrize("name", SAMPLES)
def test_feedparser_reads_every_feed_without_a_complaint(name: str, form: FeedForm) -> None:
    for feed in feeds_of(SAMPLES[name]()):
        read = feedparser.parse(render_feed(feed, form))
        assert not read.bozo, (feed.scope, read.get("bozo_exception"))
        assert [entry.id for entry in read.entries] == [item.id for item in feed.items]
        assert all(entry.link == item.url for entry, item in zip(read.entries, feed.items, strict=True))


@given(title=st.text(), name=st.text(), tag=st.text(), summary=st.text(max_size=200))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_of_a_member_breaks_a_feed(title: str, name: str, tag: str, summary: str) -> None:
    of = community(replace(story("x"), title=title, authors=(Author(name),), tags=(tag,), summary=summary))
    feed = next(iter(compose_feeds(of)))
    for form, rules in RULES.items():
        assert rules(render_feed(feed, form), feed.url(form)) == []


def test_every_feed_of_the_demonstration_keeps_the_rules(demo: Path) -> None:
    rules = {f".{form}": (form, rules) for form, rules in RULES.items()}
    files = sorted(path for path in (demo / "feeds").rglob("*") if path.suffix in (".xml", ".json"))
    assert len(files) > 60
    found = {}
    for path in files:
        form, judge = next(pair for ending, pair in rules.items() if path.name.endswith(ending))
        url = f"https://veillee.example/{quote(path.relative_to(demo).as_posix())}"
        content = path.read_bytes()
        found[url] = judge(content, url)
        if form is not FeedForm.JSON:
            assert not feedparser.parse(content).bozo
    assert {url: problems for url, problems in found.items() if problems} == {}
    assert problems_of_opml((demo / "feeds/all.opml").read_bytes()) == []
