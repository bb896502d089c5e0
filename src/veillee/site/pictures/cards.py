"""Social cards: what is said of a post or an edition -> the picture that is shown where its link is passed on.

1200 x 630 pixels, as Open Graph's readers want it; drawn with the theme's own fonts and colours. Of an emoji that is
made of several, such as a trade or a skin, the first is drawn. What the fonts do not have is left out; a title in
another script has no card.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
RECIPE = "2"
"""Another one wherever the same words are drawn in another way."""

PAPER, INK, SOFT = "#fbf6ec", "#20263a", "#5b6074"
COLOURS = {"announcements": "#2f5d8a", "questions": "#3f6b3a", "buzz": "#8a3f78", "": "#b5401c"}

_MARGIN = 80
_ROOM = WIDTH - 2 * _MARGIN
_TITLE_SIZES = (84, 76, 68, 60, 54, 48)
_TITLE_HEIGHT = 312
_LEAST_SHARE = 0.7
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
_PARTS = {"-europe": _EUROPE, "-more": _MORE, "-emoji": _EMOJI}


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card; `stream` is empty for an edition."""

    title: str
    kicker: str
    byline: str
    community: str
    stream: str = ""


def can_be_drawn(title: str) -> bool:
    """Whether the fonts have most letters of a title."""
    letters = [char for char in title if not char.isspace() and not _EMOJI.match(char)]
    return bool(_shown(title)) and sum(map(_is_known, letters)) >= _LEAST_SHARE * len(letters)


def has_fonts(theme: Path) -> bool:
    """Whether a theme has what cards are drawn with."""
    parts = ("", "-more", "-europe", "-emoji")
    return all(
        _font_file(theme, family, part).is_file() for family in ("fraunces", "instrument-sans") for part in parts
    )


def draw_card(card: Card, theme: Path) -> bytes:
    """The card as JPEG; `theme` is the folder of the theme, whose fonts and mark it is drawn with."""
    fonts = _Fonts(theme)
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = _Pen(image, fonts)
    colour = COLOURS.get(card.stream, COLOURS[""])
    pen.draw.rectangle((0, HEIGHT - 14, WIDTH, HEIGHT), fill=colour)
    _draw_mark(image, theme)
    pen.write(_MARGIN + 62, 64, _shown(card.community), "fraunces", 40, INK)
    pen.write(_MARGIN, 158, _shown(card.kicker), "instrument-sans", 32, colour)
    size, lines = _fitted(pen, _shown(card.title))
    for number, line in enumerate(lines):
        pen.write(_MARGIN, 212 + round(number * size * 1.16), line, "fraunces", size, INK)
    byline = pen.shortened(_shown(card.byline), "instrument-sans", 30)
    pen.write(_MARGIN, HEIGHT - 92, byline, "instrument-sans", 30, SOFT)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)  # as PNG a third of the size, in seven times the time
    return file.getvalue()


def _draw_mark(image: Image.Image, theme: Path) -> None:
    mark = _mark(theme)
    if mark:
        image.paste(mark, (_MARGIN - 6, 58), mark)


@cache
def _mark(theme: Path) -> Image.Image | None:
    try:
        with Image.open(theme / "static/images/icon-192.png") as icon:
            return icon.convert("RGBA").resize((60, 60), Image.Resampling.LANCZOS)
    except OSError:
        return None


def _fitted(pen: _Pen, title: str) -> tuple[int, list[str]]:
    """The largest size at which the title fits, with its lines; at the smallest one it is cut."""
    for size in _TITLE_SIZES:
        lines = list(_wrapped(pen, title, size))
        if len(lines) * size * 1.16 <= _TITLE_HEIGHT and len(lines) <= 5:
            return size, lines
    most = int(_TITLE_HEIGHT / (size * 1.16))
    return size, [*lines[: most - 1], pen.shortened(" ".join(lines[most - 1 :]), "fraunces", size)]


def _wrapped(pen: _Pen, text: str, size: int) -> Iterator[str]:
    line = ""
    for word in _pieces(pen, text, size):
        longer = f"{line} {word}".strip()
        if line and pen.width(longer, "fraunces", size) > _ROOM:
            yield line
            line = word
        else:
            line = longer
    yield line


def _pieces(pen: _Pen, text: str, size: int) -> Iterator[str]:
    """The words, those that no line can hold in parts."""
    for word in text.split(" "):
        rest = word
        while len(rest) > 1 and pen.width(rest, "fraunces", size) > _ROOM:
            end = next(
                (end for end in range(len(rest) - 1, 1, -1) if pen.width(rest[:end], "fraunces", size) <= _ROOM), 1
            )
            yield rest[:end]
            rest = rest[end:]
        yield rest


class _Fonts:
    """The theme's fonts, each in three files that share the letters between them, and one for the emoji of both."""

    def __init__(self, theme: Path) -> None:
        self._theme = theme

    def of(self, family: str, part: str, size: int) -> ImageFont.FreeTypeFont:
        return _font(_font_file(self._theme, family, part), round(size * _EMOJI_SHARE) if part == "-emoji" else size)


def _font_file(theme: Path, family: str, part: str) -> Path:
    return theme / ("fonts/noto-emoji.woff2" if part == "-emoji" else f"static/fonts/{family}{part}.woff2")


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


class _Pen:
    """Writes lines, each letter in the file that has it."""

    def __init__(self, image: Image.Image, fonts: _Fonts) -> None:
        self.draw = ImageDraw.Draw(image)
        self._fonts = fonts

    def write(self, left: float, top: float, text: str, family: str, size: int, colour: str) -> None:
        ascent = self._fonts.of(family, "", size).getmetrics()[0]
        for part, run in _runs(text):
            font = self._fonts.of(family, part, size)
            self.draw.text((left, top + ascent), run, fill=colour, font=font, anchor="ls")
            left += font.getlength(run)

    def width(self, text: str, family: str, size: int) -> float:
        return sum(self._fonts.of(family, part, size).getlength(run) for part, run in _runs(text))

    def shortened(self, text: str, family: str, size: int) -> str:
        """The text with as many of its words as fit into the line."""
        if self.width(text, family, size) <= _ROOM:
            return text
        while text and self.width(f"{text}…", family, size) > _ROOM:
            text = text.rpartition(" ")[0] or text[:-1]
        return f"{text}…"


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Stretches of letters that one file has."""
    run, kind = "", ""
    for char in text:
        now = next((part for part, letters in _PARTS.items() if letters.match(char)), "")
        if now != kind and run:
            yield kind, run
            run = ""
        run, kind = run + char, now
    if run:
        yield kind, run


def _shown(text: str) -> str:
    plain = _JOINED.sub("", _MODIFIER.sub("", text))
    return " ".join("".join(char if _is_known(char) else " " for char in plain).split())


def _is_known(char: str) -> bool:
    return bool(_BASE.match(char)) or any(letters.match(char) for letters in _PARTS.values())
