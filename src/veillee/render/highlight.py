"""Code with its words marked by Pygments' classes; the colours are the stylesheet's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from html import escape
from typing import Any

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, Whitespace
from pygments.util import ClassNotFound

MAX_CHARS = 100_000  # longer code is shown as it is: no reader needs its colours, and lexers take their time

_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "none", "console-output", "output"})


@lru_cache(maxsize=2_000)
def highlight_code(code: str, language: str) -> str:
    """The code as HTML, escaped, with `span`s where the language is known; a space has none of its own."""
    lexer = _lexer(language.lower())
    if lexer is None or len(code) > MAX_CHARS:
        return escape(code, quote=False)
    return "".join(_marked(lexer.get_tokens_unprocessed(code.replace("\r\n", "\n").replace("\r", "\n"))))


def _marked(tokens: Iterable[tuple[int, Any, str]]) -> Iterator[str]:
    last, words = "", ""
    for _, kind, text in tokens:
        name = _class_of(kind)
        if name == last:
            words += text
            continue
        yield _span(last, words)
        last, words = name, text
    yield _span(last, words)


def _span(name: str, words: str) -> str:
    if "&" in words or "<" in words or ">" in words:
        words = escape(words, quote=False)
    return f'<span class="{name}">{words}</span>' if name and words else words


@cache
def _class_of(kind: Any) -> str:
    """The class of a kind of token, or of the nearest kind above it that has one."""
    if kind is Whitespace:
        return ""
    return STANDARD_TYPES[kind] if kind in STANDARD_TYPES else _class_of(kind.parent)


@lru_cache(maxsize=200)
def _lexer(language: str) -> Lexer | None:
    if language in _PLAIN:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
