"""HTML as plain text that people can read: paragraphs apart, lists with dashes, links as their words."""

from __future__ import annotations

import re
from html import unescape

from veillee.render.tokens import INLINE, attributes_of, name_of, tokens_of

_SPACES = re.compile(r"[ \t\r\n\f]+")
_HIDDEN = frozenset({"script", "style", "template", "audio", "video"})
_TIGHT = frozenset({"li", "tr", "dt", "dd", "thead", "tbody", "tfoot", "table", "caption", "ul", "ol", "dl"})


def plain_text(html: str) -> str:
    """The words of an HTML text: a blank line between paragraphs, `- ` or a number before each item of a list.

    Spaces that do not break stay. Images are their alternative texts; footnote marks are in brackets, the links
    back to them are left out.
    """
    return _Writer().write(html)


class _Writer:
    """Collects lines; `indent` is the place in which a list's text stands."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.line: list[str] = []
        self.lists: list[int | None] = []
        self.marker = ""
        self.depths: dict[str, int] = {"pre": 0, "hidden": 0, "back": 0}

    def write(self, html: str) -> str:
        tokens = tokens_of(html)
        self._text(tokens[0])
        for index in range(1, len(tokens), 2):
            self._tag(tokens[index])
            self._text(tokens[index + 1])
        self._end_line()
        return _joined(self.blocks)

    def _text(self, text: str) -> None:
        if not text or self.depths["hidden"] or self.depths["back"]:
            return
        words = unescape(text) if "&" in text else text
        if self.depths["pre"]:
            for number, line in enumerate(words.split("\n")):
                if number:
                    self._end_line(is_code=True)
                self.line.append(line)
        else:
            self.line.append(_SPACES.sub(" ", words))

    def _tag(self, tag: str) -> None:
        name = name_of(tag)
        is_end = tag.startswith("</")
        if name in _HIDDEN:
            self.depths["hidden"] += -1 if is_end else 1
        elif name in ("a", "sup", "img", "input", "br"):
            self._inline(tag, name, is_end=is_end)
        elif name not in INLINE:
            self._block(tag, name, is_end=is_end)

    def _inline(self, tag: str, name: str, *, is_end: bool) -> None:
        if name == "br":
            self._end_line()
        elif name == "img":
            self._text(attributes_of(tag).get("alt", "").replace("&", "&amp;"))
        elif name == "input":
            self.line.append("[x]" if " checked" in tag else "[ ]")
        elif name == "a":
            if is_end:
                self.depths["back"] = 0
            elif "footnote-backref" in tag:
                self.depths["back"] = 1
        elif "footnote-ref" in tag and not self.depths["back"]:
            self.line.append(" [")
            self.lists.append(-1)
        elif is_end and self.lists and self.lists[-1] == -1:
            self.lists.pop()
            self.line.append("]")

    def _block(self, tag: str, name: str, *, is_end: bool) -> None:
        is_in_cell = name in ("td", "th")
        if is_in_cell:
            if is_end:
                self.line.append(" | ")
            return
        self._end_line()
        if name in ("ul", "ol"):
            self._list(tag, name, is_end=is_end)
        elif name == "li" and not is_end and self.lists:
            number = self.lists[-1]
            self.marker = "- " if number is None else f"{number}. "
            self.lists[-1] = None if number is None else number + 1
        elif name == "pre":
            self.depths["pre"] = 0 if is_end else 1
        if name not in _TIGHT or (name in ("ul", "ol", "table", "dl") and not self.lists):
            self._gap()

    def _list(self, tag: str, name: str, *, is_end: bool) -> None:
        if is_end:
            if self.lists:
                self.lists.pop()
        else:
            start = attributes_of(tag).get("start", "1")
            self.lists.append(None if name == "ul" else int(start) if start.isdigit() else 1)

    def _end_line(self, *, is_code: bool = False) -> None:
        text = "".join(self.line)
        text = text.rstrip() if self.depths["pre"] or is_code else text.strip(" ").removesuffix(" |").rstrip(" ")
        self.line.clear()
        if not text and not is_code:
            return
        depth = len([one for one in self.lists if one != -1])
        indent = "  " * max(depth - 1, 0)
        before = self.marker if self.marker else ("  " if depth else "")
        self.marker = ""
        self.blocks.append(f"{indent}{before}{text}" if text else "")

    def _gap(self) -> None:
        if self.blocks and self.blocks[-1] and not self.marker:
            self.blocks.append("")


def _joined(lines: list[str]) -> str:
    text = "\n".join(lines).strip("\n")
    return re.sub(r"\n{3,}", "\n\n", text)
