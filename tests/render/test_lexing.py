"""Lexers that try only rules that may match: the tokens of Pygments, one by one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexer import Lexer, RegexLexer, bygroups, default, words
from pygments.lexers import get_lexer_by_name
from pygments.token import Keyword, Name, Text

from veillee.render import lexing
from veillee.render.lexing import hasten_lexers, tokens_unprocessed

PYGMENTS_OWN = RegexLexer.get_tokens_unprocessed

LANGUAGES = (
    "python", "pycon", "javascript", "typescript", "html", "css", "sql", "bash", "yaml", "json", "toml", "ini", "c",
    "cpp", "java", "go", "rust", "ruby", "php", "xml", "markdown", "diff", "docker", "make", "perl", "r", "lua",
    "haskell", "kotlin", "swift", "csharp", "scala", "powershell", "nginx", "latex", "jinja", "http", "vim", "bat",
)  # fmt: skip
PIECES = (
    "def f(a, *, b=1):\n    return f'{a!r:>10} {b}'\n", "class A(B): pass  # note\n", '"""text\n', "if (a >= 0x1F) {\n",
    "SELECT count(*) FROM a WHERE b <> 'c';\n", '<p class="a" href=b>c &amp;</p>\n', "<script>let a = `${b}`;</script>",
    "const a = (b) => /c+/g.test(b);\n", "- a: [1, 2]\n  b: !!str |\n    c\n", '{"a": [1.5e3, null, "\\u00e9"]}\n',
    "#include <a.h>\n", "echo $A ${B:-c} `d` $(e) | f > g 2>&1 <<END\nh\nEND\n", "<?php $a = <<<X\nb\nX;\n?>", "'", '"',
    "}", ")", "\\", "\n", "\n\n", " ", "\t", "@@ -1 +1 @@\n-a\n+b\n", "\\section{a} % b\n", "é", "→", "{% if a %}",
    "r'a' b'c' 0b11 1_000 1.e-5\n", "fn main() -> Result<(), E> { let a: &'b str = \"\"; }\n", "# a\n## b\n**c** `d`\n",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _no_lexer_is_known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(lexing, "_states", {})
    monkeypatch.setattr(RegexLexer, "get_tokens_unprocessed", PYGMENTS_OWN)
    yield


def both(lexer: Lexer, text: str) -> tuple[list[object], list[object]]:
    RegexLexer.get_tokens_unprocessed = PYGMENTS_OWN  # type: ignore[method-assign]
    expected: list[object] = list(lexer.get_tokens(text))
    hasten_lexers()
    return list(lexer.get_tokens(text)), expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_tokens_are_pygments_own(language: str) -> None:
    lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)

    @given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=8).map("".join))
    def check(text: str) -> None:
        tokens, expected = both(lexer, text)
        assert tokens == expected

    check()


class Odd(RegexLexer):
    """Rules of every shape."""

    tokens = {  # noqa: RUF012 as Pygments has it
        "root": [
            (r"(a)\1", Name),
            (r"(?P<mark>b)(?P=mark)", Keyword),
            (words(("cc", "ccc")), Keyword, ("one", "two", "#pop")),
            (r"(d)(e)?", bygroups(Name, Keyword), "#push"),
            (r"f", Text, "#pop:9"),
            (r"(g)(h)", bygroups(Name, None), ("#pop", "one", "#push")),
            (r"x", Text),
        ],
        "one": [(r"i", Name, "#pop"), (r"\(", Text, "two"), default("#pop")],
        "two": [(r"j", Name, "#push"), (r"k", Keyword, "#pop:2")],
    }


@given(st.text("abcdefghijkx()\n", max_size=30))
def test_states_come_and_go_as_in_pygments(text: str) -> None:
    tokens, expected = both(Odd(), text)
    assert tokens == expected
    assert list(tokens_unprocessed(Odd(), text, ("root", "two"))) == list(PYGMENTS_OWN(Odd(), text, ("root", "two")))


def test_lexers_that_somebody_has_changed_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def theirs(lexer: RegexLexer, text: str) -> Iterator[tuple[int, object, str]]:
        yield 0, Text, f"theirs {text}"

    monkeypatch.setattr(RegexLexer, "get_tokens_unprocessed", theirs)
    hasten_lexers()
    assert list(Odd().get_tokens_unprocessed("x")) == [(0, Text, "theirs x")]


def test_only_rules_that_may_match_are_tried() -> None:
    list(tokens_unprocessed(Odd(), "x"))
    state = lexing._states[id(Odd._tokens)][1]["root"]  # type: ignore[attr-defined]
    assert [len(state[char]) for char in ("a", "d", "z", "\n", "é", "")] == [1, 1, 0, 0, 7, 7]
