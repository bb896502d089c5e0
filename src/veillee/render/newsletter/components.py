"""The standard components of MJML 5: which attributes each takes, and inside which others it may stand.

Data alone, from the MJML documentation; the official program judges in the tests that our templates agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_PADDING = "padding padding-top padding-right padding-bottom padding-left"
_BORDER = "border border-top border-right border-bottom border-left border-radius"
_FONT = "font-family font-size font-style font-weight line-height letter-spacing color"
_TEXT = f"{_FONT} text-decoration text-transform"
_BOX = f"container-background-color {_PADDING}"
_BACKGROUND = (
    "background-color background-url background-repeat background-size"
    " background-position background-position-x background-position-y"
)
_BAND = f"{_BACKGROUND} {_BORDER} {_PADDING} direction full-width gutter text-align text-padding"
_LINK = "href name rel target title"
_FOLD_ICONS = (
    "icon-align icon-width icon-height icon-position"
    " icon-wrapped-url icon-wrapped-alt icon-unwrapped-url icon-unwrapped-alt"
)

EVERYWHERE = frozenset({"mj-class", "css-class"})
"""Attributes that every component of the body takes."""

_BLOCKS = "mj-accordion mj-button mj-carousel mj-divider mj-image mj-navbar mj-raw mj-social mj-spacer mj-table mj-text"


@dataclass(frozen=True, slots=True)
class Component:
    """One MJML tag. `holds` are the tags allowed right inside; `is_ending` where it holds HTML or text instead."""

    attributes: frozenset[str]
    holds: frozenset[str]
    is_ending: bool


def _of(attributes: str, holds: str = "", *, is_ending: bool = False) -> Component:
    return Component(frozenset(attributes.split()), frozenset(holds.split()), is_ending)


def _ending(attributes: str = "") -> Component:
    return _of(attributes, is_ending=True)


_HEAD = {
    "mjml": _of("lang dir owa", "mj-head mj-body mj-raw"),
    "mj-head": _of("", "mj-attributes mj-breakpoint mj-font mj-html-attributes mj-preview mj-raw mj-style mj-title"),
    "mj-breakpoint": _ending("width"),
    "mj-font": _of("name href"),
    "mj-preview": _ending(),
    "mj-style": _ending("inline"),
    "mj-title": _ending(),
    "mj-html-attributes": _of("", "mj-selector"),
    "mj-selector": _of("path", "mj-html-attribute"),
    "mj-html-attribute": _ending("name"),
}
_BANDS = {
    "mj-body": _of("width background-color id", "mj-hero mj-raw mj-section mj-wrapper"),
    "mj-wrapper": _of(f"{_BAND} gap", "mj-hero mj-raw mj-section"),
    "mj-section": _of(_BAND, "mj-column mj-group mj-raw"),
    "mj-group": _of("background-color direction vertical-align width", "mj-column mj-raw"),
    "mj-column": _of(
        f"background-color {_BORDER} {_PADDING} direction vertical-align width inner-background-color inner-border"
        " inner-border-top inner-border-right inner-border-bottom inner-border-left inner-border-radius",
        _BLOCKS,
    ),
    "mj-hero": _of(
        f"mode height background-url background-width background-height background-position background-color"
        f" border-radius vertical-align inner-background-color inner-padding inner-padding-top inner-padding-right"
        f" inner-padding-bottom inner-padding-left {_PADDING}",
        _BLOCKS,
    ),
}
_BLOCK = {
    "mj-raw": _ending("position"),
    "mj-text": _ending(f"align background-color height vertical-align {_TEXT} {_BOX}"),
    "mj-button": _ending(
        f"align background-color height inner-padding text-align vertical-align width {_LINK} {_TEXT} {_BORDER} {_BOX}"
    ),
    "mj-table": _ending(
        f"align border cellpadding cellspacing color font-family font-size font-weight line-height role table-layout"
        f" vertical-align width {_BOX}"
    ),
    "mj-image": _of(
        f"align alt fluid-on-mobile font-size height max-height sizes src srcset usemap width {_LINK} {_BORDER} {_BOX}"
    ),
    "mj-divider": _of(f"align border-color border-style border-width width {_BOX}"),
    "mj-spacer": _of(f"height border border-top border-right border-bottom border-left {_BOX}"),
}
_GROUPED = {
    "mj-accordion": _of(f"border font-family {_FOLD_ICONS} {_BOX}", "mj-accordion-element mj-raw"),
    "mj-accordion-element": _of(
        f"background-color border font-family {_FOLD_ICONS}", "mj-accordion-title mj-accordion-text mj-raw"
    ),
    "mj-accordion-title": _ending(f"background-color color font-family font-size font-weight {_PADDING}"),
    "mj-accordion-text": _ending(
        f"background-color color font-family font-size font-weight letter-spacing line-height {_PADDING}"
    ),
    "mj-carousel": _of(
        "align border-radius icon-width left-icon right-icon tb-border tb-border-radius tb-hover-border-color"
        f" tb-selected-border-color tb-width thumbnails {_BOX}",
        "mj-carousel-image",
    ),
    "mj-carousel-image": _ending(
        "alt border-radius href rel src target tb-border tb-border-radius thumbnails-src title"
    ),
    "mj-navbar": _of(
        f"align base-url hamburger ico-align ico-close ico-color ico-font-family ico-font-size ico-line-height ico-open"
        f" ico-padding ico-padding-top ico-padding-right ico-padding-bottom ico-padding-left ico-text-decoration"
        f" ico-text-transform {_PADDING}",
        "mj-navbar-link mj-raw",
    ),
    "mj-navbar-link": _ending(f"href name rel target {_TEXT} {_PADDING}"),
    "mj-social": _of(
        f"align border border-radius color font-family font-size font-style font-weight icon-height icon-padding"
        f" icon-size inner-padding line-height mode table-layout text-decoration text-padding vertical-align {_BOX}",
        "mj-social-element mj-raw",
    ),
    "mj-social-element": _ending(
        f"align alt background-color border border-radius color font-family font-size font-style font-weight"
        f" icon-height icon-padding icon-position icon-size line-height sizes src srcset text-decoration text-padding"
        f" vertical-align {_LINK} {_PADDING}"
    ),
}
_IN_BODY: Mapping[str, Component] = {**_BANDS, **_BLOCK, **_GROUPED}
_ANY_ATTRIBUTE = frozenset().union(*(component.attributes for component in _IN_BODY.values()))
_DEFAULTS = {
    "mj-attributes": Component(frozenset(), frozenset({*_IN_BODY, "mj-all", "mj-class"}), is_ending=False),
    "mj-all": Component(_ANY_ATTRIBUTE, frozenset(), is_ending=False),
    "mj-class": Component(_ANY_ATTRIBUTE | {"name"}, frozenset(), is_ending=False),
}

COMPONENTS: Mapping[str, Component] = {**_HEAD, **_IN_BODY, **_DEFAULTS}
"""Every tag that a template may use, by name."""

UNSUPPORTED: Mapping[str, str] = {
    "mj-html-attributes": "the renderer does not know it: write the attribute where it belongs",
    "mj-selector": "the renderer does not know it: write the attribute where it belongs",
    "mj-html-attribute": "the renderer does not know it: write the attribute where it belongs",
    "mj-font": "it loads a font from another server, which tells it who reads: name a font that readers have",
    "mj-include": 'write <mj-include path="name.mjml" /> on its own, with a fixed path',
}
"""Tags that are MJML but not for us, and what to do instead."""

MUST_NAME: Mapping[str, tuple[str, ...]] = {
    "mj-social-element": ("src",),
    "mj-accordion": ("icon-wrapped-url", "icon-unwrapped-url"),
    "mj-carousel": ("left-icon", "right-icon"),
}
"""Attributes whose default is a picture on somebody else's server."""


def parents_of(tag: str) -> tuple[str, ...]:
    """Tags right inside which `tag` may stand, in alphabetical order."""
    return tuple(sorted(name for name, component in COMPONENTS.items() if tag in component.holds))


def is_mjml(tag: str) -> bool:
    return tag == "mjml" or tag.startswith("mj-")
