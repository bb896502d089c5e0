"""As much CSS as a mail holds: text -> declarations and rules, and which element a selector means.

Modest on purpose: what is not understood (a pseudo-class, a sibling) matches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPLIT = re.compile(r""";(?=(?:[^"'()]|"[^"]*"|'[^']*'|\((?:[^()"']|"[^"]*"|'[^']*')*\))*\Z)""")
_STEP = re.compile(r"\s*(?P<child>>)?\s*(?P<simple>[^\s>]+)")
_SIMPLE = re.compile(
    r"(?P<name>\*|[a-zA-Z][\w-]*)|\.(?P<class>[\w-]+)|#(?P<id>[\w-]+)"
    r"|\[(?P<key>[\w-]+)(?:=[\"']?(?P<value>[^\"'\]]*)[\"']?)?\]|(?P<odd>.)"
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """`name: value`, the name in lower case."""

    name: str
    value: str
    is_important: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One selector with its declarations; `media` is the condition around it, empty where there is none."""

    selector: str
    declarations: tuple[Declaration, ...]
    media: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """One compound of a selector; `is_child` says that its parent is the compound before it."""

    is_child: bool
    name: str
    classes: tuple[str, ...]
    id: str
    attributes: tuple[tuple[str, str | None], ...]


class Matchable(Protocol):
    """What a selector is compared with: an element with its attributes and its parent."""

    @property
    def name(self) -> str: ...

    @property
    def attributes(self) -> Mapping[str, str]: ...

    @property
    def parent(self) -> Matchable | None: ...


def parse_declarations(text: str) -> tuple[Declaration, ...]:
    """The declarations of a `style` attribute or of a rule's block."""
    return _declarations(text) if ";" in text or ":" in text else ()


@cache
def _declarations(text: str) -> tuple[Declaration, ...]:
    pieces = (_SPLIT.split(text) if '"' in text or "'" in text or "(" in text else text.split(";"))[:500]
    return tuple(_declaration(piece) for piece in pieces if ":" in piece)


def _declaration(piece: str) -> Declaration:
    name, _, value = piece.partition(":")
    whole = " ".join(value.split())
    bare = re.sub(r"\s*!\s*important$", "", whole, flags=re.IGNORECASE)
    return Declaration(name.strip().lower(), bare, bare != whole)


def parse_rules(text: str, *, media: str = "") -> Iterator[Rule]:
    """Every rule of a style sheet, in order; what stands in other at-rules than @media is left out."""
    rest = _COMMENT.sub("", text)
    at = 0
    while (opening := rest.find("{", at)) >= 0:
        head = rest[at:opening].rpartition(";")[2].strip()
        closing = _closing(rest, opening)
        inside = rest[opening + 1 : closing]
        at = closing + 1
        if head.lower().startswith("@media") and not media:
            yield from parse_rules(inside, media=head[6:].strip().lower())
        elif not head.startswith("@"):
            declarations = parse_declarations(inside)
            for selector in head.split(","):
                yield Rule(" ".join(selector.split()), declarations, media)


def at_rules(text: str) -> tuple[str, ...]:
    """The names of the at-rules in a style sheet: `media`, `import`, `font-face`."""
    return tuple(dict.fromkeys(name.lower() for name in re.findall(r"@([a-zA-Z-]+)", _COMMENT.sub("", text))))


def specificity(selector: str) -> tuple[int, int, int]:
    """How much a selector weighs against others: ids, classes and attributes, names."""
    steps = _steps(selector) or ()
    ids = sum(bool(step.id) for step in steps)
    classes = sum(len(step.classes) + len(step.attributes) for step in steps)
    return ids, classes, sum(bool(step.name) for step in steps)


def is_meant(selector: str, element: Matchable) -> bool:
    """Whether a selector means an element."""
    steps = _steps(selector)
    return steps is not None and _matches(steps, element)


def _matches(steps: tuple[_Step, ...], element: Matchable | None) -> bool:
    *before, last = steps
    if element is None or not _fits(last, element):
        return False
    if not before:
        return True
    if last.is_child:
        return _matches(tuple(before), element.parent)
    above = element.parent
    while above is not None:
        if _matches(tuple(before), above):
            return True
        above = above.parent
    return False


def _fits(step: _Step, element: Matchable) -> bool:
    attributes = element.attributes
    if step.name not in ("", "*", element.name) or (step.id and attributes.get("id") != step.id):
        return False
    if step.classes and not set(step.classes) <= set(attributes.get("class", "").split()):
        return False
    return all(key in attributes and value in (None, attributes[key]) for key, value in step.attributes)


@cache
def _steps(selector: str) -> tuple[_Step, ...] | None:
    """The compounds of a selector; None where it holds something that is not understood here."""
    found = [_step(match["simple"], is_child=bool(match["child"])) for match in _STEP.finditer(selector)]
    whole = tuple(step for step in found if step is not None)
    return whole if whole and len(whole) == len(found) else None


def _step(text: str, *, is_child: bool) -> _Step | None:
    name, identity, classes, attributes = "", "", [], []
    for match in _SIMPLE.finditer(text):
        if match["odd"]:
            return None
        if match["name"]:
            name = match["name"].lower()
        elif match["class"]:
            classes.append(match["class"])
        elif match["id"]:
            identity = match["id"]
        else:
            attributes.append((match["key"], match["value"]))
    return _Step(is_child, name, tuple(classes), identity, tuple(attributes))


def _closing(text: str, opening: int) -> int:
    depth = 0
    for match in re.finditer(r"[{}]", text[opening:]):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return opening + match.start()
    return len(text)
