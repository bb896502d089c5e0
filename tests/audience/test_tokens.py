"""Signed tokens: only the holder of the key makes them, and those that were mailed stay valid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.audience.tokens import Leaving, read_leaving, sign_leaving

LEAVING = Leaving(42, "weekly")
TOKEN = sign_leaving(LEAVING, secret=b"key")
KEY_OF_2026 = b"the key of the year 2026"
MAILED_IN_2026 = {
    "v1.42.weekly.ce95f05e81cb245bbfb4f156b688294a": LEAVING,
    "v1.999999999999999999.la-semaine_2.75fab7fbb77c6ef9455014903da258b5": Leaving(999999999999999999, "la-semaine_2"),
    "v1.42.-.e12f800ff03951db99a3185fa79bd12d": Leaving(42, None),
}
"""Never change these: such tokens stand in mails that people kept."""


@pytest.mark.parametrize("token", MAILED_IN_2026)
def test_tokens_that_were_mailed_are_still_made_and_read_alike(token: str) -> None:
    assert read_leaving(token, secrets=[b"a newer key", KEY_OF_2026]) == MAILED_IN_2026[token]
    assert sign_leaving(MAILED_IN_2026[token], secret=KEY_OF_2026) == token


@given(st.integers(0, 10**18 - 1), st.none() | st.from_regex(r"[a-z0-9][a-z0-9_-]{0,60}\Z", fullmatch=True))
def test_a_token_says_who_leaves_what(number: int, digest_id: str | None) -> None:
    token = sign_leaving(Leaving(number, digest_id), secret=b"key")
    assert read_leaving(token, secrets=[b"key"]) == Leaving(number, digest_id)
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-_")


def test_a_token_outlives_a_change_of_key_where_the_old_one_is_kept() -> None:
    assert read_leaving(TOKEN, secrets=[b"new", b"key"]) == LEAVING


@pytest.mark.parametrize(
    "token",
    [
        "",
        "v1",
        TOKEN.replace("42", "43"),
        TOKEN.replace("weekly", "daily"),
        TOKEN.replace("weekly", "-"),
        TOKEN.replace("weekly", ""),
        TOKEN.upper(),
        TOKEN + "\n",
        "\n" + TOKEN,
        TOKEN[:-1] + "g",
    ],
)
def test_a_changed_token_says_nothing(token: str) -> None:
    assert read_leaving(token, secrets=[b"key"]) is None


def test_another_key_reads_nothing() -> None:
    assert read_leaving(TOKEN, secrets=[b"other"]) is None


@given(st.text(max_size=80))
def test_no_text_opens_the_door(text: str) -> None:
    assert read_leaving(text, secrets=[b"key"]) is None
