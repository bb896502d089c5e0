"""The judges of feeds can say no: each rule finds its own fault in a feed that was right before."""

from __future__ import annotations

import pytest

from tests.feeds import samples
from tests.feeds.atom_rules import problems_of_atom
from tests.feeds.json_rules import problems_of_json
from tests.feeds.opml_rules import problems_of_opml
from tests.feeds.rss_rules import problems_of_rss
from veillee.render.syndication import Feed, FeedForm, compose_feeds, render_feed, render_opml

HARMLESS = b"&lt;p&gt;So.&lt;/p&gt;"

RSS_FAULTS = [
    ("guid must be a full URL", b'isPermaLink="false"', b'isPermaLink="true"'),
    ("rel=self", b'rel="self"', b'rel="alternate"'),
    ("self reference", b"feeds/all.rss.xml", b"feeds/other.rss.xml"),
    ("missing {http://purl.org/rss/1.0/modules/content/}encoded", b"content:encoded", b"content:decoded"),
    ("RFC 822", b"<pubDate>Wed, ", b"<pubDate>"),
    ("RFC 822", b" Nov 2026 ", b" Nov 26 "),
    ("is no Thu", b"Wed, ", b"Thu, "),
    ("security risk", HARMLESS, b"&lt;script&gt;x&lt;/script&gt;"),
    ("security risk", HARMLESS, b'&lt;p onclick="x"&gt;So.&lt;/p&gt;'),
    ("not an absolute URL", HARMLESS, b'&lt;a href="/x"&gt;So.&lt;/a&gt;'),
    ("never closed", HARMLESS, b"&lt;p&gt;So."),
    ("closes nothing", HARMLESS, b"So.&lt;/p&gt;"),
    ("empty category", b"<category>sql</category>", b"<category> </category>"),
    ("empty {http://purl.org/dc/elements/1.1/}creator", b">Amina Benali, Paul Roche</dc:creator>", b"></dc:creator>"),
    ("author is no address", b"<dc:language>fr</dc:language>", b"<dc:language>fr</dc:language><author>Paul</author>"),
    ("no language code", b"<language>fr</language>", b"<language>French!</language>"),
    ("unexpected colour", b"<language>", b"<colour>red</colour><language>"),
    ("more than once", b"<docs>", b"<docs>x</docs><docs>"),
    ("missing link", b"<link>https://veillee.example/</link>", b""),
    ("image title differs", b"<docs>", b"<image><url>https://a.example/i.png</url><title>x</title></image><docs>"),
    ("not well-formed", b"</channel>", b""),
    ("control character", b"<docs>", b"<docs>\xc2\x85"),
    ("after the first entry", b"</channel>", b"<ttl>60</ttl></channel>"),
    ("content stands before", b"<description>Une", b"<category>x</category><content:encoded/><description>Une"),
    ("no language that exists", b"<language>fr</language>", b"<language>qq</language>"),
    ("markup or not", b"<category>sql</category>", b"<category>R&amp;D</category>"),
    ("more than 5000000 bytes", b"</channel>", b" " * 5_000_000 + b"</channel>"),
    ("link is not absolute", b"<link>https://veillee.example/stories/", b"<link>https://veillee.example/[1]/"),
    ("no XML declaration", b"<?xml version='1.0' encoding='UTF-8'?>", b""),
    ("media:content without an absolute url", b'<media:content url="https://', b'<media:content url="'),
]
ATOM_FAULTS = [
    ("empty {http://www.w3.org/2005/Atom}name", b"<name>Paul Roche</name>", b"<name></name>"),
    ("self reference", b"feeds/all.atom.xml", b"feeds/other.atom.xml"),
    ("id is no full URI", b"<id>tag:", b"<id>"),
    ("id is no full URI", b"<id>tag:veillee.example,2026:", b"<id>tag:Veillee.example,2026:"),
    ("after the first entry", b"</feed>", b"<rights>x</rights></feed>"),
    ("RFC 3339", b"<published>2026-", b"<published>26-"),
    ("no alternate link", b'rel="alternate"', b'rel="via"'),
    ("two alternate links", b'rel="related"', b'rel="alternate" type="text/html" hreflang="fr"'),
    ("content that is not HTML", b'<content type="html">', b'<content type="text">'),
    ("category without a term", b'<category term="sql"/>', b'<category term=""/>'),
    ("security risk", HARMLESS, b'&lt;iframe src="https://x.example/"&gt;&lt;/iframe&gt;'),
    ("usual prefix", b"xmlns:media=", b"xmlns:m=\"http://purl.org/dc/elements/1.1/\" xmlns:media="),
]  # fmt: skip
JSON_FAULTS = [
    ("version is", b"version/1.1", b"version/2"),
    ("feed_url", b"feeds/all.json", b"feeds/other.json"),
    ("missing title", b'"title": "La Veill\xc3\xa9e",', b""),
    ("an author without anything", b'"name": "Paul Roche"', b""),
    ("unexpected content", b'"content_html"', b'"content"'),
    ("RFC 3339", b'"date_published": "2026-', b'"date_published": "'),
    ("attachment without", b'"id": "tag:', b'"attachments": [{"url": "x"}], "id": "tag:'),
    ("extension that is no object", b'"id": "tag:', b'"_ours": 1, "id": "tag:'),
    ("not JSON", b'"version"', b"version"),
]


