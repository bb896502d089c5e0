"""Headings: fitted below the page's own, no level left out, each with an address."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.render.markdown import render_markdown


def levels(markdown: str, *, first_level: int = 2) -> list[int]:
    return [int(level) for level in re.findall(r"<h(\d)", render_markdown(markdown, first_level=first_level).html)]


def headings(*typed: int) -> str:
    return "\n\n".join(f"{'#' * level} Heading {number}" for number, level in enumerate(typed))


@pytest.mark.parametrize(
    ("typed", "fitted"),
    [
        ((1, 2, 3), [2, 3, 4]),
        ((2, 3), [2, 3]),
        ((3, 3, 4), [2, 2, 3]),
        ((2, 4, 4, 3), [2, 3, 3, 3]),
        ((3, 2, 3), [2, 2, 3]),
        ((1, 6, 1), [2, 3, 2]),
        ((1, 2, 3, 4, 5, 6), [2, 3, 4, 5, 6, 6]),
    ],
)
def test_the_topmost_becomes_the_first_and_none_is_left_out(typed: tuple[int, ...], fitted: list[int]) -> None:
    assert levels(headings(*typed)) == fitted


@given(st.lists(st.integers(1, 6), min_size=1, max_size=12), st.integers(1, 6))
def test_no_level_is_ever_skipped(typed: list[int], first_level: int) -> None:
    found = levels(headings(*typed), first_level=first_level)
    assert len(found) == len(typed)
    assert found[0] == first_level
    assert all(after <= before + 1 for before, after in pairwise(found))
    assert min(found) == first_level


def test_each_has_an_id_of_its_own_and_links_to_it_find_it() -> None:
    html = render_markdown("# Été\n\n# Été\n\n[go](#été) [there](#ete-2) [nowhere](#x)", id_prefix="a-").html
    assert re.findall(r'<h2 id="([^"]+)"', html) == ["a-ete", "a-ete-2"]
    assert '<a href="#a-ete-2">there</a>' in html
    assert '<a href="#x">nowhere</a>' in html


def test_a_name_that_the_page_itself_uses_gets_another_id() -> None:
    html = render_markdown("# Main\n\n[up](#main)").html
    assert '<h2 id="section-main">' in html
    assert '<a href="#section-main">up</a>' in html


def test_the_anchor_is_beside_a_link_and_hidden_from_screen_readers() -> None:
    html = render_markdown("# See [the page](https://a.example)").html
    anchor = '<a class="anchor" href="#see-the-page" aria-hidden="true" tabindex="-1"></a>'
    assert html == f'<h2 id="see-the-page">See <a href="https://a.example">the page</a>{anchor}</h2>'


@pytest.mark.parametrize("markdown", ["#", "## <b></b>", "# ![](x.jpg)", "#  \n\n## "])
def test_an_empty_heading_is_none(markdown: str) -> None:
    rendered = render_markdown(markdown)
    assert "<h" not in rendered.html


def test_a_picture_speaks_for_its_heading() -> None:
    rendered = render_markdown("# ![A lamp](x.jpg)")
    assert '<h2 id="a-lamp">' in rendered.html


def test_headings_typed_as_html_are_headings_too() -> None:
    assert levels("<h1 id=main>A</h1>\n\n<h5>B</h5>") == [2, 3]


def test_a_heading_of_signs_alone_has_an_address() -> None:
    assert re.findall(r'<h2 id="([^"]+)"', render_markdown("# !!!\n\n# ???").html) == ["section", "section-2"]


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("<h1><div><h2>x</h2></div></h1>", '<h2 id="x">x{}</h2>'),
        ("<h1><p>x</p></h1>", '<h2 id="x">x{}</h2>'),
    ],
)
def test_a_heading_holds_words_and_no_blocks(markdown: str, html: str) -> None:
    anchor = '<a class="anchor" href="#x" aria-hidden="true" tabindex="-1"></a>'
    assert render_markdown(markdown).html == html.format(anchor)


def test_a_heading_within_a_link_has_no_link_of_its_own() -> None:
    html = render_markdown('<a href="https://a.example">\n<h2>x</h2>\n</a>').html
    assert '<h2 id="x">x</h2>' in html
