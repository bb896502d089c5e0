"""The style sheet: its weight, and the contrast of every pair of colours that it puts together."""

from __future__ import annotations

import gzip
import re
from itertools import product

import pytest

from veillee.shipped import theme_folder

FRONT = (theme_folder() / "static/css/veillee.css").read_text(encoding="utf-8")
CSS = FRONT + (theme_folder() / "static/css/reading.css").read_text(encoding="utf-8")
COLOUR = re.compile(r"light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
SCHEMES = ("light", "dark")


def palette(scheme: str) -> dict[str, str]:
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", CSS))
    for name, light, dark in re.findall(rf"--([\w-]+): {COLOUR.pattern};", CSS):
        found[name] = light if scheme == "light" else dark
    return found


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""

    def luminance(colour: str) -> float:
        channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_colour_can_be_read_on_every_ground(scheme: str) -> None:
    colours = palette(scheme)
    inks = ("ink", "soft", "ember", "announcements", "questions", "buzz")
    weak = [
        (ink, ground, round(contrast(colours[ink], colours[ground]), 2))
        for ink, ground in product(inks, ("paper", "raised", "sunk"))
        if contrast(colours[ink], colours[ground]) < 4.5
    ]
    assert weak == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("ink", "ground"),
    [("on-ember", "ember"), ("on-night", "night"), ("ember-on-night", "night"), ("paper", "ink")],
)
def test_special_grounds_carry_their_own_ink(scheme: str, ink: str, ground: str) -> None:
    colours = palette(scheme)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_edges_of_controls_can_be_seen(scheme: str) -> None:
    colours = palette(scheme)
    assert contrast(colours["edge"], colours["paper"]) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_highlighted_code_can_be_read(scheme: str) -> None:
    pairs = [COLOUR.search(line) for line in CSS.splitlines() if line.startswith(".highlight")]
    inks = [pair[1 if scheme == "light" else 2] for pair in pairs if pair]
    assert len(inks) >= 6
    assert [ink for ink in inks if contrast(ink, palette(scheme)["raised"]) < 4.5] == []


def test_what_the_front_page_needs_weighs_less_than_seven_kilobytes_on_its_way() -> None:
    assert len(gzip.compress(FRONT.encode(), 9)) < 7_000


def test_it_asks_nothing_of_anybody_else() -> None:
    urls = re.findall(r"url\(\"?([^\")]+)", CSS)
    assert urls and all(url.startswith("../fonts/") for url in urls)
    missing = [url for url in urls if not (theme_folder() / "static/css" / url).resolve().is_file()]
    assert missing == []


def test_nothing_moves_for_who_asked_for_rest() -> None:
    moving = re.compile(r"transition|animation|scroll-behavior")
    calm = re.sub(r"@media \(prefers-reduced-motion: no-preference\) \{(?:[^{}]*\{[^{}]*\})*\s*\}", "", CSS)
    assert moving.search(CSS)
    assert moving.findall(calm) == []
