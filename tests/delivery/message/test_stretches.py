"""Base64 around holes: what a reader decodes is what encoding the whole text at once would give."""

from __future__ import annotations

import base64

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from veillee.delivery.message.stencil import Form, Hole
from veillee.delivery.message.stretches import SHORTEST_STRETCH, Base64Text, base64_lines
from veillee.model import Token

NAME, LEAVE = Hole(Token.RECIPIENT_NAME, Form.TEXT), Hole(Token.UNSUBSCRIBE_URL, Form.TEXT)
TEXT = st.text(max_size=30) | st.integers(0, 200).map(lambda length: "गाँव\n" * length)
PARTS = st.lists(TEXT | st.sampled_from([NAME, LEAVE]), max_size=8).map(tuple)


@settings(max_examples=300, deadline=None)
@given(PARTS, st.binary(max_size=100), st.binary(max_size=5))
@example((), b"", b"")
@example((NAME,), b"", b"")
@example((NAME, "x" * SHORTEST_STRETCH, LEAVE), b"a", b"bc")
@example(("x" * 58, NAME, NAME, "y" * 59, LEAVE, "z" * 60), b"ab", b"")
def test_what_is_decoded_is_the_text_with_its_values(parts: tuple[str | Hole, ...], name: bytes, leave: bytes) -> None:
    values = {NAME: name, LEAVE: leave}
    text = Base64Text(parts)
    made = text.beginning + text.fill(values)
    wanted = b"".join(values[part] if isinstance(part, Hole) else part.replace("\n", "\r\n").encode() for part in parts)
    assert base64.b64decode(made) == wanted == base64.b64decode(base64_lines(wanted))
    _check_lines(made)


def _check_lines(made: bytes) -> None:
    """Every line may be decoded alone, also by readers that expect padding at the end alone."""
    *lines, last = made.split(b"\r\n")
    assert last == b""
    assert all(0 < len(line) <= 76 and len(line) % 4 == 0 for line in lines)
    assert not any(b"=" in line for line in lines[:-1])


@pytest.mark.parametrize("length", range(7))
def test_most_of_a_text_is_encoded_once_whatever_the_length_of_a_value(length: int) -> None:
    long = "गाँव " * 1000
    text = Base64Text((long, NAME, long, LEAVE, long))
    made = text.fill({NAME: b"x" * length, LEAVE: b"y"})
    again = text.fill({NAME: b"x" * (length + 3), LEAVE: b"y"})
    assert len(text.beginning) > 17_000
    assert made[150:] == again[150 + len(again) - len(made) :]


def test_the_holes_are_known() -> None:
    assert Base64Text(("x", NAME, LEAVE, "y", NAME)).holes == {NAME, LEAVE}
