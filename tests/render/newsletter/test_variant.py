"""A whole mail from hostile and foreign content: right, safe, and no heavier than a mail may be."""

from __future__ import annotations

import html
import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.newsletter.samples import (
    ANNOUNCEMENTS,
    BUZZ,
    DAILY_SECTIONS,
    STORY,
    WAITING,
    WEEKLY_SECTIONS,
    a_community,
    a_digest,
    an_answer,
    composed,
    our_templates,
    templates_of,
)
from veillee.errors import ConfigurationError, ContentError
from veillee.model import Author, ComposedEdition, ComposedSection, Image, Kind, Post, SectionKind, Token
from veillee.render.newsletter import find_left_out, render_mjml_source, render_variant, render_web_page, weigh
from veillee.render.newsletter.mjml_door import loaded_hosts
from veillee.render.newsletter.tokens import joined
from veillee.render.newsletter.view import opening

HOSTILE = [
    '"><script>alert(1)</script>',
    "{{ 7 * 7 }}{% for x in y %}",
    "</mj-text></mj-column><mj-raw>x",
    "back\\slash \"quote\" 'single' \n newline \t tab",
    "हिन्दी में क्षेत्र त्र",
    "العربية من اليمين إلى اليسار",
    "décomposé e\u0301\u0327 et 👩🏽‍🚒🇫🇷",
    "<!-- comment --> <![CDATA[x]]> &amp; &#0; &bogus;",
    "data-veillee-at=\"0:1\" <b data-veillee-at='0:99'>",
    "https://v0000.invalid/unsubscribe-url unsubscribe-url",
    "\x00\x0b\x1f\ufffe control",
]
VALUES = {Token.UNSUBSCRIBE_URL: "mailto:leave@veillee.example", Token.RECIPIENT_NAME: "x"}


