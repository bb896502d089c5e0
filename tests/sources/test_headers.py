"""The head of a Markdown file in each form that is in use."""

from __future__ import annotations

import pytest

from veillee.sources.headers import Document, parse_document
from veillee.sources.marked import plain


def parsed(text: str) -> Document:
    return parse_document(text, shown="a.md")


def head_of(text: str) -> object:
    document = parsed(text)
    assert document.faults == ()
    return plain(document.head)


def fault_of(text: str) -> str:
    faults = parsed(text).faults
    assert len(faults) == 1
    return str(faults[0])


@pytest.mark.parametrize("closing", ["---", "...", "---  "])
def test_yaml_between_dashes(closing: str) -> None:
    document = parsed(f"---\ntitle: A\ntags: [x, y]\n{closing}\n\nText.\n")
    assert (document.form, document.body, document.body_line) == ("yaml", "\nText.\n", 5)
    assert plain(document.head) == {"title": "A", "tags": ["x", "y"]}
    assert [entry.line for entry in document.head] == [2, 3]


def test_an_empty_head_is_a_head() -> None:
    document = parsed("---\n---\n# Title\n")
    assert (document.form, document.body, document.faults) == ("yaml", "# Title\n", ())


def test_a_rule_in_the_text_does_not_end_it() -> None:
    assert parsed("---\ntitle: A\n---\none\n\n---\n\ntwo").body == "one\n\n---\n\ntwo"


def test_toml_between_plus_signs_has_lines_too() -> None:
    document = parsed(
        '+++\ntitle = "A"\ndate = 2026-11-20T09:00:00+01:00\nday = 2026-11-20\ndraft = true\nweight = 3\n'
        'ratio = 1.5\ntags = ["x",\n  "y"]\n[params]\n  image = "i.jpg"\n+++\nText'
    )
    assert (document.form, document.body, document.body_line) == ("toml", "Text", 13)
    assert plain(document.head) == {
        "title": "A", "date": "2026-11-20T09:00:00+01:00", "day": "2026-11-20", "draft": True, "weight": 3,
        "ratio": "1.5", "tags": ["x", "y"], "params": {"image": "i.jpg"},
    }  # fmt: skip
    assert [entry.line for entry in document.head] == [2, 3, 4, 5, 6, 7, 8, 10]


def test_toml_that_is_none_is_named_with_its_line() -> None:
    assert fault_of("+++\ntitle = 'A'\ndate = soon\n+++\n").startswith("a.md:3: this is not TOML")


def test_toml_nested_without_end_is_named() -> None:
    assert "not TOML" in fault_of("+++\na = " + "[" * 20_000 + "\n+++\n")


def test_json_as_hugo_has_it() -> None:
    document = parsed('{\n  "title": "A",\n\t"tags": ["x"]\n}\nText')
    assert plain(document.head) == {"title": "A", "tags": ["x"]}
    assert document.body == "Text"


def test_pelican_lines_with_values_over_several_lines() -> None:
    document = parsed(
        "Title: A: the sequel\nDate: 2026-11-20 09:00\nTags: x, y\nSummary: one\n    two\nSlug:\n\nText\n"
    )
    assert (document.form, document.body, document.body_line) == ("pelican", "Text\n", 8)
    assert plain(document.head) == {
        "title": "A: the sequel", "date": "2026-11-20 09:00", "tags": "x, y", "summary": "one\ntwo", "slug": "",
    }  # fmt: skip
    assert [entry.line for entry in document.head] == [1, 2, 3, 4, 6]


def test_a_pelican_key_typed_twice_is_named_unless_it_may_be() -> None:
    assert fault_of("Title: A\nTitle: B\n\nText").startswith('a.md:2: "title" is here a second time')
    assert head_of("Title: A\nTags: x\nTags: y\n\nText") == {"title": "A", "tags": "x\ny"}


@pytest.mark.parametrize("text", ["# Title\n\nText", "Note: this is a sentence\n\nText", "A: b\nC: d", "Just text"])
def test_a_text_without_a_head_is_all_body(text: str) -> None:
    document = parsed(text)
    assert (document.form, document.body, document.body_line) == ("none", text, 1)


@pytest.mark.parametrize("fence", ["---", "+++"])
def test_a_head_that_is_never_closed_is_named(fence: str) -> None:
    assert fault_of(f"{fence}\ntitle: A\n\nText\n").startswith(
        f'a.md:1: the head is opened by "{fence}" and never closed'
    )


def test_a_head_that_holds_no_keys_is_named() -> None:
    assert fault_of("---\n- a\n- b\n---\nText") == (
        "a.md:2: the head is a list; lines of `key: value`; write `title: ...` on a line of its own"
    )
    assert "title:Soup" in fault_of("---\ntitle:Soup\n---\nText")


def test_a_fault_in_the_head_has_its_line_in_the_file() -> None:
    assert fault_of("---\ntitle: A\nsummary: B: c\n---\n").startswith("a.md:3: ")
