"""Whether the text of a mail can be read, by day and by night (WCAG 2.2, success criterion 1.4.3) -> findings.

Page -> the colours of each text, by the cascade: style attributes, then the rules that hold at that time of day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from veillee.preflight.colour import BLACK, WHITE, Colour, contrast, parse_colour
from veillee.preflight.css import Declaration, Rule, is_meant, specificity
from veillee.preflight.finding import Check, Finding, Severity
from veillee.preflight.mail import Mail
from veillee.preflight.page import Node, Page
from veillee.shown import shortened

LEAST = 4.5
LEAST_LARGE = 3.0
LARGE_PX = 24.0
LARGE_BOLD_PX = 18.66
NIGHT = "prefers-color-scheme: dark"
LINK = Colour(0, 0, 238)  # what programs take where a link has no colour

_SIZES = {"px": 1.0, "pt": 4 / 3, "rem": 16.0}
_READ = frozenset(
    {"color", "background", "background-color", "font-size", "font-weight", "display", "background-image"}
)


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks in an element: what it inherits, and what lies behind it; None where a picture does."""

    text: Colour = BLACK
    behind: Colour | None = WHITE
    size_px: float = 16.0
    is_bold: bool = False
    is_hidden: bool = False

    @property
    def least(self) -> float:
        """The contrast that a text of this size needs."""
        is_large = self.size_px >= LARGE_PX or (self.is_bold and self.size_px >= LARGE_BOLD_PX)
        return LEAST_LARGE if is_large else LEAST


@dataclass(frozen=True, slots=True)
class Faint:
    """A text that is hard to read."""

    text: str
    colour: Colour
    behind: Colour
    ratio: float
    least: float


def find_faint_texts(mail: Mail) -> Iterator[Finding]:
    """By day, and where the mail has rules for the night, by night."""
    page = mail.page
    yield from _findings(mail, faint_texts(page, _rules(page, is_night=False)), "by day")
    if any(NIGHT in _condition(rule) for rule in page.rules):
        yield from _findings(mail, faint_texts(page, _rules(page, is_night=True)), "by night")


def faint_texts(page: Page, rules: tuple[Rule, ...]) -> tuple[Faint, ...]:
    """Each pair of colours once, with the first text that has them."""
    found: dict[tuple[str, str, float], Faint] = {}
    for node, look in _looks(page.root, rules):
        if look.behind is None or not any(char.isalnum() for char in node.own_text):
            continue
        colour = look.text.over(look.behind)
        ratio = contrast(colour, look.behind)
        if ratio < look.least:
            key = (str(colour), str(look.behind), look.least)
            found.setdefault(key, Faint(node.own_text, colour, look.behind, ratio, look.least))
    return tuple(found.values())


def _findings(mail: Mail, faint: tuple[Faint, ...], when: str) -> Iterator[Finding]:
    for one in faint:
        found = f'"{shortened(one.text, 40)}" is hard to read {when}: {one.colour} on {one.behind} is {one.ratio:.2f}:1'
        allowed = f"at least {one.least:g}:1 (WCAG 2.2 AA)"
        place = mail.sources.in_templates(str(one.colour), str(one.behind))
        todo = "take a darker colour, or a lighter one behind it"
        if one.colour.luminance > one.behind.luminance:
            todo = "take a lighter colour, or a darker one behind it"
        yield mail.finding(Severity.WARNING, Check.CONTRAST, place, found, allowed, todo)


def _rules(page: Page, *, is_night: bool) -> tuple[Rule, ...]:
    """The rules that hold, the weightiest last; widths of windows are taken as those of a desktop."""
    holding = [
        rule
        for rule in page.rules
        if (not rule.media or (is_night and NIGHT in _condition(rule)))
        and any(one.name in _READ for one in rule.declarations)
    ]
    return tuple(sorted(holding, key=lambda rule: specificity(rule.selector)))


def _condition(rule: Rule) -> str:
    return re.sub(r"\s*:\s*", ": ", rule.media)


def _looks(root: Node, rules: tuple[Rule, ...]) -> Iterator[tuple[Node, Look]]:
    waiting = [(root, Look())]
    while waiting:
        node, inherited = waiting.pop()
        look = _look(node, inherited, rules)
        if look.is_hidden or node.is_hidden:
            continue
        yield node, look
        waiting.extend((child, look) for child in reversed(node.children) if isinstance(child, Node))


def _look(node: Node, inherited: Look, rules: tuple[Rule, ...]) -> Look:
    look = inherited
    if colour := parse_colour(node.attributes.get("bgcolor", "")):
        look = replace(look, behind=_behind(colour, look))
    if node.name == "a" and "href" in node.attributes:
        look = replace(look, text=LINK)
    if node.name in ("b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"):
        look = replace(look, is_bold=True)
    for one in _cascade(node, rules):
        look = _with(one, look, inherited)
    return look


def _cascade(node: Node, rules: tuple[Rule, ...]) -> Iterator[Declaration]:
    """The declarations that hold for an element, the last one wins."""
    from_rules = [one for rule in rules if is_meant(rule.selector, node) for one in rule.declarations]
    own = node.declarations
    yield from (one for one in from_rules if not one.is_important)
    yield from (one for one in own if not one.is_important)
    yield from (one for one in from_rules if one.is_important)
    yield from (one for one in own if one.is_important)


def _with(one: Declaration, look: Look, inherited: Look) -> Look:
    value = one.value.lower()
    if one.name == "color":
        colour = inherited.text if value == "inherit" else parse_colour(value)
        return replace(look, text=colour) if colour else look
    if one.name in ("background", "background-color", "background-image"):
        return _with_behind(value, look, inherited)
    if one.name == "font-size":
        return replace(look, size_px=_size(value, inherited.size_px))
    if one.name == "font-weight":
        return replace(look, is_bold=value in ("bold", "bolder") or (value.isdecimal() and int(value) >= 700))
    if one.name == "display":
        return replace(look, is_hidden=value == "none")
    return look


def _with_behind(value: str, look: Look, inherited: Look) -> Look:
    if "url(" in value or "gradient(" in value:
        return replace(look, behind=None)
    colour = parse_colour(value)
    return replace(look, behind=_behind(colour, inherited)) if colour else look


def _behind(colour: Colour, look: Look) -> Colour | None:
    return colour.over(look.behind) if look.behind is not None else (colour if colour.alpha == 1 else None)


def _size(value: str, inherited: float) -> float:
    match = re.fullmatch(r"([\d.]+)(px|pt|em|rem|%)", value)
    if not match:
        return inherited
    try:
        number = float(match[1])
    except ValueError:
        return inherited
    if match[2] in ("em", "%"):
        return inherited * number / (100 if match[2] == "%" else 1)
    return number * _SIZES[match[2]]
