"""Clean HTML as a row of tokens: texts at even places, tags at odd ones.

For HTML that went through the sanitiser: attributes stand in double quotes, every `<` of a text is escaped.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from typing import Final

_TAG = re.compile(r"""(<(?:[^<>"]|"[^"]*")*>)""")
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]*)")
_ATTRIBUTE = re.compile(r"""\s([a-zA-Z_:][\w:.-]*)(?:="([^"]*)")?""")

VOID: Final = frozenset({"area", "br", "col", "hr", "img", "input", "source", "track", "wbr"})
INLINE: Final = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "img", "input", "ins", "kbd", "mark",
    "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
})  # fmt: skip


def tokens_of(html: str) -> list[str]:
    """Texts and tags in turn, a text first and last; joined they are the HTML again."""
    return _TAG.split(html)


def name_of(tag: str) -> str:
    """The name of a tag in lower case; empty where it is a comment or no tag."""
    return _bare_name(tag) if " " not in tag else _name(tag)


def _name(tag: str) -> str:
    match = _NAME.match(tag)
    return match[1].lower() if match else ""


_bare_name = lru_cache(maxsize=1_000)(_name)  # tags without attributes are few and come often


def attributes_of(tag: str) -> dict[str, str]:
    """The attributes of a tag with their entities resolved; one without a value has an empty one."""
    return {name: unescape(value or "") for name, value in _ATTRIBUTE.findall(tag)}


def tag_of(name: str, attributes: dict[str, str]) -> str:
    """An opening tag."""
    parts = (
        f' {key}="{escape(value)}"' if value or key not in _BARE else f" {key}" for key, value in attributes.items()
    )
    return f"<{name}{''.join(parts)}>"


_BARE = frozenset({"checked", "controls", "disabled", "open", "reversed"})
