"""What mail programs make of the features that a template uses beyond MJML's own skeleton -> findings.

The facts come from caniemail (https://www.caniemail.com, MIT licence) by way of `support.json`, which
scripts/make_support.py makes; how much the loss of a feature costs is our own judgement (`LOSSES`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from veillee.preflight.features import Use, uses_in
from veillee.preflight.finding import Check, Finding, Severity
from veillee.preflight.mail import Mail
from veillee.preflight.page import Page

NAMED_PROGRAMS = 5
WORD = ("outlook", "windows")
"""The Outlook for Windows that shows mail with Word: 2007 to 2019, and still in many offices."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Who lacks a feature: programs by family, with their platforms, out of `tested`."""

    slug: str
    tested: int
    lacking: tuple[tuple[str, tuple[str, ...]], ...]
    partial: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Support:
    """The whole table, and how it names programs."""

    date: str
    features: Mapping[str, Feature]
    families: Mapping[str, str]
    platforms: Mapping[str, str]

    def named(self, programs: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[str, ...]:
        """`Gmail`, `Outlook (Windows)`: a family alone where all of its programs are meant."""
        return tuple(
            self.families[family]
            if platforms == ("*",)
            else f"{self.families[family]} ({', '.join(self.platforms[one] for one in platforms)})"
            for family, platforms in sorted(programs, key=lambda pair: _FIRST.get(pair[0], 9))
        )


_FIRST = {"gmail": 0, "outlook": 1, "apple-mail": 2, "yahoo": 3, "orange": 4, "laposte": 5, "sfr": 6, "free-fr": 7}

LOSSES: dict[str, str] = {
    "css-padding": "put the space into a table cell, or use margin",
    "css-margin": "use padding on a table cell",
    "css-width": "give the width to a table or a cell, as an attribute",
    "css-height": "give the height to a cell, as an attribute",
    "css-max-width": "give the width to a table, as an attribute",
    "css-min-width": "give the width to a table, as an attribute",
    "css-display": "use a table with cells beside each other",
    "css-display-flex": "use a table with cells beside each other",
    "css-display-grid": "use a table with cells beside each other",
    "css-display-none": "do not hide anything in a mail",
    "css-float": "use a table with cells beside each other",
    "css-position": "let everything stand in the order of the text",
    "css-left-right-top-bottom": "let everything stand in the order of the text",
    "css-gap": "use padding on table cells",
    "css-grid-template": "use a table",
    "css-transform": "draw it as a picture",
    "css-variables": "write the values themselves",
    "css-unit-calc": "write the values themselves",
    "css-unit-rem": "write pixels",
    "css-unit-vw": "write pixels or per cent",
    "css-unit-vh": "write pixels",
    "css-background": "give the colour as background-color; let no text depend on a picture behind it",
    "css-background-image": "let no text depend on a picture behind it",
    "css-linear-gradient": "give a background-color too",
    "css-rgba": "write the colour as #rrggbb",
    "css-modern-color": "write the colour as #rrggbb",
    "css-function-light-dark": "write the colour by day, and the one by night inside @media",
    "css-function-clamp": "write pixels",
    "css-function-min": "write pixels",
    "css-function-max": "write pixels",
    "css-object-fit": "save the picture as it is to be shown",
    "css-visibility": "do not hide anything in a mail",
    "css-clip-path": "draw it as a picture",
    "css-writing-mode": "let the text run as it always does",
    "css-column-count": "use a table",
    "css-at-import": "put the styles into the template",
    "css-margin-inline-start-end": "use margin-left and margin-right",
    "css-padding-inline-start-end": "use padding-left and padding-right",
    "html-svg": "save it as a PNG and show that",
    "html-video": "show a picture that links to the video",
    "html-audio": "link to the sound",
    "html-picture": "show one PNG or JPEG",
    "html-srcset": "show one picture, twice as large as it is shown",
    "html-form": "link to a page with the form",
    "html-input-text": "link to a page with the form",
    "html-input-checkbox": "link to a page with the form",
    "html-input-radio": "link to a page with the form",
    "html-input-submit": "link to a page with the form",
    "html-button-submit": "make it a link, with mj-button",
    "html-select": "link to a page with the form",
    "html-textarea": "link to a page with the form",
    "html-object": "link to it",
    "html-dialog": "write it as text",
    "html-popover": "write it as text",
    "html-semantics": "use div, or a table",
    "html-background": "let no text depend on a picture behind it",
    "html-link": "put the styles into the template",
    "html-hidden": "do not hide anything in a mail",
    "html-base": "write whole addresses",
    "html-image-maps": "show pictures beside each other, each with its link",
}
"""Features whose loss costs the reader something, and what to do instead. All others are cosmetic."""

_BOXES = frozenset({"body", "span", "div", "p"})
_IN_WORD: dict[str, Callable[[Use], bool]] = {
    "css-padding": lambda use: use.element not in ("td", "th", "*") and not _is_nothing(use.value),
    "css-margin": lambda use: (
        bool(re.search(r"-\d", use.value)) or (use.element == "span" and not _is_nothing(use.value))
    ),
    "css-width": lambda use: use.element in _BOXES,
    "css-height": lambda use: use.element in _BOXES,
    "css-max-width": lambda use: use.element not in ("table", "*"),
    "css-display": lambda use: use.value.lower() not in ("block", "inline", "table", "table-cell", "table-row"),
    "css-background": lambda use: "url(" in use.value or "gradient(" in use.value,
    "html-background": lambda use: use.element != "body",
}
"""Where the table says "partly" of Outlook for Windows: the part that fails, read from the notes of caniemail."""

_NEVER = {
    "script": "mail programs run no scripts",
    "iframe": "mail programs show no frames",
    "embed": "mail programs show no embedded objects",
}


@cache
def load_support() -> Support:
    """The table that comes with Veillée."""
    table = json.loads((files(__package__) / "support.json").read_text(encoding="utf-8"))
    features = {
        slug: Feature(slug, row["tested"], _programs(row["no"]), _programs(row["partly"]))
        for slug, row in table["features"].items()
    }
    return Support(table["date"], features, table["families"], table["platforms"])


Skeleton = frozenset[tuple[str, str, str]]
"""What is not a template's doing: slugs and elements, with the value where another one would be the template's own."""


def skeleton_of(page: Page) -> Skeleton:
    """What a page that says nothing uses all the same."""
    return frozenset(map(_own, uses_in(page)))


def _own(use: Use) -> tuple[str, str, str]:
    return use.slug, use.element, use.value if use.slug in ("css-width", "css-height") else ""


def find_support_faults(mail: Mail, *, skeleton: Skeleton, support: Support) -> Iterator[Finding]:
    """Features that readers will miss, as warnings; those that cost nothing, together in one note."""
    cosmetic: dict[str, tuple[str, ...]] = {}
    costly: dict[tuple[str, tuple[str, ...]], list[Use]] = {}
    for use in uses_in(mail.page):
        if use.element in _NEVER:
            yield _never(mail, use)
        feature = support.features.get(use.slug)
        if feature is None or _own(use) in skeleton or _is_usual(use):
            continue
        lacking = support.named(_lacking(feature, use))
        if lacking and use.slug in LOSSES and not use.is_decoration:
            costly.setdefault((use.slug, lacking), []).append(use)
        elif lacking:
            cosmetic.setdefault(use.slug, lacking)
    for (slug, lacking), found in costly.items():
        yield _costly(mail, support.features[slug], lacking, found)
    if cosmetic:
        yield _cosmetic(mail, cosmetic)


def _lacking(feature: Feature, use: Use) -> tuple[tuple[str, tuple[str, ...]], ...]:
    fails = _IN_WORD.get(feature.slug)
    is_partial_in_word = any(
        family == WORD[0] and (WORD[1] in platforms or platforms == ("*",)) for family, platforms in feature.partial
    )
    if fails and is_partial_in_word and fails(use):
        return (*feature.lacking, (WORD[0], (WORD[1],)))
    return feature.lacking


def _costly(mail: Mail, feature: Feature, lacking: tuple[str, ...], uses: list[Use]) -> Finding:
    first = uses[0]
    on = ", ".join(f"<{name}>" for name in dict.fromkeys(use.element for use in uses) if name != "*")
    what = first.written if first.written.startswith(("<", "@")) else f'"{first.written}"' + (f" on {on}" if on else "")
    found = f"{what} is lost in {_enumerated(lacking)}"
    allowed = f"caniemail: {feature.slug}, {feature.tested} programs tested"
    place = mail.sources.in_templates(first.written, f"{first.name}: ", f"{first.name}=", f"<{first.element}")
    return mail.finding(Severity.WARNING, Check.SUPPORT, place, found, allowed, LOSSES[feature.slug])


def _cosmetic(mail: Mail, cosmetic: Mapping[str, tuple[str, ...]]) -> Finding:
    names = ", ".join(slug.partition("-")[2] for slug in sorted(cosmetic))
    programs = dict.fromkeys(program.partition(" (")[0] for lacking in cosmetic.values() for program in lacking)
    found = f"some programs leave out {names}: {_enumerated(tuple(programs))}"
    place = mail.sources.templates[0], 0
    return mail.finding(Severity.NOTE, Check.SUPPORT, place, found, "that is looks alone", "nothing to do")


def _never(mail: Mail, use: Use) -> Finding:
    place = mail.sources.in_templates(f"<{use.element}")
    return mail.finding(
        Severity.ERROR, Check.SUPPORT, place, f"<{use.element}>: {_NEVER[use.element]}", "", "take it out"
    )


def _enumerated(programs: tuple[str, ...]) -> str:
    more = len(programs) - NAMED_PROGRAMS
    named = ", ".join(programs[:NAMED_PROGRAMS])
    return f"{named} and {more} more" if more > 0 else named


def _programs(rows: Mapping[str, list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((family, tuple(platforms)) for family, platforms in rows.items())


def _is_usual(use: Use) -> bool:
    """Whether a declaration asks for what a program does anyway."""
    return use.value.lower() in ("auto", "normal", "inherit", "initial") and not use.slug.startswith("css-display")


def _is_nothing(value: str) -> bool:
    """Whether a space is none: `0`, `0px 0`, or `auto`, which a centred block has."""
    return all(re.fullmatch(r"(?:0[a-z%]*|auto)", part) for part in value.split())
