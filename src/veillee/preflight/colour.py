"""Colours: as CSS writes them -> red, green, blue, and how well one can be read on another (WCAG 2.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEX = re.compile(r"#([0-9a-f]{3,8})\Z", re.IGNORECASE)
_FUNCTION = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+([\d.]+%?))?\s*\)\Z", re.IGNORECASE)
_NAMES = {
    "black": "#000000", "white": "#ffffff", "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080",
    "red": "#ff0000", "maroon": "#800000", "yellow": "#ffff00", "olive": "#808000", "lime": "#00ff00",
    "green": "#008000", "aqua": "#00ffff", "teal": "#008080", "blue": "#0000ff", "navy": "#000080",
    "fuchsia": "#ff00ff", "purple": "#800080", "orange": "#ffa500",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Colour:
    """Parts from 0 to 255; `alpha` from 0 (nothing) to 1."""

    red: int
    green: int
    blue: int
    alpha: float = 1.0

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    def over(self, below: Colour) -> Colour:
        """What is seen where this one lies on another."""
        pairs = ((self.red, below.red), (self.green, below.green), (self.blue, below.blue))
        red, green, blue = (round(own * self.alpha + other * (1 - self.alpha)) for own, other in pairs)
        return Colour(red, green, blue)

    @property
    def luminance(self) -> float:
        """Relative luminance, WCAG 2.2."""
        parts = (part / 255 for part in (self.red, self.green, self.blue))
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


BLACK, WHITE = Colour(0, 0, 0), Colour(255, 255, 255)


def parse_colour(text: str) -> Colour | None:
    """The first colour in a value (`#fff url(x)` has one); None where it holds none that is known here."""
    for word in re.findall(r"rgba?\([^)]*\)|[^\s,]+", text.strip()):
        if found := _parsed(word.lower()):
            return found
    return None


def contrast(one: Colour, other: Colour) -> float:
    """From 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((one.luminance, other.luminance), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _parsed(word: str) -> Colour | None:
    if word == "transparent":
        return Colour(0, 0, 0, 0.0)
    if match := _HEX.match(_NAMES.get(word, word)):
        return _from_hex(match[1])
    if match := _FUNCTION.match(word):
        red, green, blue = (min(255, int(part)) for part in match.group(1, 2, 3))
        return Colour(red, green, blue, _alpha(match[4]))
    return None


def _from_hex(digits: str) -> Colour | None:
    if len(digits) in (3, 4):
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) not in (6, 8):
        return None
    parts = [int(digits[at : at + 2], 16) for at in range(0, len(digits), 2)]
    return Colour(parts[0], parts[1], parts[2], parts[3] / 255 if len(parts) == 4 else 1.0)


def _alpha(text: str | None) -> float:
    if not text:
        return 1.0
    try:
        return min(1.0, float(text.rstrip("%")) / (100 if text.endswith("%") else 1))
    except ValueError:
        return 1.0
