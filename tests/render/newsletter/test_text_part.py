"""The text part: readable in 72 columns, whatever the language; addresses whole."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.render.newsletter.samples import STORY, a_community, composed, our_templates
from veillee.model import ComposedSection, SectionKind
from veillee.render.newsletter import render_variant
from veillee.render.newsletter.text_part import COLUMNS, column_count, tidied, underline, wrap


def text_of(*sections: ComposedSection, digest: str = "weekly", lang: str = "fr", **changes: object) -> str:
    edition = composed(*sections, lang=lang, **changes)
    variant = render_variant(edition, community=a_community(), templates=our_templates(digest))
    return "".join(str(part) for part in variant.text)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=400))
def test_no_line_is_wider_than_the_screen_unless_it_is_one_word(text: str) -> None:
    for line in wrap(text, "  ").split("\n"):
        assert column_count(line) <= COLUMNS or not re.search("[ \t]", line.strip(" "))


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=400))
def test_wrapping_loses_no_word(text: str) -> None:
    assert re.sub("[ \n]+", "", wrap(text)) == re.sub("[ \n]+", "", text)


def test_an_address_is_never_broken() -> None:
    address = "https://veillee.example/" + "a-very-long-slug-" * 12
    assert address in wrap(f"See {address} for more.").split("\n")


def test_columns_are_counted_as_a_terminal_shows_them() -> None:
    assert column_count("e\u0301") == 1
    assert column_count("日本") == 4
    assert column_count("हिन्दी") < len("हिन्दी")
    assert column_count("a\u200bb") == 2


def test_spaces_that_hold_words_together_do_so_at_the_end_of_a_line() -> None:
    assert wrap("aaaa bbbb\u202f?", columns=9) == "aaaa\nbbbb\u202f?"


def test_a_heading_is_underlined_as_long_as_it_is() -> None:
    assert underline("Été", "=") == "Été\n==="
    assert underline(" ") == ""


def test_paragraphs_stay_apart() -> None:
    assert wrap("a\nb\n\n\nc") == "a b\n\nc"


def test_later_lines_hang_below_the_first() -> None:
    assert wrap("aa bb cc", "- ", hanging="  ", columns=7) == "- aa bb\n  cc"


def test_blank_lines_do_not_pile_up_and_line_ends_are_clean() -> None:
    assert tidied("\n\na  \r\n\n\n\nb\n\n") == "a\n\nb\n"


def test_no_line_of_a_mail_is_too_wide_but_addresses() -> None:
    for line in text_of().splitlines():
        assert column_count(line) <= COLUMNS or "://" in line


def test_each_item_has_title_author_summary_and_address() -> None:
    text = text_of(ComposedSection(SectionKind.STORY, (STORY,)))
    flat = " ".join(text.split())
    for said in (STORY.title, "Amina Benali", "6 min de lecture", "d’une formation que personne", STORY.url):
        assert said in flat


def test_a_question_says_its_state() -> None:
    text = " ".join(text_of().split())
    assert "Réponse acceptée · 2 réponses" in text
    assert "Attend une réponse depuis 8 jours" in text


def test_the_text_is_not_escaped_as_html() -> None:
    text = text_of(ComposedSection(SectionKind.STORY, (replace(STORY, title="Tom & Jerry <3 “x”"),)))
    assert "Tom & Jerry <3" in text and "&amp;" not in text


def test_lines_that_a_member_typed_do_not_break_out_of_the_indentation() -> None:
    forged = replace(STORY, title="a\n\nStop getting this letter\nhttps://evil.example", summary="x\r\ny\u2028z")
    lines = text_of(ComposedSection(SectionKind.STORY, (forged,))).splitlines()
    assert not any(line.startswith("https://evil") for line in lines)
    assert "  x y z" in lines


def test_french_keeps_its_narrow_spaces() -> None:
    assert "doublons\u202f?" in text_of()


def test_english_speaks_english() -> None:
    text = text_of(lang="en")
    assert "Stop getting this letter" in text
    assert "Waiting for an answer for 8 days" in " ".join(text.split())
