"""An MJML document as a tree that knows where in which template each tag was typed.

Text after Jinja -> `parse_document` -> Element tree + faults -> `written` -> text for the MJML door.

The tags that stand in a template are marked with their place before Jinja runs (`templating.py`); what comes out of a
variable has no mark, and belongs to the tag around it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from veillee.errors import Fault
from veillee.render.newsletter.entities import encode_attribute

MARK = "data-veillee-at"
MAX_DEPTH = 100
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
_TEXT_ONLY = frozenset({"mj-style", "mj-title", "mj-preview", "style", "title"})
_CSS = frozenset({"mj-style", "style"})
_NAME = r"[A-Za-z][A-Za-z0-9:-]*"
_PIECE = re.compile(
    rf"(?P<comment><!--.*?-->)|(?P<odd><[!?])|</(?P<close>{_NAME})\s*>|<(?P<open>{_NAME})(?=[\s/>])", re.DOTALL
)
_ATTRIBUTE = re.compile(r"""\s*(?P<name>[^\s"'<>/=]+)(?:\s*=\s*(?:"(?P<double>[^"<]*)"|'(?P<single>[^'<]*)'))?""")
_TAG_END = re.compile(r"\s*(?P<empty>/)?>")
_MARK_IN_TEXT = re.compile(rf' {MARK}="[0-9:]*"')


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was typed."""

    path: str
    line: int

    def fault(self, found: str, allowed: str, todo: str) -> Fault:
        return Fault(self.path, self.line, found, allowed, todo)


@dataclass(slots=True)
class Element:
    """A tag with its attributes (values decoded) and what it holds: elements, and texts as they are written.

    Not frozen: the gaps of the renderer are closed in place, in a tree that nobody else holds.
    """

    name: str
    attributes: dict[str, str]
    place: Place
    children: list[Element | str] = field(default_factory=list)

    @property
    def elements(self) -> tuple[Element, ...]:
        return tuple(child for child in self.children if isinstance(child, Element))

    @property
    def text(self) -> str:
        """The texts right inside, joined."""
        return "".join(child for child in self.children if isinstance(child, str))

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in the order of the document."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.elements))


@dataclass(frozen=True, slots=True)
class Parsed:
    """The root element, None where there is none; `faults` say what keeps the text from being a document."""

    root: Element | None
    faults: tuple[Fault, ...]


def parse_document(text: str, *, files: tuple[str, ...]) -> Parsed:
    """The tree of a marked text; `files` are the paths that the marks count from 0. Never raises for content."""
    parser = _Parser(text, files)
    parser.run()
    return Parsed(parser.root, tuple(parser.faults))


def without_marks(text: str) -> str:
    """A text as it was before the marks were put in."""
    return _MARK_IN_TEXT.sub("", text)


def written(root: Element) -> str:
    """The tree as strict XML in ASCII where attributes are concerned: what the renderer reads without harm."""
    pieces: list[str] = []
    waiting: list[Element | str] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        is_empty = item.name in VOID or (not item.children and item.name.startswith("mj-"))
        pieces.append(_opening_tag(item, is_empty=is_empty))
        if not is_empty:
            waiting.append(f"</{item.name}>")
            waiting.extend(reversed(item.children))
    return "".join(pieces)


def _opening_tag(element: Element, *, is_empty: bool) -> str:
    attributes = "".join(f' {name}="{encode_attribute(value)}"' for name, value in element.attributes.items())
    return f"<{element.name}{attributes}{' /' if is_empty else ''}>"


def _without_stray_brackets(text: str) -> str:
    """Brackets that are text as entities: of some of them the renderer makes a panic."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


class _Parser:
    """One pass over the text, with a stack instead of recursion, so that depth is a number and not a crash."""

    def __init__(self, text: str, files: tuple[str, ...]) -> None:
        self.text = text
        self.files = files
        self.faults: list[Fault] = []
        self.root: Element | None = None
        self.stack: list[Element] = []
        self.at = 0

    @property
    def place(self) -> Place:
        """Where the parser is, as near as it is known: the innermost open tag."""
        return self.stack[-1].place if self.stack else Place(self.files[0], 1)

    def run(self) -> None:
        while match := _PIECE.search(self.text, self.at):
            self._add_text(self.text[self.at : match.start()])
            self.at = match.end()
            if match["comment"]:
                self._add_comment(match["comment"])
            elif match["odd"]:
                self._fault("a <! or <? that opens no comment", "tags and comments", "remove it")
            elif match["close"]:
                self._close(match["close"])
            elif not self._open(match["open"]):
                return
        self._add_text(self.text[self.at :])
        for element in self.stack:
            self._fault(f"<{element.name}> is never closed", "", f"write </{element.name}>", place=element.place)

    def _add_text(self, text: str) -> None:
        if not text:
            return
        if self.stack:
            is_css = self.stack[-1].name in _CSS
            self.stack[-1].children.append(
                without_marks(text) if is_css else _without_stray_brackets(without_marks(text))
            )
        elif text.strip():
            self._fault(f'"{text.strip()[:40]}" stands outside <mjml>', "", "move it inside, or remove it")

    def _add_comment(self, comment: str) -> None:
        """Conditional comments are for Outlook and stay; what a template says to its readers does not go out."""
        if comment.startswith("<!--[if") and self.stack:
            self.stack[-1].children.append(without_marks(comment))

    def _open(self, name: str) -> bool:
        attributes, place = self._attributes(name)
        end = _TAG_END.match(self.text, self.at)
        if end is None:
            self._fault(
                f"<{name}> is not written as a tag: {self._excerpt()}",
                'attributes are name="value", without < inside',
                "correct the tag",
                place=place,
            )
            return False
        self.at = end.end()
        element = Element(name, attributes, place)
        if not self._attach(element):
            return False
        if not end["empty"] and name not in VOID:
            self.stack.append(element)
            if name in _TEXT_ONLY:
                self._take_text_until(name)
        return True

    def _attach(self, element: Element) -> bool:
        if self.stack:
            self.stack[-1].children.append(element)
        elif self.root is None:
            self.root = element
        else:
            self._fault(f"<{element.name}> stands after </mjml>", "one <mjml>", "move it inside", place=element.place)
        if len(self.stack) < MAX_DEPTH:
            return True
        self._fault(f"<{element.name}> is nested {MAX_DEPTH} deep", f"{MAX_DEPTH - 1} levels", "flatten the template")
        return False

    def _attributes(self, name: str) -> tuple[dict[str, str], Place]:
        found: dict[str, str] = {}
        place = self.place
        while match := _ATTRIBUTE.match(self.text, self.at):
            self.at = match.end()
            key = match["name"]
            value = match["double"] if match["double"] is not None else match["single"]
            if key == MARK:
                place = self._marked(value or "")
            elif key in found:
                self._fault(f"<{name}> has {key} twice", "each attribute once", "remove one", place=place)
            else:
                found[key] = html.unescape(value) if value is not None else ""
        return found, place

    def _marked(self, value: str) -> Place:
        number, _, line = value.partition(":")
        if number.isdecimal() and line.isdecimal() and int(number) < len(self.files):
            return Place(self.files[int(number)], int(line))
        return self.place

    def _close(self, name: str) -> None:
        if self.stack and self.stack[-1].name == name:
            self.stack.pop()
        elif name in VOID:
            return
        elif not any(element.name == name for element in self.stack):
            self._fault(f"</{name}> closes nothing", f"there is no open <{name}>", "remove it, or open it before")
        else:
            while self.stack[-1].name != name:
                open_one = self.stack.pop()
                self._fault(
                    f"<{open_one.name}> is not closed before </{name}>",
                    "tags close in the order in which they opened, reversed",
                    f"write </{open_one.name}>",
                    place=open_one.place,
                )
            self.stack.pop()

    def _take_text_until(self, name: str) -> None:
        end = self.text.find(f"</{name}", self.at)
        if end >= 0:
            self._add_text(self.text[self.at : end])
            self.at = end

    def _excerpt(self) -> str:
        return " ".join(self.text[self.at : self.at + 40].split())

    def _fault(self, found: str, allowed: str, todo: str, *, place: Place | None = None) -> None:
        self.faults.append((place or self.place).fault(found, allowed, todo))
