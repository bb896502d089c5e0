from __future__ import annotations

import json

from tests.editorial.communities import buzz, community
from tests.feeds import samples
from veillee.render.syndication import compose_feeds, render_json


def test_an_item_says_what_is_known_and_nothing_else() -> None:
    feed = json.loads(render_json(next(iter(compose_feeds(samples.normal())))))
    assert feed["items"][0] == {
        "id": "tag:veillee.example,2026:stories/night-shift/fr",
        "url": "https://veillee.example/stories/night-shift.html",
        "title": "L’atelier de nuit",
        "content_html": feed["items"][0]["content_html"],
        "summary": "Une histoire, et des « guillemets ».",
        "image": "https://veillee.example/images/night.jpg",
        "date_published": "2026-11-18T08:00:00Z",
        "date_modified": "2026-11-18T08:00:00Z",
        "authors": [{"name": "Amina Benali", "url": samples.AMINA.url}, {"name": "Paul Roche"}],
        "tags": ["sql", "entraide"],
        "language": "fr",
    }
    assert set(feed["items"][1]) == {
        "id", "url", "title", "content_html", "date_published", "date_modified", "tags", "language",
    }  # fmt: skip


def test_the_link_of_buzz_is_the_external_url() -> None:
    feed = json.loads(render_json(next(iter(compose_feeds(community(buzz("x", link="https://example.org/")))))))
    assert feed["items"][0]["external_url"] == "https://example.org/"


def test_an_empty_feed_has_an_empty_list() -> None:
    assert json.loads(render_json(next(iter(compose_feeds(samples.empty())))))["items"] == []
