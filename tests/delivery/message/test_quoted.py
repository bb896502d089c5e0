"""Quoted-printable: judged by the standard library's decoder."""

from __future__ import annotations

import quopri

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from veillee.delivery.message.quoted import SOFT_LINE_END, open_ended, quoted, quoted_value

LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


@settings(max_examples=300, deadline=None)
@given(LINE)
@example("")
@example(".")
@example("From me")
@example(" ")
@example("a" * 74)
@example("a" * 75)
@example("a" * 76)
@example("=" * 80)
@example("a" * 73 + "." * 80)
@example("a" * 73 + " From me")
@example("a" * 75 + "From me")
@example("a" * 75 + ".me")
def test_a_value_of_any_length_comes_back_from_between_soft_line_ends(value: str) -> None:
    encoded = quoted_value(value)
    assert quopri.decodestring(encoded) == value.encode()
    assert quopri.decodestring(b"x=\r\n" + encoded + SOFT_LINE_END + b"y") == b"x" + value.encode() + b"y"
    for line in (encoded + SOFT_LINE_END).split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith((b".", b"From "))
        assert b"\n" not in line


@settings(max_examples=100, deadline=None)
@given(LINE)
def test_the_quick_way_says_what_the_thorough_way_says(value: str) -> None:
    assert quopri.decodestring(quoted_value(value)) == quopri.decodestring(quoted(value))


@pytest.mark.parametrize(("text", "encoded"), [("", b""), ("a\n", b"a\r\n"), ("a", b"a=\r\n"), ("a ", b"a=20=\r\n")])
def test_what_is_open_ended_takes_more_on_a_line_of_its_own(text: str, encoded: bytes) -> None:
    assert open_ended(quoted(text)) == encoded