class Reader(HTMLParser):
    """What a browser sees: tags with attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, tag: str, name: str) -> list[str]:
        return [str(attributes[name]) for found, attributes in self.tags if found == tag and name in attributes]


def page_of(edition: ComposedEdition, digest: str = "weekly") -> str:
    variant = render_variant(edition, community=a_community(), templates=our_templates(digest))
    return joined(variant.html, VALUES)


def test_a_link_with_a_blank_is_mended() -> None:
    page = page_of(composed(ComposedSection(SectionKind.BUZZ, (replace(BUZZ[1], link="https://a.example/b c"),))))
    assert "https://a.example/b%20c" in Reader(page).values("a", "href")


def all_of(text: str, lang: str = "fr") -> ComposedEdition:
    """An edition in which everything that somebody may type is this text."""
    person = Author(text)
    post = replace(
        STORY,
        title=text,
        summary=text,
        text=text,
        authors=(person,),
        lang=lang,
        image=Image("https://a.example/b.png", text),
    )
    question = replace(WAITING, title=text, summary=text, authors=(person,), answers=(an_answer(text),))
    chatter = replace(BUZZ[0], text=text, title=text, link=f"https://a.example/?q={quote(text)}")
    return composed(
        ComposedSection(SectionKind.STORY, (post,), (text,)),
        ComposedSection(SectionKind.QUESTIONS, (question,), (text,)),
        ComposedSection(SectionKind.BUZZ, (chatter,)),
        ComposedSection(SectionKind.ZAPPING, (chatter,), (text,)),
        ComposedSection(SectionKind.TEASER, (), (text,)),
        title=text,
        introduction_html=f"<p>{html.escape(text)}</p>",
        introduction_text=text,
        digest=a_digest(titles=(("fr", text),), reply_to=None),
    )


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u202f\u00a0\x00-\x1f\ufffe]+|[«»“”\"'’]", "", text)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_members_type_is_shown_as_typed_and_does_nothing(text: str) -> None:
    reader = Reader(page_of(all_of(text)))
    names = {tag for tag, _ in reader.tags}
    assert not names & {"script", "mj-raw", "b"}
    assert squeezed(text) in squeezed(reader.text)
    assert squeezed(text) in squeezed(reader.values("img", "alt")[0])
    assert not any("veillee" in name for _, attributes in reader.tags for name in attributes)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_adds_no_tag(text: str) -> None:
    tags = [tag for tag, _ in Reader(page_of(all_of(text))).tags]
    assert tags == [tag for tag, _ in Reader(page_of(all_of("plain"))).tags]


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_text_makes_a_mail_that_keeps_its_one_way_out(text: str) -> None:
    edition = all_of(text.encode("utf-8", "ignore").decode())
    variant = render_variant(edition, community=a_community(), templates=our_templates())
    assert variant.html.count(Token.UNSUBSCRIBE_URL) == 1


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", " javascript:x", "/relative", "java\nscript:x"]
)
def test_an_unsafe_link_of_a_post_is_not_in_the_mail(link: str) -> None:
    page = page_of(composed(ComposedSection(SectionKind.BUZZ, (replace(BUZZ[1], link=link),))))
    assert "script:" not in page and "data:text" not in page
    assert all(re.match("https?:|mailto:", url) for url in Reader(page).values("a", "href"))


def test_an_arabic_mail_runs_from_right_to_left() -> None:
    page = page_of(composed(lang="ar"))
    reader = Reader(page)
    assert reader.tags[0] == ("html", {**reader.tags[0][1], "lang": "ar", "dir": "rtl"})
    texts = re.findall(r"font-family[^\"]*text-align:(\w+)", page)
    assert texts and set(texts) == {"right"}


def test_an_item_in_another_language_says_so() -> None:
    foreign = replace(STORY, lang="ar", title="قصة الأسبوع")
    page = page_of(composed(ComposedSection(SectionKind.STORY, (foreign,))))
    assert ("div", {"lang": "ar", "dir": "rtl"}) in Reader(page).tags


def test_a_very_long_word_stays_one_word_and_may_break_on_the_screen() -> None:
    word = "Donaudampfschifffahrtsgesellschaft" * 8
    page = page_of(composed(ComposedSection(SectionKind.STORY, (replace(STORY, title=word),))))
    assert word in page and "word-break:break-word" in page


def test_pictures_have_size_and_alt_and_whole_addresses() -> None:
    pictures = [attributes for tag, attributes in Reader(page_of(composed())).tags if tag == "img"]
    assert [(one["width"], one["height"], one["alt"]) for one in pictures] == [
        ("536", "335", "L’atelier de nuit, une lampe sur l’établi")
    ]
    assert str(pictures[0]["src"]).startswith("https://")


@pytest.mark.parametrize("url", ["https://a.example/b.webp", "https://a.example/b.svg", "/b.png", "javascript:x.png"])
def test_a_picture_that_mail_programs_do_not_show_is_left_out_and_named(url: str) -> None:
    edition = composed(ComposedSection(SectionKind.STORY, (replace(STORY, image=Image(url, "x")),)))
    assert "<img" not in page_of(edition)
    assert find_left_out(edition) == (
        f"stories/night-shift.md: the picture {url} is left out of the mail; mails show PNG and JPEG",
    )


def test_a_mail_names_no_third_party_host() -> None:
    for digest, sections in (("weekly", WEEKLY_SECTIONS), ("questions", DAILY_SECTIONS)):
        page = page_of(composed(*sections), digest)
        assert set(loaded_hosts(page)) <= {"veillee.example"}
        hosts = set(re.findall(r"https?://([^/\"'\s)]+)", re.sub(r"xmlns(:\w+)?=\"[^\"]*\"", "", page)))
        assert hosts <= {"veillee.example", "www.example.org"}  # the second is what a member linked to


def test_headings_go_down_without_a_gap() -> None:
    for digest, sections in (("weekly", WEEKLY_SECTIONS), ("questions", DAILY_SECTIONS)):
        levels = [
            int(tag[1]) for tag, _ in Reader(page_of(composed(*sections), digest)).tags if re.fullmatch("h[1-6]", tag)
        ]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_page_has_language_title_and_both_colour_schemes() -> None:
    page = page_of(composed())
    assert '<html lang="fr" dir="ltr"' in page
    assert "<title>Comment l’atelier de nuit a appris le tableur</title>" in page  # as the subject: filters compare
    assert '<meta name="color-scheme" content="light dark">' in page
    assert "@media (prefers-color-scheme: dark)" in page and "[data-ogsc]" in page
    assert all('role="presentation"' in table for table in re.findall(r"<table[^>]*>", page))


def test_every_section_is_named_and_each_item_is_linked() -> None:
    reader = Reader(page_of(composed()))
    for name in ("Annonces", "Questions", "Buzz", "Pouvez-vous aider", "Zapping", "La semaine prochaine"):
        assert name in reader.text
    linked = set(reader.values("a", "href"))
    assert {post.url for section in WEEKLY_SECTIONS for post in section.posts} <= linked


def test_the_footer_says_who_sends_why_and_how_to_leave() -> None:
    reader = Reader(page_of(composed()))
    assert "Envoyé par La Veillée." in reader.text
    assert "parce que vous l’avez demandé" in reader.text
    assert "https://veillee.example/digests/weekly/2026-W47.html" in reader.values("a", "href")
    assert "mailto:leave@veillee.example" in reader.values("a", "href")


def test_the_web_page_has_no_way_out_and_speaks_to_nobody_in_particular() -> None:
    page = render_web_page(composed(), community=a_community(), templates=our_templates())
    assert "<title>La lettre de la semaine · 20 novembre 2026</title>" in page
    assert "Ne plus recevoir" not in page and ".invalid" not in page


def test_both_parts_say_the_same() -> None:
    variant = render_variant(composed(), community=a_community(), templates=our_templates())
    text = " ".join(joined(variant.text, VALUES).split())
    for section in WEEKLY_SECTIONS:
        for post in section.posts:
            assert post.url in text


def test_equal_editions_give_equal_bytes() -> None:
    once = render_variant(composed(), community=a_community(), templates=our_templates())
    assert once == render_variant(composed(), community=a_community(), templates=our_templates())


def test_an_edition_as_full_as_a_digest_allows_is_within_its_budget() -> None:
    def several(post: Post, count: int, kind: Kind) -> tuple[Post, ...]:
        long = "Une phrase qui prend de la place et qui en dit long sur la semaine. " * 5
        return tuple(
            replace(post, id=f"{kind.folder}/{n}", url=f"{post.url}{n}", summary=long, text=long) for n in range(count)
        )

    edition = composed(
        ComposedSection(SectionKind.STORY, (STORY,)),
        ComposedSection(SectionKind.ANNOUNCEMENTS, several(ANNOUNCEMENTS[0], 6, Kind.ANNOUNCEMENT)),
        ComposedSection(
            SectionKind.QUESTIONS, several(replace(WAITING, answers=(an_answer("x" * 900),)), 6, Kind.QUESTION)
        ),
        ComposedSection(SectionKind.BUZZ, several(BUZZ[0], 6, Kind.BUZZ)),
        ComposedSection(SectionKind.HELP, several(WAITING, 3, Kind.QUESTION)),
        ComposedSection(SectionKind.ZAPPING, several(ANNOUNCEMENTS[1], 6, Kind.ANNOUNCEMENT)),
    )
    variant = render_variant(edition, community=a_community(), templates=our_templates())
    assert weigh(variant, budget_bytes=80_000).advice == ""


def test_a_mail_that_gmail_would_clip_is_refused_unless_told() -> None:
    edition = composed(introduction_html="<p>" + "à" * 51_000 + "</p>")
    with pytest.raises(
        ContentError, match=r"2026-W47\.md: the mail in fr has 1\d\d,\d{3} bytes of HTML.*take items out"
    ):
        render_variant(edition, community=a_community(), templates=our_templates())
    heavy = render_variant(edition, community=a_community(), templates=our_templates(), allow_heavy=True)
    assert "Gmail clips" in weigh(heavy, budget_bytes=80_000).advice


def test_a_mail_over_its_budget_comes_with_advice() -> None:
    variant = render_variant(composed(), community=a_community(), templates=our_templates())
    assert weigh(variant, budget_bytes=10_000).advice.startswith("the budget is 10,000 bytes; take items out")


def test_a_site_without_an_address_sends_no_mail() -> None:
    with pytest.raises(ConfigurationError, match="SITEURL is not set"):
        render_variant(composed(), community=a_community(url=""), templates=our_templates())


def test_the_source_for_other_programs_has_no_marks_of_ours() -> None:
    source = render_mjml_source(composed(), community=a_community(), templates=our_templates())
    assert source.startswith("<mjml") and "data-veillee" not in source


def test_the_digests_title_is_not_said_twice() -> None:
    digest = a_digest(titles=(("fr", "L'histoire de la semaine"),))
    page = page_of(composed(ComposedSection(SectionKind.STORY, (STORY,)), digest=digest))
    assert "À lire au coin du feu" in page


def test_templates_without_anything_to_show_are_refused_with_a_place() -> None:
    with pytest.raises(ContentError, match=r"^weekly/newsletter\.mjml:1: the template makes no <mjml>"):
        render_variant(composed(), community=a_community(), templates=templates_of("{# nothing #}"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("One.", "One."),
        ("Short.\n\nStill short, but more than nothing at all, and more than sixty together.\n\nThird.",
         "Short. Still short, but more than nothing at all, and more than sixty together. […]"),
        ("Two things.\n\n- one\n- two", "Two things. […]"),
        ("Two things.\n\n1. one\n2. two", "Two things. […]"),
        ("", ""),
    ],
)  # fmt: skip
def test_an_answer_is_shown_by_its_opening(text: str, shown: str) -> None:
    assert opening(text) == shown
