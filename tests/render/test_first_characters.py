"""What a pattern may begin with: never too little, and little where that is plain."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name

from veillee.render.first_characters import ASCII, first_characters

ATOMS = (
    "a", "K", "s", "é", "\u017f", "\u212a", ".", r"\d", r"\W", r"\S", "[a-c]", "[^a]", "[^a-z\\n]", "[é-ü]",
    "[\u017e-\u0180]", "[\u2120-\u2130]", "[a\u2120-\u2130]",
    r"[\s_]", r"[^\w]", "(?=b)", "(?!b)", "(?<=b)", "^", "$", r"\b", "(?i:k)", "(?-i:k)", "(?>ab)", "(?s:.)",
)  # fmt: skip
PARTS = st.recursive(
    st.sampled_from(ATOMS),
    lambda parts: (
        st.builds("{}{}".format, parts, parts)
        | st.builds("(?:{}|{})".format, parts, parts)
        | st.builds("({}){}".format, parts, st.sampled_from(["", "?", "*", "+", "{2,3}", "*?", "?+"]))
    ),
    max_leaves=6,
)


@given(PARTS, st.sampled_from([0, re.IGNORECASE, re.MULTILINE, re.ASCII]), st.text("abckKsS1 é\n_", max_size=4))
def test_what_matches_begins_with_one_of_them(part: str, flags: int, text: str) -> None:
    try:
        pattern = re.compile(part, flags)
    except re.error:  # such as a repeat of a repeat
        return
    found = first_characters(pattern)
    for place, char in enumerate(text):
        if char in ASCII and pattern.match(text, place):
            assert char in found


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a|b", "ab"),
        ("(?i)ab", "aA"),
        (r"(?=q)\bx", "x"),
        ("a?b", "ab"),
        (r"\s+x", "\t\n\v\f\r\x1c\x1d\x1e\x1f "),
        ("(a|(?i:k))1", "akK"),
        ("[0-2é]", "012"),
        ("é", ""),
    ],
)
def test_little_is_said_of_plain_patterns(pattern: str, expected: str) -> None:
    assert first_characters(re.compile(pattern)) == frozenset(expected)


@pytest.mark.parametrize(
    "pattern", ["a*", "", "(?=a)", r"(?P<a>b)?(?P=a)", "(?i)[^k]", "(?i)\u212a", "(?i)[\u2120-\u2130]"]
)
def test_what_may_be_empty_or_is_not_certain_begins_with_anything(pattern: str) -> None:
    assert first_characters(re.compile(pattern)) == ASCII


def test_most_rules_of_a_lexer_are_understood() -> None:
    rules = get_lexer_by_name("python")._tokens["root"]  # type: ignore[attr-defined]
    known = [first_characters(match.__self__) for match, _, _ in rules]
    assert sum(len(one) < 64 for one in known) > 0.9 * len(known)


def test_where_python_shows_no_parts_anything_may_match(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(re, "_parser")
    assert first_characters(re.compile("a|b")) == ASCII
