"""HTML as plain text that people can read."""

from __future__ import annotations

from textwrap import dedent

import pytest

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
    assert rendered.word_count == len(rendered.text.split())
