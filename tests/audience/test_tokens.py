"""Signed tokens: only the holder of the key makes them."""

from __future__ import annotations

import pytest

from veillee.audience.tokens import Leaving, read_leaving, sign_leaving

LEAVING = Leaving(42, "weekly")
TOKEN = sign_leaving(LEAVING, secret=b"key")


def test_a_token_says_who_leaves_what() -> None:
    assert read_leaving(TOKEN, secrets=[b"key"]) == LEAVING


def test_a_token_outlives_a_change_of_key_where_the_old_one_is_kept() -> None:
    assert read_leaving(TOKEN, secrets=[b"new", b"key"]) == LEAVING


@pytest.mark.parametrize(
    "token", ["", "v1", TOKEN.replace("42", "43"), TOKEN.replace("weekly", "daily"), TOKEN + "\n", TOKEN[:-1] + "g"]
)
def test_a_changed_token_says_nothing(token: str) -> None:
    assert read_leaving(token, secrets=[b"key"]) is None


def test_another_key_reads_nothing() -> None:
    assert read_leaving(TOKEN, secrets=[b"other"]) is None


def test_a_token_fits_into_a_subject_and_a_url() -> None:
    assert set(TOKEN) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-_")
