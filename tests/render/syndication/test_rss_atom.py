from __future__ import annotations

import feedparser
import pytest
from lxml import etree

from tests.editorial.communities import buzz, community, story
from tests.feeds import samples
from tests.feeds.xml_rules import ATOM, DC, MEDIA, XML
from veillee.render.syndication import Feed, FeedForm, compose_feeds, render_atom, render_feed, render_rss


@pytest.fixture
def everything() -> Feed:
    return next(iter(compose_feeds(samples.normal())))


@pytest.mark.parametrize("form", FeedForm)
def test_equal_input_gives_equal_bytes(everything: Feed, form: FeedForm) -> None:
    assert render_feed(everything, form) == render_feed(next(iter(compose_feeds(samples.normal()))), form)


def test_the_channel_leads_to_the_page_and_names_itself(everything: Feed) -> None:
    channel = etree.fromstring(render_rss(everything))[0]
    assert channel.findtext("link") == "https://veillee.example/"
    assert channel.find(f"{ATOM}link").get("href") == "https://veillee.example/feeds/all.rss.xml"
    assert channel.findtext("lastBuildDate") == "Thu, 19 Nov 2026 08:00:00 +0000"
    assert channel.findtext("description") == "Ce que nous apprenons"


def test_items_stand_newest_first_in_both_forms(everything: Feed) -> None:
    for content in (render_rss(everything), render_atom(everything)):
        assert [entry.id for entry in feedparser.parse(content).entries] == [item.id for item in everything.items]


def test_people_are_named_without_an_address(everything: Feed) -> None:
    items = etree.fromstring(render_rss(everything)).findall("channel/item")
    assert [node.text for node in items[0].findall(f"{DC}creator")] == ["Amina Benali, Paul Roche"]
    assert items[1].findall(f"{DC}creator") == []
    assert not [item for item in items if item.find("author") is not None]


def test_entries_without_an_author_have_that_of_the_feed(everything: Feed) -> None:
    root = etree.fromstring(render_atom(everything))
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "La Veillée"
    entry = next(one for one in root.findall(f"{ATOM}entry") if "opening" in one.findtext(f"{ATOM}id"))
    assert entry.find(f"{ATOM}author") is None


def test_each_item_says_its_language(everything: Feed) -> None:
    atom = etree.fromstring(render_atom(everything))
    rss = etree.fromstring(render_rss(everything))
    languages = [item.lang for item in everything.items]
    assert [entry.get(f"{XML}lang") for entry in atom.findall(f"{ATOM}entry")] == languages
    assert [item.findtext(f"{DC}language") for item in rss.findall("channel/item")] == languages
    assert "en" in languages


def test_the_link_of_buzz_is_related_and_not_the_entrys_own() -> None:
    feed = next(iter(compose_feeds(community(buzz("x", link="https://example.org/")))))
    links = etree.fromstring(render_atom(feed)).findall(f"{ATOM}entry/{ATOM}link")
    assert [(link.get("rel"), link.get("href")) for link in links] == [
        ("alternate", "https://veillee.example/buzz/x.html"),
        ("related", "https://example.org/"),
    ]


def test_a_picture_goes_with_its_description(everything: Feed) -> None:
    picture = next(etree.fromstring(render_rss(everything)).iter(f"{MEDIA}content"))
    assert dict(picture.attrib) == {
        "url": "https://veillee.example/images/night.jpg",
        "medium": "image",
        "width": "1200",
        "height": "800",
    }
    assert picture.findtext(f"{MEDIA}description") == "Une lampe"


def test_a_summary_is_text_in_atom_and_escaped_html_in_rss() -> None:
    feed = next(iter(compose_feeds(community(story("x", summary="use <div> & go")))))
    assert etree.fromstring(render_atom(feed)).findtext(f"{ATOM}entry/{ATOM}summary") == "use <div> & go"
    assert etree.fromstring(render_rss(feed)).findtext("channel/item/description") == "use &lt;div&gt; &amp; go"


def test_plain_texts_of_rss_say_by_their_references_that_they_are_no_markup() -> None:
    of = community(story("x", title="R&D <table>", tags=("Q&A",)), tagline="Ask & tell")
    content = render_rss(next(iter(compose_feeds(of))))
    assert b"<title>R&#x26;D &#x3C;table&gt;</title>" in content
    assert b"<category>Q&#x26;A</category>" in content
    assert b"<description>Ask &#x26; tell</description>" in content
    assert etree.fromstring(content).findtext("channel/item/title") == "R&D <table>"
