"""CSS as mails hold it: declarations, rules, selectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.preflight.css import at_rules, is_meant, parse_declarations, parse_rules, specificity
from veillee.preflight.page import read_page


def test_declarations_are_cut_at_semicolons_that_are_not_in_values() -> None:
    found = parse_declarations("color:#FFF; background: url('a;b') !important ;font-family:\"A;B\", serif;;nonsense")
    assert [(one.name, one.value, one.is_important) for one in found] == [
        ("color", "#FFF", False),
        ("background", "url('a;b')", True),
        ("font-family", '"A;B", serif', False),
    ]


def test_rules_know_the_condition_around_them() -> None:
    css = (
        "@import 'x.css'; /* a { } */ p, .a b { color: red } @media (prefers-color-scheme: dark) { i { color: blue } }"
    )
    found = [(rule.selector, rule.media) for rule in parse_rules(css)]
    assert found == [("p", ""), (".a b", ""), ("i", "(prefers-color-scheme: dark)")]
    assert at_rules(css) == ("import", "media")


@pytest.mark.parametrize(
    ("selector", "is_so"),
    [
        ("p", True), (".b", True), ("#c", True), ("div p", True), ("div > p", False), ("td > p.b", True), ("*", True),
        ("[lang]", True), ("[lang=fr]", True), ('[lang="en"]', False), (".a.b", True), (".a .b", False),
        ("body .b", True), ("p:hover", False), ("h1 + p", False), ("[data-ogsc] p", False),
    ],
)  # fmt: skip
def test_a_selector_means_an_element(selector: str, is_so: bool) -> None:
    page = read_page('<div><table><tr><td><p class="a b" id="c" lang="fr">x</p></td></tr></table></div>')
    element = next(node for node in page.nodes if node.name == "p")
    assert is_meant(selector, element) is is_so


def test_an_id_weighs_more_than_classes_and_those_more_than_names() -> None:
    assert specificity("#a") > specificity(".a.b .c") > specificity("div p span")


@given(st.text(alphabet="{}@;:ab.#[]\"'(>/* ", max_size=60))
def test_nothing_that_stands_in_a_style_sheet_breaks_the_reading(text: str) -> None:
    element = read_page("<p>x</p>").nodes[-1]
    for rule in parse_rules(text):
        is_meant(rule.selector, element)
    parse_declarations(text)
