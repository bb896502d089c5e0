"""Attribute values round-trip through the renderer, whatever a member typed."""

from __future__ import annotations

import html

import mjml
import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.render.newsletter.entities import encode_attribute, without_controls

HARD = [
    'a "quoted" title',
    "back\\slash \\n \\u{41}",
    "two\nlines\tand a tab",
    "it's <b> & &amp; done",
    "हिन्दी में क्षेत्र",
    "العربية ‏من اليمين",
    "décompose\u0301",
    "👩🏽‍🚒 zwj and \u200bzero width",
    "{{ 7 * 7 }} {% raw %}",
    "\u202e reversed",
]


def rendered_alt(value: str) -> str:
    image = f'<mj-image src="https://a.example/b.png" alt="{encode_attribute(value)}" />'
    page = mjml.mjml2html(f"<mjml><mj-body><mj-section><mj-column>{image}</mj-column></mj-section></mj-body></mjml>")
    return html.unescape(page.partition('alt="')[2].partition('"')[0])


@pytest.mark.parametrize("value", HARD)
def test_a_hard_value_comes_out_of_the_renderer_as_it_went_in(value: str) -> None:
    assert rendered_alt(value) == value


@given(st.text(max_size=80))
def test_an_encoded_value_is_plain_ascii_without_quotes_or_backslashes(value: str) -> None:
    encoded = encode_attribute(value)
    assert encoded.isascii() and encoded.isprintable()
    assert not set(encoded) & set("\"'<>\\")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=60))
def test_encoding_loses_nothing_that_may_stand_in_a_mail(value: str) -> None:
    assert html.unescape(encode_attribute(value)) == value


def test_control_characters_are_dropped_and_line_ends_stay() -> None:
    assert without_controls("a\x00b\x1bc\nd\te\x7f") == "abc\nd\te"
