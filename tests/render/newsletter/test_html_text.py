"""A member's HTML as a mail can carry it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.render.newsletter.document import parse_document
from veillee.render.newsletter.html_text import mail_html


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>a<br>b</p>", "<p>a<br />b</p>"),
        ("<p>a <b>b</p>", "<p>a <b>b</b></p>"),
        ("<h2 id='x'>a</h2>", "<p>a</p>"),
        ('<a href="https://a.example/?b=1&amp;c=2" title="x">y</a>', '<a href="https://a.example/?b=1&#38;c=2">y</a>'),
        ('<a href="javascript:x">y</a>', "<a>y</a>"),
        ('<a href="/relative">y</a>', "<a>y</a>"),
        ("<script>alert(1)</script>a", "a"),
        ("<table><tr><td>a</td></tr></table>", "a"),
        ('<img src="https://a.example/b.png">', ""),
        ("a &lt;b&gt; &amp; &eacute;", "a &lt;b&gt; &amp; é"),
        ('<span lang="en">a</span><em lang="en">b</em>', 'a<em lang="en">b</em>'),
        ("</p></div>a", "a"),
    ],
)
def test_running_text_stays_and_the_rest_does_not(html: str, kept: str) -> None:
    assert mail_html(html) == kept


@given(st.text(alphabet="<>/abipu= \"'&;!-x\n", max_size=120))
def test_whatever_goes_in_what_comes_out_is_well_formed(html: str) -> None:
    text = f"<mjml><mj-text>{mail_html(html)}</mj-text></mjml>"
    assert parse_document(text, files=("x.mjml",)).faults == ()
