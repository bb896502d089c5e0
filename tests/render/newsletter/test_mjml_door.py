"""Every known gap of the MJML renderer is closed at our door, one test a gap."""

from __future__ import annotations

import html
import re

import mjml
import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.errors import ContentError
from veillee.render.newsletter.document import MAX_DEPTH, Element, Place
from veillee.render.newsletter.mjml_door import html_from, loaded_hosts, render_mjml

FILES = ("weekly/newsletter.mjml",)


def rendered(body: str, *, head: str = "", opening: str = "<mjml>") -> str:
    column = f"<mj-section><mj-column>{body}</mj-column></mj-section>"
    return render_mjml(f"{opening}<mj-head>{head}</mj-head><mj-body>{column}</mj-body></mjml>", files=FILES)


@pytest.mark.parametrize("alt", ['"><script>x</script>', "a\\nb", "two\nlines", "हिन्दी", "e\u0301", "العربية"])
def test_hard_attribute_values_survive(alt: str) -> None:
    page = rendered(f'<mj-image src="https://a.example/b.png" alt="{html.escape(alt)}" />')
    assert html.unescape(re.search(r'<img[^>]*\balt="([^"]*)"', page)[1]) == alt  # type: ignore[index]
    assert "<script" not in page


def test_the_renderer_alone_corrupts_them() -> None:
    """If this fails the gap is gone, and so may be our encoding."""
    page = mjml.mjml2html(
        '<mjml><mj-body><mj-section><mj-column><mj-image src="https://a.example/b.png" alt="हिन्दी" /></mj-column>'
        "</mj-section></mj-body></mjml>"
    )
    assert 'alt="हिन्दी"' not in page


def test_zeros_get_a_unit_so_that_outlook_finds_the_width() -> None:
    assert "padding:0px 20px" in rendered('<mj-text padding="0 20px">a</mj-text>')
    head = '<mj-attributes><mj-all padding="0" /></mj-attributes>'
    assert "padding:0px;" in rendered("<mj-text>a</mj-text>", head=head)


def test_zeros_that_are_parts_of_numbers_or_no_lengths_stay() -> None:
    page = rendered(
        '<mj-text padding="10px 0.5em 20% 0px">a</mj-text><mj-table cellpadding="0"><tr><td>0</td></tr></mj-table>'
    )
    assert "padding:10px 0.5em 20% 0px" in page
    assert 'cellpadding="0"' in page


def test_inline_styles_are_inlined_and_leave_the_head() -> None:
    page = rendered(
        '<mj-text><p class="y">a</p></mj-text>', head='<mj-style inline="inline">.y{color:green}</mj-style>'
    )
    assert re.search(r'<p class="y" style="color:\s?green', page)
    assert ".y{" not in page


def test_other_styles_stay_in_the_head() -> None:
    css = "@media (prefers-color-scheme: dark) { .y > b { color: #fff !important; } }"
    head = f'<mj-style>{css}</mj-style><mj-style inline="inline">.z{{color:red}}</mj-style>'
    assert css in rendered("<mj-text>a</mj-text>", head=head)


def test_inlining_fetches_nothing() -> None:
    """The network is closed to tests: a fetch would fail, and a mail that needs one is refused before."""
    with pytest.raises(ContentError, match="does not work in mails"):
        rendered(
            '<mj-raw><link rel="stylesheet" href="https://fonts.example/x.css" /></mj-raw>',
            head='<mj-style inline="inline">.z{color:red}</mj-style>',
        )


def test_of_two_classes_the_last_one_wins() -> None:
    head = '<mj-attributes><mj-class name="a" color="#111111" /><mj-class name="b" color="#222222" /></mj-attributes>'
    assert "color:#222222" in rendered('<mj-text mj-class="a b">x</mj-text>', head=head)
    assert "color:#111111" in rendered('<mj-text mj-class="b a">x</mj-text>', head=head)


def test_an_empty_alt_stays_and_a_missing_one_is_put_in() -> None:
    page = rendered(
        '<mj-image src="https://a.example/b.png" alt="" /><mj-text><img src="https://a.example/c.png"></mj-text>'
    )
    pictures = re.findall(r"<img[^>]*>", page)
    assert len(pictures) == 2
    assert all('alt=""' in picture for picture in pictures)


