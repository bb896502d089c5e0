"""The door to HTML: the HTML of a variant -> a tree of ours, with its links, pictures, styles and words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree
from lxml import html as lxml_html

from veillee.model import Parts, Token
from veillee.preflight.css import Declaration, Rule, parse_declarations, parse_rules

LEAVING = "https://leave.veillee.invalid/"
"""Stands for the recipient's own way out, which is made when the mail is sent."""

READER = "Camille"
VALUES = {Token.UNSUBSCRIBE_URL: LEAVING, Token.RECIPIENT_NAME: READER}

_SILENT = frozenset({"head", "style", "script", "title", "template"})
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3",
     "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr",
     "ul")
)  # fmt: skip
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(slots=True, eq=False)
class Node:
    """An element. Not frozen: parents and children know each other."""

    name: str
    attributes: Mapping[str, str]
    parent: Node | None = None
    children: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """This element and all below it, in the order of the document."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(child for child in reversed(node.children) if isinstance(child, Node))

    @property
    def declarations(self) -> tuple[Declaration, ...]:
        """Those of its `style` attribute."""
        return parse_declarations(self.attributes.get("style", ""))

    @property
    def is_hidden(self) -> bool:
        """Whether it is not shown, by itself."""
        return self.name in _SILENT or any(
            one.name == "display" and one.value.lower() == "none" for one in self.declarations
        )

    @property
    def own_text(self) -> str:
        """The text right inside, without what only keeps a place."""
        return " ".join("".join(child for child in self.children if isinstance(child, str)).split())

    @property
    def text(self) -> str:
        """What it shows, as one line."""
        return " ".join("".join(_shown(self)).split())


@dataclass(frozen=True)
class Page:
    """A mail's HTML, read."""

    root: Node
    html: str = field(repr=False)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(self.root.walk())

    @cached_property
    def shown_nodes(self) -> tuple[Node, ...]:
        """The elements that a reader sees, in order."""
        return tuple(_shown_below(self.root))

    @cached_property
    def links(self) -> tuple[str, ...]:
        """Where its links lead, each once."""
        found = (
            node.attributes["href"].strip() for node in self.nodes if "href" in node.attributes and node.name in _LINKS
        )
        return tuple(dict.fromkeys(found))

    @cached_property
    def pictures(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.name == "img")

    @cached_property
    def headings(self) -> tuple[str, ...]:
        found = (node.text for node in self.shown_nodes if node.name in HEADINGS)
        return tuple(dict.fromkeys(text for text in found if text))

    @cached_property
    def style_text(self) -> str:
        """Its style sheets, joined."""
        texts = (
            child for node in self.nodes if node.name == "style" for child in node.children if isinstance(child, str)
        )
        return "\n".join(texts)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(parse_rules(self.style_text))

    @cached_property
    def anchors(self) -> frozenset[str]:
        """What a `#fragment` may name."""
        return frozenset(
            node.attributes[key] for node in self.nodes for key in ("id", "name") if node.attributes.get(key)
        )


_LINKS = frozenset({"a", "area"})


def read_page(html: str) -> Page:
    """The page of an HTML text; never raises for content. Comments, and what they hide for Outlook, are left out."""
    root = Node("html", {})
    if html.strip():
        with suppress(etree.ParserError):  # nothing in it is HTML: an empty page
            _grow(lxml_html.document_fromstring(_without_declaration(html)), root)
    return Page(root, html)


def joined(parts: Parts) -> str:
    """The text for a reader who stands for all."""
    return "".join(VALUES[part] if isinstance(part, Token) else part for part in parts)


def _without_declaration(html: str) -> str:
    """An XML declaration with an encoding is refused where the text is decoded already."""
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", html.replace("\x00", ""))


def _grow(source: lxml_html.HtmlElement, into: Node) -> None:
    """The tree below `source`, without recursion: a mail may be nested as deep as it likes."""
    into.attributes = {str(key).lower(): str(value) for key, value in source.attrib.items()}
    waiting = [(source, into)]
    while waiting:
        element, node = waiting.pop()
        if element.text:
            node.children.append(element.text)
        for child in element:
            if isinstance(child.tag, str):
                attributes = {str(key).lower(): str(value) for key, value in child.attrib.items()}
                below = Node(child.tag.lower(), attributes, node)
                node.children.append(below)
                waiting.append((child, below))
            if child.tail:
                node.children.append(child.tail)


def _shown_below(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_hidden:
            continue
        yield node
        waiting.extend(child for child in reversed(node.children) if isinstance(child, Node))


def _shown(root: Node) -> Iterator[str]:
    """The texts that are shown, with a blank where a block begins or ends."""
    waiting: list[Node | str] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif not item.is_hidden:
            edge = [" "] if item.name in _BLOCKS else []
            waiting.extend([*edge, *reversed(item.children), *edge])
