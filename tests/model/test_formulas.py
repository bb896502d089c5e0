"""Formulas: nothing runs, whatever separates the cells, and what was typed comes back exactly."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.model.formulas import guarded, unguarded

SIGNS = "=+-@\t\r＝＋－＠"
typed = st.text(st.sampled_from([*SIGNS, *"';, |a\n", '"', " "]), max_size=12) | st.text(max_size=30)


@given(typed)
def test_what_was_typed_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(typed)
def test_no_part_between_separators_begins_as_a_formula(text: str) -> None:
    parts = re.split(r"[;,|\t\n]", guarded(text))
    assert not [part for part in parts if part.lstrip(" ").startswith(tuple(SIGNS))]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("'=1+1", "''=1+1"),
        ("x;=HYPERLINK(1)", "x;'=HYPERLINK(1)"),
        ("a| -b", "a| '-b"),
        ("\r=1", "'\r=1"),
        ("'t Hooft", "'t Hooft"),
        ("Jean-Luc", "Jean-Luc"),
        ("l'été, d'accord", "l'été, d'accord"),
    ],
)
def test_only_what_could_run_gets_a_quote(text: str, written: str) -> None:
    assert guarded(text) == written
