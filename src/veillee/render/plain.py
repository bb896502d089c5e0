"""HTML as plain text that people can read: paragraphs apart, lists with dashes, links as their words."""

from __future__ import annotations

import re
from html import unescape

from veillee.render.tokens import INLINE, attributes_of, name_of, tokens_of

_HIDDEN = frozenset({"audio", "script", "style", "template", "video"})
_TIGHT = frozenset({"caption", "dd", "dl", "dt", "li", "ol", "tbody", "tfoot", "thead", "tr", "ul"})
_OUTER = frozenset({"dl", "ol", "ul"})
_SPECIAL = frozenset({"a", "br", "img", "input", "sup"})
_LINE_BREAK = "\x00"


def plain_text(html: str) -> str:
    """The words of an HTML text: a blank line between paragraphs, `- ` or a number before each item of a list.

    Spaces that do not break stay. Images are their alternative texts; footnote marks are in brackets, the links
    back to them are left out.
    """
    return plain_text_of(tokens_of(html))


def plain_text_of(tokens: list[str]) -> str:
    """The same for HTML that is cut into tokens already."""
    writer = _Writer()
    add = writer.line.append
    add(tokens[0])
    for index in range(1, len(tokens), 2):
        tag = tokens[index]
        name = name_of(tag)
        if tag and name not in INLINE:  # a tag that was taken out leaves its words where they are
            writer.block(tag, name)
        elif name in _SPECIAL:
            writer.inline(tag, name)
        if tokens[index + 1] and not writer.is_silent:
            add(tokens[index + 1])
    writer.end_line()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(writer.lines).strip("\n"))


def _squeezed(text: str) -> str:
    """One space for each run of spaces, tabs and line ends; not of those spaces that do not break."""
    for mark in "\n\t\r\f":
        if mark in text:
            text = text.replace(mark, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text


class _Writer:
    """Collects lines. `line` is what the next one is made of, still with its entities."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.counters: list[int | None] = []  # one for each open list, None for a list with dashes
        self.marker = ""
        self.is_silent = False
        self.is_code = False
        self.has_note = False

    def inline(self, tag: str, name: str) -> None:
        is_end = tag[1] == "/"
        if name == "br":
            self.line.append(_LINE_BREAK)
        elif name == "a":
            self.is_silent = not is_end and "footnote-backref" in tag
        elif self.is_silent:
            return
        elif name == "img":
            self.line.append(attributes_of(tag).get("alt", "").replace("&", "&amp;"))
        elif name == "input":
            self.line.append("[x]" if " checked" in tag else "[ ]")
        elif "footnote-ref" in tag or (is_end and self.has_note):
            self.has_note = not is_end
            self.line.append("]" if is_end else " [")

    def block(self, tag: str, name: str) -> None:
        is_end = tag[1:2] == "/"
        if name in ("td", "th"):
            self.line.append(" | " if is_end else "")
            return
        self.end_line()
        if name in _HIDDEN:
            self.is_silent = not is_end
        elif name == "pre":
            self.is_code = not is_end
        elif name == "li" and not is_end and self.counters:
            self._begin_item()
        elif name in ("ul", "ol"):
            self._list(tag, name, is_end=is_end)
        if name not in _TIGHT or (name in _OUTER and not self.counters):
            self._gap()

    def _begin_item(self) -> None:
        number = self.counters[-1]
        self.marker = "- " if number is None else f"{number}. "
        self.counters[-1] = None if number is None else number + 1

    def _list(self, tag: str, name: str, *, is_end: bool) -> None:
        if is_end:
            del self.counters[-1:]
            return
        start = attributes_of(tag).get("start", "1") if name == "ol" else ""
        self.counters.append(None if name == "ul" else int(start) if start.isdigit() else 1)

    def end_line(self) -> None:
        text = "".join(self.line)
        self.line.clear()
        if not text:
            return
        text = unescape(text) if "&" in text else text
        if self.is_code:
            self.lines.extend(line.rstrip() for line in text.replace(_LINE_BREAK, "\n").strip("\n").split("\n"))
            return
        for part in text.split(_LINE_BREAK) if _LINE_BREAK in text else (text,):
            self._add(_squeezed(part).strip(" ").removesuffix(" |"))

    def _add(self, line: str) -> None:
        if not line:
            return
        depth = len(self.counters)
        hanging = self.marker or ("  " if depth else "")
        self.marker = ""
        self.lines.append(f"{'  ' * (depth - 1)}{hanging}{line}")

    def _gap(self) -> None:
        if self.lines and self.lines[-1] and not self.marker:
            self.lines.append("")
