"""Simple heads: what is read without the YAML door is what that door reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.sources.simple_lines import simple_lines
from veillee.sources.yamls import YamlRead, compose_yaml

_TEXTS = st.text(alphabet="ab1 :,-.'\"[]{}#&*!|>%@`?~=/\\_é’–\t\r+01.x", max_size=12)
_KEYS = st.sampled_from(["title", "tags", "my-key", "null", "true", "<<", "a b", "1", "é", "key ", " key"])
_PIECES = st.sampled_from(
    ["a", "b c", "1", "1.10", "true", "~", "null", "12:30", "2026-11-01", "it's", "C++", "-a", "a-", "a:b", "x/y", "é"]
)
_LISTS = st.lists(_PIECES | _TEXTS, max_size=4).map(lambda items: f"[{', '.join(items)}]")
_LINES = st.builds("{}{}{}".format, _KEYS, st.sampled_from([": ", ":  ", ":", " : ", ":\t"]), _PIECES | _TEXTS | _LISTS)


@given(st.lists(_LINES, min_size=1, max_size=5).map("\n".join), st.integers(1, 9))
def test_a_simple_head_means_what_yaml_says(head: str, first_line: int) -> None:
    found = simple_lines(head, first_line)
    if found is not None:
        assert YamlRead(found) == compose_yaml(head, shown="a.md", first_line=first_line)


@pytest.mark.parametrize(
    "head",
    [
        "title: A picnic, with cake (and tea)",
        "title: It's ours\ndate: 2026-11-01 09:00\ntags: [picnic, cake and tea, 1.10, true]\nlang: fr",
        "title: Café – l’été\nslug: cafe\nlink: https://test.example/a",
        "weight: 12\ndraft: true",
    ],
)
def test_heads_as_most_posts_have_them_are_simple(head: str) -> None:
    found = simple_lines(head, 2)
    assert found is not None
    assert YamlRead(found) == compose_yaml(head, shown="a.md", first_line=2)


@pytest.mark.parametrize(
    "head",
    [
        *("", "title:", "title: ", "title: a: b", "title: a #b", "title: 'a'", "title: *a", "title: a ", "- a: b"),
        *("title: a\n  more", "title: a\ntitle: b", "title: a\n\nlang: fr", "tags: [a, [b]]", "tags: [a: b]"),
        *("tags: []", "title: |\n  a", "title: a\r", "title: a\tb", "title: \u2028a", "<<: a", "title: -"),
    ],
)
def test_everything_else_is_left_to_the_yaml_door(head: str) -> None:
    assert simple_lines(head, 1) is None
