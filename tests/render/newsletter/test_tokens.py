"""A mail is cut where recipients differ, and nobody's text can pass for a cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.render.newsletter.samples import a_community, composed, our_templates
from veillee.model import Token
from veillee.render.newsletter import render_variant
from veillee.render.newsletter.tokens import joined, placeholders_for, split_at_tokens

VALUES = {Token.UNSUBSCRIBE_URL: "mailto:leave@veillee.example", Token.RECIPIENT_NAME: "Amina"}


def test_both_parts_carry_the_way_out() -> None:
    variant = render_variant(composed(), community=a_community(), templates=our_templates())
    assert variant.html.count(Token.UNSUBSCRIBE_URL) == 1
    assert variant.text.count(Token.UNSUBSCRIBE_URL) == 1
    assert 'href="mailto:leave@veillee.example"' in joined(variant.html, VALUES)
    assert "\nmailto:leave@veillee.example\n" in joined(variant.text, VALUES)


@given(st.lists(st.text(max_size=40), max_size=5))
def test_placeholders_occur_in_nothing_that_goes_into_the_mail(contents: list[str]) -> None:
    assert not any(word in content for word in placeholders_for(*contents).values() for content in contents)


def test_a_placeholder_of_an_earlier_mail_is_plain_text_in_the_next() -> None:
    """A member who has seen one mail learns nothing that helps with another."""
    stolen = placeholders_for("one mail")[Token.UNSUBSCRIBE_URL]
    fresh = placeholders_for(f"another mail, which quotes {stolen}")
    assert split_at_tokens(f"a {stolen} b {fresh[Token.UNSUBSCRIBE_URL]} c", fresh) == (
        f"a {stolen} b ",
        Token.UNSUBSCRIBE_URL,
        " c",
    )


@given(st.lists(st.sampled_from(["a", "b\n", *Token]), max_size=12))
def test_cutting_and_joining_gives_the_text_back(pieces: list[str | Token]) -> None:
    placeholders = placeholders_for("a b")
    text = "".join(placeholders[piece] if isinstance(piece, Token) else piece for piece in pieces)
    assert joined(split_at_tokens(text, placeholders), placeholders) == text


def test_no_cut_leaves_an_empty_text() -> None:
    placeholders = placeholders_for("x")
    assert split_at_tokens("".join(placeholders.values()), placeholders) == tuple(placeholders)