def test_the_preheader_is_hidden_text_and_not_white_on_white() -> None:
    page = rendered("<mj-text>a</mj-text>", head="<mj-preview>First &amp; foremost</mj-preview>")
    hidden = re.search(r"<body[^>]*><div[^>]*>\s*<div style=\"([^\"]*)\">First &amp; foremost</div>", page)
    assert hidden and "display:none" in hidden[1]
    assert "color:#ffffff" not in page


def test_language_and_direction_are_set() -> None:
    page = rendered("<mj-text>a</mj-text>", opening='<mjml lang="ar" dir="rtl">')
    assert '<html lang="ar" dir="rtl"' in page
    page = rendered("<mj-text>a</mj-text>")
    assert '<html lang="en" dir="ltr"' in page
    assert "und" not in re.findall(r'lang="([^"]*)"', page)


def test_nothing_is_loaded_from_servers_that_nobody_named() -> None:
    page = rendered('<mj-text>a</mj-text><mj-image alt="" src="https://pictures.example/b.png" />')
    assert loaded_hosts(page) == ("pictures.example",)
    assert "fonts.googleapis" not in page and "mailjet" not in page


def test_a_server_that_the_renderer_adds_is_refused() -> None:
    place = Place("weekly/newsletter.mjml", 3)
    title = Element("mj-accordion-title", {}, place, ["t"])
    body = Element("mj-accordion", {}, place, [Element("mj-accordion-element", {}, place, [title])])
    for name in ("mj-column", "mj-section", "mj-body", "mjml"):
        body = Element(name, {}, place, [body])
    with pytest.raises(ContentError, match=r"^weekly/newsletter\.mjml:3: the mail would load something from"):
        html_from(body)


def test_nesting_that_would_kill_the_process_is_refused() -> None:
    with pytest.raises(ContentError, match=f"nested {MAX_DEPTH} deep"):
        rendered("<mj-text>" + "<div>" * 10_000 + "</div>" * 10_000 + "</mj-text>")


def test_what_the_renderer_refuses_is_named_with_a_line() -> None:
    """A tree that our checks let through and the renderer does not: its error is ours, with a place."""
    broken = Element("mj-foo", {}, Place("weekly/newsletter.mjml", 12))
    root = Element(
        "mjml", {}, Place("weekly/newsletter.mjml", 1), [Element("mj-body", {}, broken.place, [broken, "</x>"])]
    )
    with pytest.raises(ContentError, match=r"^weekly/newsletter\.mjml:\d+: the MJML renderer refuses this"):
        html_from(root)


def test_a_panic_of_the_renderer_becomes_an_error_of_ours() -> None:
    """On this text the Rust side panics, with an exception that is no Exception."""
    place = Place("weekly/newsletter.mjml", 4)
    root = Element("mjml", {}, place, ["é/><!--", Element("mj-body", {}, place)])
    with pytest.raises(
        ContentError, match=r"^weekly/newsletter\.mjml:4: the MJML renderer refuses this.*char boundary"
    ):
        html_from(root)


@given(
    st.lists(st.sampled_from(["é", "/>", "<", ">", "< !", "<3", "&", "]]>", "7", '"', "\\", "<b>x</b>"]), max_size=12)
)
def test_brackets_that_are_text_make_no_panic(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert "word-break" in rendered(f"<mj-text>{text}.</mj-text>")


def test_equal_input_gives_equal_bytes() -> None:
    assert rendered('<mj-text css-class="x">a</mj-text>') == rendered('<mj-text css-class="x">a</mj-text>')


def test_comments_of_a_template_do_not_go_out() -> None:
    assert "secret" not in rendered("<!-- secret --><mj-text>a<!-- secret --></mj-text>")


def test_indentation_does_not_go_out_and_words_stay_apart() -> None:
    page = rendered("<mj-text>\n      <b>a</b>\n      b\n   </mj-text>")
    assert re.search(r"<b>a</b>\nb\n</div>", page)


def test_layout_tables_are_marked_as_such() -> None:
    page = rendered("<mj-text>a</mj-text><mj-button href='https://a.example'>b</mj-button>")
    assert all('role="presentation"' in table for table in re.findall(r"<table[^>]*>", page))
