from __future__ import annotations

import pytest

from tests.feeds.markup import problems_of_html
from tests.feeds.samples import MARKDOWN
from veillee.render.markdown import render_markdown
from veillee.render.syndication.content import feed_html

BASE = "https://veillee.example/stories/x.html"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('<a href="#part">a</a>', f'<a href="{BASE}#part">a</a>'),
        ('<a href="/b?c=1&amp;d=2">a</a>', '<a href="https://veillee.example/b?c=1&amp;d=2">a</a>'),
        ('<img src="i/é.jpg" alt="x">', '<img src="https://veillee.example/stories/i/%C3%A9.jpg" alt="x">'),
        ('<a href="//other.example/">a</a>', '<a href="https://other.example/">a</a>'),
        ('<a href="http://[broken">a</a>', f'<a href="{BASE}">a</a>'),
        ('<a href="mailto:a@example.org">a</a>', '<a href="mailto:a@example.org">a</a>'),
    ],
)
def test_every_url_is_absolute(given: str, expected: str) -> None:
    assert feed_html(given, BASE) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('<h2 id="a">A<a class="anchor" href="#a" aria-hidden="true"></a></h2>', "<h2>A</h2>"),
        ('<p class="x" id="y" data-z="1" aria-label="w" role="note">a</p>', "<p>a</p>"),
        ("<mark>a</mark>", "<em>a</em>"),
        ('<code><span class="k">def</span> f</code>', "<code>def f</code>"),
        ('<span lang="en">a</span>', '<span lang="en">a</span>'),
        ('<li><input type="checkbox" disabled checked> a</li>', "<li>☑ a</li>"),
        ('<li><input type="checkbox" disabled> a</li>', "<li>☐ a</li>"),
        ("<details><summary>a</summary>b</details>", "<div><div><strong>a</strong></div>b</div>"),
        ("a<wbr>b", "ab"),
        ("<p>1 &lt; 2 &amp; 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
        ("<p>never closed", "<p>never closed</p>"),
    ],
)
def test_what_readers_drop_or_distrust_becomes_plainer(given: str, expected: str) -> None:
    assert feed_html(given, BASE) == expected


def test_all_that_markdown_makes_is_accepted_by_the_checker() -> None:
    html = feed_html(render_markdown(MARKDOWN, lang="fr").html, BASE)
    assert problems_of_html(html, "post") == []
    assert "def tell(story: str)" in html
    assert "<td>1</td>" in html
    assert "<blockquote>\n<p><strong>" in html
