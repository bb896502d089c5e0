"""What each tag of a post's body becomes in a page: addresses resolved, code coloured, tables that scroll."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import unquote

from veillee.languages import Language, language
from veillee.model.urls import is_safe_url
from veillee.render.headings import HEADINGS, is_ours
from veillee.render.highlight import highlight_code
from veillee.render.sanitize import kept_attributes
from veillee.render.tokens import attributes_of, name_of, tag_of

_PLACEHOLDER = re.compile(r"(?:%7B|\{|%7C|\|)[a-z]+(?:%7D|\}|%7C|\|)", re.IGNORECASE)
_KEPT = re.compile(r"\{[a-z]+\}")
_NOT_IN_ADDRESSES = re.compile(r"[\s\"<>\\^`{|}]|%(?![0-9A-Fa-f]{2})")
_ALERT_TITLES = frozenset({"Note", "Tip", "Important", "Warning", "Caution"})
_NO_ID_CHARS = re.compile(r"[^\w-]+")
_PLAIN_LINK = re.compile(r"""<a href="(https?://[\w./~#?=%+,@!$'()*;:-]+)">\Z""")
_ADDRESSES = ("href", "src", "poster")
_UNTOUCHED = frozenset(
    f"{opening}{name}>"
    for opening in ("<", "</")
    for name in (
        *("p", "br", "hr", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "a", "em", "strong", "i", "b", "del", "s"),
        *("code", "kbd", "sub", "sup", "span", "div", "thead", "tbody", "tr", "td", *sorted(HEADINGS)),
    )
)
"""Most of all tags, which stay as they are."""


def translate_alerts(tokens: list[str], lang: str) -> None:
    """Puts the titles of alerts (`[!NOTE]`), which comrak says in English, into the text's language."""
    words = language(lang)
    for index in range(1, len(tokens), 2):
        if "markdown-alert-title" in tokens[index] and tokens[index + 1] in _ALERT_TITLES:
            tokens[index + 1] = words.gettext(tokens[index + 1])


