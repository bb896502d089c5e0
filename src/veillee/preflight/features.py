"""Which features of HTML and CSS a page uses, named as caniemail names them.

Page -> uses. What stands inside @media, or hangs on an attribute that one program alone sets ([data-ogsc]), is
progressive: who does not know it sees the mail without it, and nothing is lost. It is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from veillee.preflight.css import Declaration, at_rules
from veillee.preflight.page import Node, Page

_GROUPS = (
    "padding", "margin", "animation", "transition", "outline", "grid-template", "overflow", "column", "scroll-snap",
)  # fmt: skip
"""Properties whose longhands share the page of their shorthand."""

_PROPERTIES = {
    "row-gap": "gap", "column-gap": "gap", "grid-gap": "gap", "top": "left-right-top-bottom",
    "right": "left-right-top-bottom", "bottom": "left-right-top-bottom", "left": "left-right-top-bottom",
    "flex": "display-flex", "flex-flow": "flex-wrap", "text-decoration-skip": "text-decoration-skip-ink",
    "columns": "column-count",
}  # fmt: skip
_VALUES = (
    (re.compile(r"(?<=\d)(rem|em|vh|vw|vmin|vmax|ch|ex|cm|mm|in|pc|pt)\b"), "css-unit-{}"),
    (re.compile(r"\b(calc)\("), "css-unit-{}"),
    (re.compile(r"\b(clamp|min|max|light-dark)\("), "css-function-{}"),
    (re.compile(r"\b(linear-gradient|radial-gradient|conic-gradient|rgba)\("), "css-{}"),
    (re.compile(r"\b(rgb)\("), "css-{}"),
    (re.compile(r"\b(?:oklch|oklab|lch|lab|hwb|color|color-mix)\("), "css-modern-color"),
    (re.compile(r"\bvar\(|^--"), "css-variables"),
)
_SEMANTIC = (
    "article", "aside", "details", "figcaption", "figure", "footer", "header", "main", "mark", "nav", "section",
    "summary", "time",
)  # fmt: skip
_ELEMENTS = {
    **dict.fromkeys(_SEMANTIC, "semantics"),
    **dict.fromkeys(("ul", "ol", "li", "dl"), "lists"),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "h1-h6"),
    **dict.fromkeys(("table", "tr", "td", "th"), "table"),
    **dict.fromkeys(("s", "strike"), "strike"), "map": "image-maps", "button": "button-submit",
}  # fmt: skip
_ATTRIBUTES = ("srcset", "background", "target", "loading", "hidden", "align", "valign", "cellpadding", "cellspacing",
               "aria-hidden", "aria-label", "aria-labelledby", "aria-describedby", "aria-live", "popover")  # fmt: skip
_UNHARMED = frozenset({"html", "head", "body", "style", "title", "meta"})


@dataclass(frozen=True, slots=True)
class Use:
    """One feature in use: its slug, the element that it is used on (`*` in a style sheet), and how it is written.

    `is_decoration` where the element holds no words: whatever becomes of it, nobody loses one.
    """

    slug: str
    element: str
    written: str
    name: str = ""
    value: str = ""
    is_decoration: bool = False


def uses_in(page: Page) -> tuple[Use, ...]:
    """Every use, each once, in the order of the document."""
    return tuple(dict.fromkeys(_uses(page)))


def _uses(page: Page) -> Iterator[Use]:
    for node in page.nodes:
        if node.name not in _UNHARMED:
            is_decoration = not any(char.isalnum() for char in node.text) and not _has_picture(node)
            yield from _of_element(node)
            for one in node.declarations:
                yield from _of_declaration(one, node.name, is_decoration=is_decoration)
    for rule in page.rules:
        if not rule.media and "[" not in rule.selector and ":" not in rule.selector:
            for one in rule.declarations:
                yield from _of_declaration(one, "*")
    for name in at_rules(page.style_text):
        if name in ("import", "font-face", "supports"):
            yield Use(f"css-at-{name}", "*", f"@{name}")


def _of_element(node: Node) -> Iterator[Use]:
    slug = _ELEMENTS.get(node.name, node.name)
    if node.name == "input":
        slug = f"input-{node.attributes.get('type', 'text').lower()}"
    yield Use(f"html-{slug}", node.name, f"<{node.name}>")
    for key in _ATTRIBUTES:
        if key in node.attributes:
            yield Use(f"html-{key}", node.name, f'{key}="{node.attributes[key]}"'[:60])


@cache
def _of_declaration(one: Declaration, element: str, *, is_decoration: bool = False) -> tuple[Use, ...]:
    written = f"{one.name}: {one.value}"[:60]
    slugs = [_slug_of(one.name)]
    if one.name == "display":
        kind = one.value.lower().removeprefix("inline-")
        slugs = [f"css-display-{kind}" if kind in ("flex", "grid", "none") else "css-display"]
    for pattern, slug in _VALUES:
        slugs.extend(slug.format(*match.groups()) for match in pattern.finditer(f"{one.value}"))
    if one.name.startswith("--"):
        slugs = ["css-variables"]
    return tuple(Use(slug, element, written, one.name, one.value, is_decoration) for slug in dict.fromkeys(slugs))


def _slug_of(name: str) -> str:
    if name in _PROPERTIES:
        return f"css-{_PROPERTIES[name]}"
    if re.fullmatch(r"border-(top|right|bottom|left)(-(color|style|width))?|border-(color|style|width)", name):
        return "css-border"
    if re.fullmatch(r"border-(top|bottom)-(left|right)-radius", name):
        return "css-border-radius"
    group = next(
        (one for one in _GROUPS if name.startswith(f"{one}-") and "inline" not in name and "block" not in name), ""
    )
    if group and group not in ("column", "scroll-snap", "outline"):
        return f"css-{group}"
    return f"css-{name}"


def _has_picture(node: Node) -> bool:
    return any(below.name == "img" for below in node.walk())
