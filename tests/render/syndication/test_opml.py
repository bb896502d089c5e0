from __future__ import annotations

from lxml import etree

from tests.feeds import samples
from veillee.languages import language
from veillee.render.syndication import compose_feeds, feed_list, render_opml


def test_every_feed_is_listed_in_a_folder_of_its_kind() -> None:
    of = samples.normal()
    root = etree.fromstring(render_opml(compose_feeds(of, samples.digests())))
    body = root.find("body")
    folders = ("Streams", "Kinds", "Digests", "Languages", "Topics", "Members")
    assert [one.get("text") for one in body] == ["La Veillée", *map(language("fr").gettext, folders)]
    urls = [one.get("xmlUrl") for one in body.iter("outline") if one.get("type") == "rss"]
    links = feed_list(of, samples.digests())
    assert urls == [f"https://veillee.example/feeds/{link.scope}.rss.xml" for link in links]


def test_the_list_was_changed_when_the_newest_feed_was() -> None:
    root = etree.fromstring(render_opml(compose_feeds(samples.normal())))
    assert root.findtext("head/dateModified") == "Thu, 19 Nov 2026 08:00:00 GMT"
    assert root.findtext("head/title") == "La Veillée"
