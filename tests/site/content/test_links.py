"""The URLs inside of HTML, and those among them that Pelican works out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.site.content.links import urls_in, worked_out_urls_in

PARTS = (
    '<a href="{filename}one.md">',
    '<img alt="a &gt; b" src="{static}/one.png">',
    '<img alt="a > b" src="|static|two.png">',
    '<a href="{attach}three.pdf" title="a > b">',
    '<a title="a < b" href="{filename}four.md">',
    '<a href="https://example.org/">',
    '<video poster="{static}five.png" src="{static}six.mp4">',
    "</a>",
    "<p>",
    "</p>",
    "<code>{filename}seven.md</code>",
    "{",
    "words",
)


@given(st.lists(st.sampled_from(PARTS)).map("".join))
def test_no_url_that_is_worked_out_is_overlooked(html: str) -> None:
    marked = [url for url in urls_in(html) if url[0] in "{|"]
    found = worked_out_urls_in(html)
    assert {url for url in found if url[0] in "{|"} == set(marked)
    assert set(found) <= set(urls_in(html))


@pytest.mark.parametrize("html", ["", "<p>{filename}a.md</p>", '<a href="https://example.org/">out</a>'])
def test_where_nothing_is_worked_out_nothing_is_marked(html: str) -> None:
    assert not [url for url in worked_out_urls_in(html) if url[0] in "{|"]
