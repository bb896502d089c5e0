"""Addresses: one key for every spelling; the quick way says the same as the library."""

from __future__ import annotations

import unicodedata

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from veillee.model.address import Address, AddressError, forbidden_character, parse_address, parse_thoroughly

LABEL = st.text("abzABZ019-üÉ̈न", min_size=1, max_size=8)
DOMAIN = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
TOPS = st.sampled_from(
    ["org", "FR", "example", "test", "local", "localhost", "invalid", "arpa", "onion", "a", "1x", "xn--p1ai"]
)
LOCAL = st.text("abzXYZ019._+-'", min_size=1, max_size=70)


def by_the_library(text: str) -> Address | None:
    try:
        valid = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    key = f"{unicodedata.normalize('NFC', valid.local_part.casefold())}@{valid.ascii_domain.lower()}"
    return Address(valid.normalized, f"{valid.local_part}@{valid.ascii_domain}", key)


def parsed(text: str) -> Address | None:
    try:
        return parse_address(text)
    except AddressError:
        return None


@given(LOCAL, DOMAIN, TOPS)
def test_the_quick_way_says_what_the_library_says(local: str, domain: str, top: str) -> None:
    for text in (f"{local}@{domain}.{top}", f" {local}@{domain}.{top}"):
        assert parsed(text) == by_the_library(text)


@given(st.text(max_size=40))
def test_a_text_that_can_be_printed_holds_nothing_forbidden(text: str) -> None:
    slow = next((f"U+{ord(char):04X}" for char in text if _is_forbidden(char)), None)
    assert forbidden_character(text) == slow


def _is_forbidden(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") or char in "\u202d\u202e"


@pytest.mark.parametrize("spelling", ["zoé@bücher.example", "ZOÉ@BÜCHER.example", "zoe\u0301@xn--bcher-kva.example"])
def test_every_spelling_has_one_key(spelling: str) -> None:
    assert parse_address(spelling).key == "zoé@xn--bcher-kva.example"


PIECES = st.sampled_from(
    [
        *"abz019._-+=!#'`{}~@ AZ\\\",;:()<>[]é\u202e\n",
        "..",
        "--",
        "xn--",
        "info",
        "WWW",
        "postmaster",
        "a" * 63,
        "b" * 64,
    ]
)
ODD_DOMAINS = """
example.org Example.org example.org. test a.test x.local example.invalid localhost home.arpa a.onion fr .fr a..fr 1.2
a.b2 a-b.fr a--b.fr -a.fr a-.fr a_b.fr a.b.c.d.e.f.g.h.i.j.fr xn--bcher-kva.example bücher.example
"""
DOMAINS = st.sampled_from([*ODD_DOMAINS.split(), "a" * 63 + ".fr", "a" * 64 + ".fr", "example.org\n"])
LIKELY = st.builds(lambda local, domain: f"{''.join(local)}@{domain}", st.lists(PIECES, max_size=5), DOMAINS)


def outcome(parse: object, text: str) -> Address | str:
    try:
        return parse(text)  # type: ignore[operator, no-any-return]
    except AddressError as error:
        return str(error)


@settings(max_examples=500, deadline=None)
@given(LIKELY | st.lists(PIECES, max_size=9).map("".join) | st.emails() | st.text(max_size=12))
@example("amina@example.org")
@example("Info@example.org")
@example("Amina@Example.ORG")
@example("a@" + "b." * 8 + "fr")
@example("a" * 110 + "@example.org")
@example("a@example.org\n")
def test_hostile_text_is_refused_in_the_same_words_either_way(text: str) -> None:
    assert outcome(parse_address, text) == outcome(parse_thoroughly, text)
