"""The YAML door: what values mean, where they stand, and what is said of a text that is not YAML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.sources.marked import Mapping, Scalar, Sequence, plain
from veillee.sources.yamls import MAX_DEPTH, load_yaml


def value_of(text: str) -> object:
    read = load_yaml(text, shown="f.yaml")
    assert read.faults == ()
    assert read.root is not None
    return plain(read.root)


def fault_of(text: str, *, first_line: int = 1) -> str:
    faults = load_yaml(text, shown="f.yaml", first_line=first_line).faults
    assert len(faults) == 1
    return str(faults[0])


def test_words_that_yaml_usually_guesses_at_stay_text() -> None:
    text = "a: NO\nb: 1.10\nc: 12:30\nd: 2026-11-20\ne: yes\nf: 007\ng: 0x1f\nh: 1e3\ni: 1_000"
    assert value_of(text) == {
        "a": "NO", "b": "1.10", "c": "12:30", "d": "2026-11-20", "e": "yes", "f": "007", "g": "0x1f", "h": "1e3",
        "i": "1_000",
    }  # fmt: skip


def test_true_false_nothing_and_whole_numbers_have_their_meaning() -> None:
    assert value_of("a: true\nb: False\nc:\nd: ~\ne: -12\nf: '12'") == {
        "a": True, "b": False, "c": None, "d": None, "e": -12, "f": "12",
    }  # fmt: skip


def test_a_number_too_long_for_a_number_stays_text() -> None:
    assert value_of("a: " + "9" * 5000) == {"a": "9" * 5000}


def test_every_key_and_value_has_its_line() -> None:
    root = load_yaml(
        "a: 1\nb:\n  - x\n  - c: 2\n    d: |\n      text\n      more\n\ne: f\n", shown="f", first_line=2
    ).root
    assert isinstance(root, Mapping)
    assert [(entry.key, entry.line) for entry in root] == [("a", 2), ("b", 3), ("e", 10)]
    items = root.entries[1].value
    assert isinstance(items, Sequence)
    assert [(item.line, item.end_line) for item in items.items] == [(4, 4), (5, 9)]
    inner = items.items[1]
    assert isinstance(inner, Mapping)
    block = inner.entries[1].value
    assert isinstance(block, Scalar)
    assert (block.line, block.body_line) == (6, 7)


def test_a_merge_key_brings_what_is_not_there() -> None:
    assert value_of("base: &b {lang: fr, x: 1}\nown:\n  <<: *b\n  x: 2") == {
        "base": {"lang": "fr", "x": 1},
        "own": {"x": 2, "lang": "fr"},
    }


def test_a_key_typed_twice_is_named_and_the_rest_is_kept() -> None:
    read = load_yaml("- a: 1\n  b: 2\n  a: 3\n- a: 4\n", shown="f.yaml")
    assert [str(fault) for fault in read.faults] == [
        'f.yaml:3: "a" is here a second time (first in line 1); each key once; remove one of the two'
    ]
    assert isinstance(read.root, Sequence)
    assert [len(read.faults_within(item)) for item in read.root.items] == [1, 0]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("title: Soup: the recipe", 1, "a colon and a space"),
        ("- title: Soup: the recipe", 1, "a colon and a space"),
        ("a: b\n\tc: d", 2, "a tab stands here"),
        ("a:\n\t- b", 2, "a tab stands here"),
        ("a: 'never closed\nb: c\n", 1, "never closed"),
        ('x: 1\na: "never closed\nb: c\n', 2, "never closed"),
        ("a: @amina", 1, 'begins with "@"'),
        ("a: `code`", 1, 'begins with "`"'),
        ("a: *bold*", 1, 'begins with "*"'),
        ("a: [1, 2\nb: c\n", 1, "a bracket is opened"),
        ("a: {b: 1\nc: d\n", 1, "a bracket is opened"),
        ("a: b\n c: d\n", 2, "not indented"),
        ("- a\nb: c", 2, "not indented"),
        ("title: 'C'est la vie'", 1, "after its closing quote"),
        ("a: [b] and c", 1, "after its closing quote or bracket"),
        ("a: - b", 1, "a list begins in the line"),
        ('a: "C:\\quote"', 1, "a backslash"),
        ("a: |text\n b", 1, "behind | or >"),
        ("a: 1\njust words", 2, "a line without a key"),
        ("a: ok\nb: \x01", 2, "U+0001"),
        ("a: é\nb: \x00", 2, "U+0000"),
        ("a: b\n---\nc: d", 2, 'a second "---"'),
        ("a: !!python/object:os.system x", 1, "!!python/object:os.system"),
        ("a: !ENV x", 1, 'unknown tag "!ENV"'),
        ("a: &x [*x]", 1, '"*x" stands for a value'),
        ("[a]: b", 1, "a key is a list"),
        ("a: \ud800", 1, "not YAML"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words_with_its_line(text: str, line: int, words: str) -> None:
    message = fault_of(text, first_line=1)
    assert message.startswith(f"f.yaml:{line}: ")
    assert words in message


def test_lines_count_from_where_the_text_begins_in_its_file() -> None:
    assert fault_of("a: 1\nb: @x", first_line=10).startswith("f.yaml:11: ")


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "repeats too many values" in fault_of("\n".join(lines))


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 5_000, "- " * 5_000 + "a", "? " * 5_000])
def test_nesting_without_end_is_refused(text: str) -> None:
    assert f"at most {MAX_DEPTH} levels" in fault_of(text)


def test_an_empty_text_holds_nothing() -> None:
    assert load_yaml("# only a comment\n", shown="f").root is None


@given(st.text(alphabet=st.characters(), max_size=200))
def test_no_text_raises(text: str) -> None:
    read = load_yaml(text, shown="f")
    assert read.root is None or plain(read.root) is None or plain(read.root) is not None


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`,? \n\t1~<", max_size=80))
def test_no_text_of_yaml_signs_raises(text: str) -> None:
    read = load_yaml(text, shown="f")
    assert all(fault.line >= 1 for fault in read.faults)
