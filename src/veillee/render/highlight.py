"""Code with its words marked by Pygments' classes; the colours are the stylesheet's."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MAX_CHARS = 100_000  # longer code is shown as it is: no reader needs its colours, and lexers take their time

_FORMATTER = HtmlFormatter(nowrap=True)
_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "none", "console-output", "output"})


@lru_cache(maxsize=2_000)
def highlight_code(code: str, language: str) -> str:
    """The code as HTML, escaped, with `span`s where the language is known."""
    lexer = _lexer(language.lower())
    if lexer is None or len(code) > MAX_CHARS:
        return escape(code, quote=False)
    return str(highlight(code, lexer, _FORMATTER))


@lru_cache(maxsize=200)
def _lexer(language: str) -> Lexer | None:
    if language in _PLAIN:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
