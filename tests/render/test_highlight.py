"""Code with its words marked, or as it was typed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from veillee.render.highlight import MAX_CHARS, highlight_code
from veillee.render.sanitize import plain_text


def test_words_of_a_known_language_have_classes() -> None:
    assert highlight_code("x = 1\n", "python").startswith('<span class="n">x</span>')


def test_a_space_has_no_class_and_words_of_one_kind_share_theirs() -> None:
    shown = highlight_code("a = [[1]]  # <b>\n", "python")
    assert shown == (
        '<span class="n">a</span> <span class="o">=</span> <span class="p">[[</span><span class="mi">1</span>'
        '<span class="p">]]</span>  <span class="c1"># &lt;b&gt;</span>\n'
    )


def test_an_unknown_language_is_escaped_and_no_more() -> None:
    assert highlight_code("a < b & 'c'", "nothing-of-the-kind") == "a &lt; b &amp; 'c'"


def test_very_long_code_is_not_coloured() -> None:
    assert "<span" not in highlight_code("x = 1\n" * MAX_CHARS, "python")


@given(
    st.text(alphabet="ab1 =<>&\"'#{}()\n\t;:/*", max_size=60),
    st.sampled_from(["python", "html", "sql", "bash", "json", "yaml", "diff"]),
)
def test_no_sign_of_the_code_is_lost(code: str, language: str) -> None:
    shown = plain_text(f"<pre>{highlight_code(code, language)}</pre>")
    assert [line.rstrip() for line in shown.split("\n") if line.strip()] == [
        line.rstrip() for line in code.split("\n") if line.strip()
    ]