@pytest.fixture(scope="module")
def everything() -> Feed:
    return next(iter(compose_feeds(samples.normal())))


@pytest.mark.parametrize(("message", "right", "wrong"), RSS_FAULTS)
def test_the_judge_of_rss_finds(everything: Feed, message: str, right: bytes, wrong: bytes) -> None:
    content = render_feed(everything, FeedForm.RSS)
    assert right in content
    problems = problems_of_rss(content.replace(right, wrong), everything.url(FeedForm.RSS))
    assert any(message in problem for problem in problems), problems


@pytest.mark.parametrize(("message", "right", "wrong"), ATOM_FAULTS)
def test_the_judge_of_atom_finds(everything: Feed, message: str, right: bytes, wrong: bytes) -> None:
    content = render_feed(everything, FeedForm.ATOM)
    assert right in content
    problems = problems_of_atom(content.replace(right, wrong), everything.url(FeedForm.ATOM))
    assert any(message in problem for problem in problems), problems


@pytest.mark.parametrize(("message", "right", "wrong"), JSON_FAULTS)
def test_the_judge_of_json_finds(everything: Feed, message: str, right: bytes, wrong: bytes) -> None:
    content = render_feed(everything, FeedForm.JSON)
    assert right in content
    problems = problems_of_json(content.replace(right, wrong), everything.url(FeedForm.JSON))
    assert any(message in problem for problem in problems), problems


def test_two_items_with_one_id_are_found(everything: Feed) -> None:
    first = everything.items[0].id
    again = {form: render_feed(everything, form) for form in FeedForm}
    for item in everything.items[1:]:
        again = {form: content.replace(item.id.encode(), first.encode()) for form, content in again.items()}
    assert any("two items" in problem for problem in problems_of_rss(again[FeedForm.RSS], ""))
    assert any("two entries" in problem for problem in problems_of_atom(again[FeedForm.ATOM], ""))
    assert any("two items" in problem for problem in problems_of_json(again[FeedForm.JSON], ""))


def test_a_feed_that_is_listed_twice_is_found(everything: Feed) -> None:
    assert any("listed twice" in problem for problem in problems_of_opml(render_opml([everything, everything])))


OPML_FAULTS = [
    ("no title", b"<title>La Veill\xc3\xa9e</title>", b""),
    ("ownerId", b"</head>", b"<ownerId>http://localhost:8000/</ownerId></head>"),
    ("unexpected colour", b'type="rss"', b'type="rss" colour="red"'),
    ("known version", b'version="RSS2"', b'version="3"'),
    ("the page it is of", b'htmlUrl="https://', b'htmlUrl="'),
    ("no language that exists", b'language="fr"', b'language="qq"'),
    ("neither feed nor folder", b'type="rss"', b'type="link"'),
    ("not OPML 2.0", b'version="2.0"', b'version="3.0"'),
]


@pytest.mark.parametrize(("message", "right", "wrong"), OPML_FAULTS)
def test_the_judge_of_lists_finds(everything: Feed, message: str, right: bytes, wrong: bytes) -> None:
    content = render_opml([everything])
    assert right in content
    problems = problems_of_opml(content.replace(right, wrong))
    assert any(message in problem for problem in problems), problems
