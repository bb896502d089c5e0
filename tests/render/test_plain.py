"""HTML as plain text that people can read."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.render.markdown import render_markdown
from veillee.render.sanitize import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a\n b</p><p>c</p>", "a b\n\nc"),
        ("<p>a<br>b</p>", "a\nb"),
        ("<p>AT&amp;T &lt;b&gt; a\u00a0b</p>", "AT&T <b> a\u00a0b"),
        ("<p>see <a href=\"x\">the <em>page</em></a>.</p>", "see the page."),
        ("<h2>T<a class=\"anchor\" href=\"#t\" aria-hidden=\"true\" tabindex=\"-1\"></a></h2><p>x</p>", "T\n\nx"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><p>d</p>", "- a\n- b\n  - c\n\nd"),
        ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b"),
        ("<ul><li><p>a</p></li></ul>", "- a"),
        ("<p>a <img src=\"x\" alt=\"a lamp &amp; b\"> b</p>", "a a lamp & b b"),
        ("<pre><code>a\n  b\n</code></pre><p>c</p>", "a\n  b\n\nc"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a | b\n1 | 2"),
        ("<blockquote><p>a</p></blockquote><hr><p>b</p>", "a\n\nb"),
        ("a <video>no</video>b", "a\n\nb"),
        ("", ""),
        ("</li></ul></ol>", ""),
    ],
)  # fmt: skip
def test_html_is_read_as_a_person_would_write_it(html: str, text: str) -> None:
    assert plain_text(html) == text


def test_a_whole_text() -> None:
    rendered = render_markdown(
        dedent("""\
            ## A night

            It was *late*[^1], and
            `code` ran.

            - [x] one
            - [ ] two

            > [!TIP]
            > Sleep.

            [^1]: Very.
            """)
    )
    assert rendered.text == dedent("""\
        A night

        It was late [1], and code ran.

        - [x] one
        - [ ] two

        Tip

        Sleep.

        1. Very.""")


PIECES = (
    "a word ", "\n", "\n\n", "- a\n", "  - [x] b\n", "3. c\n", "> d\n", "> [!TIP]\n> e\n", "# *f*\n", "## ![g](h)\n",
    "![](i.jpg)", "<img alt='j \"k\"' src=''>", "[l](m)", "[^1]", "\n\n[^1]: n\n", "```py\no = 1\n```\n", "    p\n",
    "| q | r |\n|---|---|\n| 1 | 2 |\n", "  | s | |\n  |---|---|\n  | 1 | 2 |\n", "<pre>t\n u</pre>", "</li>", "---\n",
    "<table><tr><th></th><th>v</th></tr><tr><td>1<br>2</td></tr></table>\n", "<section>w</section>", "<b>", "&nbsp;",
    "<details><summary>x</summary>y</details>", "<video>z</video>", "<input type=checkbox checked>", '<p> ',
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_the_text_is_the_same_whenever_it_is_wanted(markdown: str) -> None:
    assert render_markdown(markdown, with_text=False).text == render_markdown(markdown).text


def test_a_table_stands_apart_in_a_list_too() -> None:
    assert plain_text("<ul><li>a<table><tr><td>1</td></tr></table></li></ul>") == "- a\n\n  1"