class Dressing:
    """Rewrites the tokens of one text; what it makes is valid HTML 5 and can be used by keyboard and ear.

    `heading_ids` maps the names that authors link to (`#what-we-learned`) to the ids that the headings have.
    """

    def __init__(
        self,
        *,
        lang: str,
        rewrite_url: Callable[[str], str] | None,
        id_prefix: str,
        heading_ids: dict[str, str],
        keeps_placeholders: bool,
    ) -> None:
        self.words: Language = language(lang)
        self.rewrite_url = rewrite_url
        self.id_prefix = id_prefix
        self.heading_ids = heading_ids
        self.keeps_placeholders = keeps_placeholders
        self.used_ids: set[str] = set(heading_ids.values())

    def dress(self, tokens: list[str]) -> str:
        for index in range(1, len(tokens), 2):
            tag = tokens[index]
            if tag in _UNTOUCHED:
                continue
            if tag.startswith("<pre"):
                self._code(tokens, index)
            elif tag.startswith("<table"):
                tokens[index] = self._table(tokens, index)
            elif tag == "</table>":
                tokens[index] = "</table></div>"
            elif tag == "</section>":
                tokens[index] = "</div>"
            elif tag.startswith("<th") and _is_empty_heading(
                tokens, index
            ):  # the corner of a table with headings on two sides
                tokens[index], tokens[index + 2] = "<td>", "</td>"
            elif (" " in tag or tag == "<input>") and not is_ours(tag) and not self._leads_there_already(tag):
                tokens[index] = self._tag(tokens, index, tag)
        return "".join(tokens).strip()

    def _leads_there_already(self, tag: str) -> bool:
        """Whether a tag is a link to the world as most are, and stays as it is."""
        link = _PLAIN_LINK.match(tag)
        return link is not None and (self.rewrite_url is None or self.rewrite_url(link[1]) == link[1])

    def _tag(self, tokens: list[str], index: int, tag: str) -> str:
        name = name_of(tag)
        attributes = kept_attributes(name, attributes_of(tag))
        for key in _ADDRESSES:
            if key in attributes:
                self._resolve(attributes, key)
        if "id" in attributes:
            self._rename(attributes)
        if "align" in attributes:
            _align(attributes)
        if name == "img" and "src" not in attributes:
            return escape(attributes.get("alt", ""))
        if name == "a":
            self._name(attributes, tokens, index + 1)
        elif name == "input":
            attributes = self._checkbox(attributes)
        elif name == "img":
            attributes = {"alt": "", **attributes, "loading": "lazy", "decoding": "async"}
        elif name == "section":
            attributes.pop("data-footnotes", None)
        return tag_of("div" if name == "section" else name, attributes)

    def _resolve(self, attributes: dict[str, str], key: str) -> None:
        url = attributes[key]
        if url.startswith("#"):
            attributes[key] = f"#{self._target(url[1:])}"
            return
        if _PLACEHOLDER.match(url):
            url = unquote(url)
        if self.rewrite_url is not None:
            url = self.rewrite_url(url)
        if is_safe_url(url):
            kept = _KEPT.match(url) if self.keeps_placeholders else None
            start = kept.end() if kept else 0
            attributes[key] = url[:start] + _NOT_IN_ADDRESSES.sub(_percent, url[start:])
        else:
            del attributes[key]

    def _target(self, name: str) -> str:
        """The id that a link within the text leads to."""
        typed = unquote(name)
        if typed.startswith(("fn-", "fnref-", "fn:", "fnref:")):
            return self.id_prefix + _NO_ID_CHARS.sub("-", typed)
        return self.heading_ids.get(typed, name)

    def _rename(self, attributes: dict[str, str]) -> None:
        """A footnote's id, which no other text on the page has; one that is there already is dropped."""
        own = self.id_prefix + _NO_ID_CHARS.sub("-", attributes.pop("id"))
        if own not in self.used_ids:
            self.used_ids.add(own)
            attributes["id"] = own

    def _code(self, tokens: list[str], index: int) -> None:
        """A block of code: it can be scrolled by keyboard, and its words have classes."""
        opening = tokens[index + 2] if index + 2 < len(tokens) else ""
        tokens[index] = '<div class="highlight"><pre tabindex="0">'
        end = next((place for place in range(index, len(tokens), 2) if tokens[place] == "</pre>"), None)
        if end is None:
            return
        tokens[end] = "</pre></div>"
        if name_of(opening) != "code" or end != index + 6:
            return
        kept = kept_attributes("code", attributes_of(opening))
        lang = kept.get("class", "").removeprefix("language-")
        tokens[index + 2] = tag_of("code", kept) if kept else "<code>"
        tokens[index + 3] = highlight_code(unescape(tokens[index + 3]), lang)

    def _table(self, tokens: list[str], index: int) -> str:
        """A table in a box that scrolls, which keyboards can reach and screen readers name."""
        label = self.words.gettext("Table")
        heads = _head_cells(tokens, index)
        if heads:
            label = f"{label}{self.words.gettext(': ')}{', '.join(heads)}"
        return f'<div class="table-scroll" role="group" tabindex="0" aria-label="{escape(label)}"><table>'

    def _checkbox(self, attributes: dict[str, str]) -> dict[str, str]:
        is_done = "checked" in attributes
        label = self.words.gettext("Done") if is_done else self.words.gettext("To do")
        return {"type": "checkbox", "disabled": "", **({"checked": ""} if is_done else {}), "aria-label": label}

    def _name(self, attributes: dict[str, str], tokens: list[str], place: int) -> None:
        """Says in the text's language what the marks of footnotes are."""
        attributes.pop("aria-label", None)
        if attributes.pop("data-footnote-backref", None) is not None:
            attributes["aria-label"] = self.words.gettext("Back to the text")
        if attributes.pop("data-footnote-ref", None) is not None:
            attributes["aria-label"] = self.words.gettext("Note %(number)s") % {"number": unescape(tokens[place])}


def _align(attributes: dict[str, str]) -> None:
    side = attributes.pop("align")
    if side != "left":
        attributes["class"] = f"align-{side}"


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def _head_cells(tokens: list[str], index: int) -> list[str]:
    """The words of a table's first row of headings, the first three."""
    cells: list[str] = []
    for place in range(index, len(tokens), 2):
        tag = tokens[place]
        if tag in ("</thead>", "</table>", "</tr>") or len(cells) == 3:
            break
        if name_of(tag) == "th" and not tag.startswith("</"):
            cells.append(_words_until(tokens, place, "</th>"))
    return [cell for cell in cells if cell]


def _words_until(tokens: list[str], start: int, closing: str) -> str:
    parts: list[str] = []
    for place in range(start, len(tokens), 2):
        if tokens[place] == closing:
            break
        parts.append(tokens[place + 1])
    return " ".join(unescape("".join(parts)).split())


def _is_empty_heading(tokens: list[str], index: int) -> bool:
    """Whether a table's heading says nothing: to a screen reader it would announce nothing, as a cell it is quiet."""
    return (
        tokens[index].startswith(("<th>", "<th "))
        and not tokens[index + 1].strip()
        and tokens[index + 2 : index + 3] == ["</th>"]
    )
