"""Lettering: words in a theme's own fonts -> ink on a picture, and how wide they are.

A card has the same letters as the one before it: each is drawn once at each size, and laid down wherever it stands.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_EUROPE = re.compile("[\u0100-\u0130\u0132-\u0151\u0154-\u017f\u0218-\u021b\u1e80-\u1eff]")
_MORE = re.compile(
    "[#$*<=>@\\[-`{-~\u00a1-\u00aa\u00ac-\u00b6\u00b8-\u00ba\u00bc-\u00bf\u00c1\u00c3-\u00c6\u00cb-\u00cd\u00cf-\u00d3"
    "\u00d5-\u00d8\u00da\u00dc-\u00df\u00e1\u00e3-\u00e6\u00ec\u00ed\u00f0-\u00f3\u00f5-\u00f8\u00fa\u00fc-\u00ff"
    "\u0131\u2009\u2022\u20ac\u2122\u2212]"
)
_EMOJI = re.compile("[\u2600-\u27bf\u2b1b\u2b1c\u2b50\u2b55\U0001f300-\U0001f3fa\U0001f400-\U0001faff]")
_EMOJI_SHARE = 0.82
"""How large an emoji stands beside letters."""
_MODIFIER = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_JOINED = re.compile("\u200d.")
_BASE = re.compile("[ -~\u00a0-\u00ff\u0152\u0153\u2013\u2014\u2018-\u201a\u201c-\u201e\u2026\u202f\u2009]")
EMOJI = "-emoji"
PARTS = ("", "-europe", "-more", EMOJI)
_EMOJI_FILE = "noto-emoji.woff2"
_PARTS = {"-europe": _EUROPE, "-more": _MORE, EMOJI: _EMOJI}
"""Which file of a family has which letters; its first one has the others."""


class Face:
    """A family of a theme's fonts at a size, in pixels."""

    def __init__(self, theme: Path, family: str, size: int) -> None:
        self._theme = theme
        self._family = family
        self.size = size
        self._known: dict[str, _Letters] = {}
        self._ascent = self._letters("").ascent

    def write(self, image: Image.Image, left: float, top: float, text: str, colour: str) -> None:
        """One line, the top of its tallest letters at `top`."""
        line = round(top) + self._ascent
        for char, letters, following in self._placed(text):
            shape, at_left, at_top = letters.shape(char)
            image.paste(colour, (round(left) + at_left, line + at_top), shape)
            left += letters.advance(char, following)

    def width(self, text: str) -> float:
        """In pixels."""
        return sum(letters.advance(char, following) for char, letters, following in self._placed(text))

    def shortened(self, text: str, room: float) -> str:
        """The text with as many of its words as fit."""
        if self.width(text) <= room:
            return text
        while text and self.width(f"{text}…") > room:
            text = text.rpartition(" ")[0] or text[:-1]
        return f"{text}…"

    def _placed(self, text: str) -> list[tuple[str, _Letters, str]]:
        """Each letter, where it is found, and the letter behind it if that is found there too."""
        parts = [part_of(char) for char in text]
        return [
            (char, self._letters(part), following if part == its_part else "")
            for char, part, following, its_part in zip(text, parts, f"{text[1:]} ", [*parts[1:], None], strict=False)
        ]

    def _letters(self, part: str) -> _Letters:
        known = self._known.get(part)
        if known is None:
            known = self._known[part] = letters_of(font_file(self._theme, self._family, part), self.size)
        return known


class _Letters:
    """The letters of one file at one size."""

    def __init__(self, path: Path, size: int) -> None:
        self._font = ImageFont.truetype(path, round(size * _EMOJI_SHARE) if path.name == _EMOJI_FILE else size)
        self._shapes: dict[str, tuple[Image.Image, int, int]] = {}
        self._advances: dict[tuple[str, str], float] = {}
        self.ascent = self._font.getmetrics()[0]

    def shape(self, char: str) -> tuple[Image.Image, int, int]:
        """How a letter looks, and where its picture begins, from where the pen stands on the line."""
        known = self._shapes.get(char)
        if known is None:
            left, top, right, bottom = map(round, self._font.getbbox(char, anchor="ls"))
            shape = Image.new("L", (max(1, right - left), max(1, bottom - top)))
            ImageDraw.Draw(shape).text((-left, -top), char, fill=255, font=self._font, anchor="ls")
            known = self._shapes[char] = shape, left, top
        return known

    def advance(self, char: str, following: str) -> float:
        """How far the pen moves on behind a letter, closer or wider before some others."""
        known = self._advances.get((char, following))
        if known is None:
            both, alone = self._font.getlength(char + following), self._font.getlength(following) if following else 0
            known = self._advances[char, following] = both - alone
        return known


@cache
def letters_of(path: Path, size: int) -> _Letters:
    """The letters of a file; they are drawn once for all cards."""
    return _Letters(path, size)


@cache
def font_file(theme: Path, family: str, part: str) -> Path:
    """Where a theme has a part of a family; emoji are the same for all."""
    return theme / (f"fonts/{_EMOJI_FILE}" if part == EMOJI else f"static/fonts/{family}{part}.woff2")


@cache
def part_of(char: str) -> str:
    """The ending of the file that has a letter."""
    return next((part for part, letters in _PARTS.items() if letters.match(char)), "")


def known_letters(text: str) -> str:
    """The text in one line, without what the fonts do not have; of what emoji are joined of, the first."""
    plain = _JOINED.sub("", _MODIFIER.sub("", text))
    return " ".join("".join(char if is_known(char) else " " for char in plain).split())


@cache
def is_known(char: str) -> bool:
    """Whether the fonts have a letter."""
    return bool(_BASE.match(char)) or part_of(char) != ""
