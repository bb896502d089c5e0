"""The page: a mail's HTML as a tree that checks can walk."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from veillee.model import Token
from veillee.preflight.page import LEAVING, joined, read_page


def test_a_page_knows_links_pictures_headings_and_styles() -> None:
    page = read_page(
        "<html><head><title>t</title><style>p { color: red }</style></head><body><h1>Un <b>titre</b></h1>"
        '<a href="https://a.example/?x=1&amp;y=2">a</a><a href="https://a.example/?x=1&amp;y=2">b</a>'
        '<img src="x.png"></body>'
    )
    assert page.links == ("https://a.example/?x=1&y=2",)
    assert page.headings == ("Un titre",)
    assert [node.attributes["src"] for node in page.pictures] == ["x.png"]
    assert [rule.selector for rule in page.rules] == ["p"]


def test_what_is_hidden_is_no_text() -> None:
    page = read_page(
        '<body><div style="display:none">caché</div><p>vu</p><p>aussi</p><!--[if mso]>mso<![endif]--></body>'
    )
    assert page.root.text == "vu aussi"


def test_words_of_two_blocks_stay_apart_and_those_of_one_together() -> None:
    assert read_page("<p>un</p><p>deux <b>tr</b>ois</p>").root.text == "un deux trois"


def test_tokens_stand_for_a_reader() -> None:
    assert joined(("a ", Token.UNSUBSCRIBE_URL)) == f"a {LEAVING}"


def test_what_is_no_html_is_an_empty_page() -> None:
    assert [read_page(text).root.text for text in ("", " ", "</0", "<!-- x -->", "\x00")] == [""] * 5


def test_depth_is_no_danger() -> None:
    assert read_page("<div>" * 5000 + "x" + "</div>" * 5000).root is not None


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    page = read_page(text)
    assert page.root.text is not None
    assert page.links is not None
