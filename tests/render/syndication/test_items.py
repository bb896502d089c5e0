from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.editorial.communities import answer, buzz, community, days_ago, question, story
from tests.feeds import samples
from veillee.model import Author, Image, Post
from veillee.render.syndication.content import feed_html
from veillee.render.syndication.feed import FeedItem, as_uri, feed_language
from veillee.render.syndication.items import item_of_edition, item_of_post, stable_id

HOW = '<a href="https://veillee.example/questions/how.html">About how</a>'
WAITING = '<a href="https://veillee.example/questions/waiting.html">About waiting</a>'


def item(post: Post) -> FeedItem:
    return item_of_post(post, community(post, members=(samples.AMINA,)))


def test_an_id_outlives_https_a_new_path_and_a_corrected_day() -> None:
    of, when = community(), datetime(2026, 3, 1, tzinfo=UTC)
    first = stable_id(of, "stories/x", "fr", when)
    assert first == "tag:veillee.example,2026:stories/x/fr"
    moved = replace(of, url="http://veillee.example/news")
    assert stable_id(moved, "stories/x", "fr", when.replace(day=9)) == first


def test_ids_tell_languages_apart() -> None:
    assert item(story("x", lang="en")).id != item(story("x", lang="fr")).id


def test_ids_and_addresses_are_ascii() -> None:
    made = item(story("x", id="stories/été", url="https://veillée.example/été à/1.html"))
    assert made.id == "tag:veillee.example,2026:stories/%C3%A9t%C3%A9/fr"
    assert made.url == "https://xn--veille-fva.example/%C3%A9t%C3%A9%20%C3%A0/1.html"


def test_the_content_is_whole_with_the_picture_first() -> None:
    made = item(story("x", html="<p>All of it.</p>", image=Image("https://a.example/i.jpg", 'A "lamp"', 3, 2)))
    assert made.html == (
        '<p><img src="https://a.example/i.jpg" alt="A &quot;lamp&quot;" width="3" height="2"></p>\n<p>All of it.</p>'
    )


def test_a_question_carries_its_answers_the_accepted_one_first() -> None:
    answers = (answer(days=1, accepted=True), answer(days=3, author="Zoé <z>"))
    made = item(question("x", answers=answers, lang="fr"))
    assert "<h2>Réponse acceptée de Paul, le 19 novembre 2026</h2>\n<p>So.</p>" in made.html
    assert "<h2>Réponse de Zoé &lt;z&gt;, le 17 novembre 2026</h2>" in made.html
    assert made.html.index("acceptée") < made.html.index("Zoé")


def test_headings_of_answers_speak_the_language_of_the_question() -> None:
    assert "Answer by Paul, 19 November 2026" in item(question("x", answered=1, lang="en")).html


def test_buzz_shows_what_it_points_to() -> None:
    made = item(buzz("x", link="https://example.org/a?b=1&c=2"))
    assert '<p><a href="https://example.org/a?b=1&amp;c=2">example.org</a></p>' in made.html
    assert made.link == "https://example.org/a?b=1&c=2"


def test_an_item_was_updated_by_its_last_answer_or_its_author() -> None:
    assert item(question("x", days=9, answered=2)).updated_at == days_ago(2)
    assert item(story("x", days=9, updated_at=days_ago(4))).updated_at == days_ago(4)
    assert item(story("x", days=9, updated_at=days_ago(12))).updated_at == days_ago(9)


def test_an_update_that_is_still_to_come_has_not_happened() -> None:
    assert item(story("x", days=9, updated_at=days_ago(-3))).updated_at == days_ago(9)


def test_authors_have_names_and_members_their_page() -> None:
    made = item(story("x", authors=(Author("Amina Benali", "amina"), Author("  "), Author("Paul\nRoche\x00"))))
    assert [(author.name, author.url) for author in made.authors] == [
        ("Amina Benali", samples.AMINA.url),
        ("Paul Roche", None),
    ]


def test_texts_lose_what_xml_forbids() -> None:
    made = item(story("x", title="a\x00b\ud800c\x85 \n d", html="<p>\x0bx\ufffe</p>", tags=("s\x1bql", "\x00")))
    assert (made.title, made.html, made.tags) == ("abc d", "<p>x</p>", ("sql",))


def test_a_title_of_nothing_becomes_the_id() -> None:
    assert item(story("x", title="\x00")).title == "stories/x"


def test_an_edition_carries_its_introduction_its_sections_and_links() -> None:
    of = samples.normal()
    french, english = (item_of_edition(one, of) for one in samples.editions(of))
    assert french.id == "tag:veillee.example,2026:digests/weekly/2026-W47/fr"
    assert feed_html(french.html, french.url) == "\n".join(
        [
            '<p>Bonjour, <a href="https://veillee.example/a">voici</a>.</p>',
            "<h2>L’histoire de la semaine</h2>",
            '<h3><a href="https://veillee.example/stories/night-shift.html">L’atelier de nuit</a></h3>',
            "<p>par Amina Benali et Paul Roche</p>",
            "<p>Une histoire, et des « guillemets ».</p>",
            "<h2>Buzz</h2>",
            '<h3><a href="https://veillee.example/buzz/kettle.html">La bouilloire remarche</a></h3>',
            "<p>par Author of kettle</p>",
            "<h2>Pouvez-vous aider\u202f?</h2>",
            f"<ul><li>{HOW}</li><li>{WAITING}</li></ul>",
            "<h2>Zapping</h2>",
            "<ul><li>Bienvenue à Léo &lt;3</li><li>2 &amp; 2</li></ul>",
        ]
    )
    assert '<a href="https://veillee.example/questions/how.html" lang="fr">About how</a>' in english.html


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("https://example.org/?a[]=1&b=100%", "https://example.org/?a%5B%5D=1&b=100%25"),
        ("https://exämple.org/", "https://xn--exmple-cua.org/"),
        ("/files/plan.pdf", "https://veillee.example/files/plan.pdf"),
        ("javascript:alert(1)", None),
        ("http://[broken", None),
        (None, None),
    ],
)
def test_a_link_is_a_full_uri_or_none(written: str | None, link: str | None) -> None:
    of = community(buzz("kettle", link=written))
    item = item_of_post(of.posts[0], of)
    assert item.link == link
    assert ("<a " in item.html) == (link is not None)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("fr", "fr"), ("zh-hans", "zh-Hans"), ("pt-br", "pt-BR"), ("es-419", "es-419"), ("qq", "und"), ("cn", "und")],
)
def test_a_language_is_written_as_feeds_know_it(code: str, expected: str) -> None:
    assert feed_language(code) == expected


@pytest.mark.parametrize("url", ["http://[broken", "https://x.example/%zz [a]", "http://[::1]:8000/[a]", "a b"])
def test_no_address_is_too_broken_to_be_quoted(url: str) -> None:
    assert not set(as_uri(url).removeprefix("http://[::1]")) & set("[] ")
