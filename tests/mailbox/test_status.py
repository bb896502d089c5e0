"""Status codes and words: hard is said of an address alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.mailbox.status import kind_of, status_in
from veillee.model.returned import BounceKind


@pytest.mark.parametrize(
    "status", ["5.1.1", "5.1.2", "5.1.6", "5.1.10", "5.2.1", "5.4.1", "5.4.4", "5.4.310", "5.0.0", ""]
)
def test_codes_about_an_address_are_hard(status: str) -> None:
    assert kind_of(status, "no such user") is BounceKind.HARD


@pytest.mark.parametrize(
    "status",
    [
        "5.2.2",
        "5.7.1",
        "5.7.606",
        "5.1.8",
        "5.2.3",
        "5.3.4",
        "5.4.6",
        "5.4.7",
        "5.4.300",
        "5.5.2",
        "5.6.0",
        "4.1.1",
        "4.4.7",
    ],
)
def test_codes_about_something_else_are_soft(status: str) -> None:
    assert kind_of(status, "no such user") is BounceKind.SOFT


@pytest.mark.parametrize(
    "words",
    [
        "550 Quota exceeded",
        "554 Boîte de réception pleine",
        "550 espace disque insuffisant",
        "550 Message refusé : contenu indésirable",
        "554 Your IP is on a block list",
        "550 rejected for policy reasons",
        "retry timeout exceeded",
    ],
)
def test_where_the_code_says_nothing_the_words_do(words: str) -> None:
    assert kind_of("5.0.0", words) is BounceKind.SOFT
    assert kind_of("", words) is BounceKind.SOFT
    assert kind_of("5.1.1", words) is BounceKind.HARD


@pytest.mark.parametrize(
    ("texts", "status"),
    [
        (("5.0.0", "smtp; 550 5.1.1 unknown"), "5.1.1"),
        (("5.1.1", "smtp; 550 5.7.1 spam"), "5.1.1"),
        (("5.0.0", "smtp; 552 mailbox"), "5.2.2"),
        (("5.0.0", "smtp; 550 unknown"), "5.0.0"),
        (("host 10.5.1.1 said 550 no", ""), "5.0.0"),
        (("version 15.1.1", "nothing"), ""),
    ],
)
def test_the_code_that_says_most_is_found(texts: tuple[str, ...], status: str) -> None:
    assert status_in(*texts) == status


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_a_kind(status: str, words: str) -> None:
    kind_of(status_in(status, words), words)
