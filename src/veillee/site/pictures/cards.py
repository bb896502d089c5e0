"""Social cards: what is said of a post or an edition -> the picture that is shown where its link is passed on.

1200 x 630 pixels, as Open Graph's readers want it; drawn with the theme's own fonts and colours. Of an emoji that is
made of several, such as a trade or a skin, the first is drawn. What the fonts do not have is left out; a title in
another script has no card.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image

from veillee.site.pictures.lettering import EMOJI, PARTS, Face, font_file, is_known, known_letters, part_of

WIDTH, HEIGHT = 1200, 630
RECIPE = "2"
"""Another one wherever the same words are drawn in another way."""

PAPER, INK, SOFT = "#fbf6ec", "#20263a", "#5b6074"
COLOURS = {"announcements": "#2f5d8a", "questions": "#3f6b3a", "buzz": "#8a3f78", "": "#b5401c"}

_MARGIN = 80
_ROOM = WIDTH - 2 * _MARGIN
_TITLE_SIZES = (84, 76, 68, 60, 54, 48)
_TITLE_HEIGHT = 312
_LEADING = 1.16
_SERIF, _SANS = "fraunces", "instrument-sans"
_LEAST_SHARE = 0.7


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
    letters = [char for char in title if not char.isspace() and part_of(char) != EMOJI]
    return bool(known_letters(title)) and sum(map(is_known, letters)) >= _LEAST_SHARE * len(letters)


def has_fonts(theme: Path) -> bool:
    """Whether a theme has what cards are drawn with."""
    return all(font_file(theme, family, part).is_file() for family in (_SERIF, _SANS) for part in PARTS)


def draw_card(card: Card, theme: Path) -> bytes:
    """The card as JPEG; `theme` is the folder of the theme, whose fonts and mark it is drawn with."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    colour = COLOURS.get(card.stream, COLOURS[""])
    image.paste(colour, (0, HEIGHT - 14, WIDTH, HEIGHT))
    _draw_mark(image, theme)
    Face(theme, _SERIF, 40).write(image, _MARGIN + 62, 64, known_letters(card.community), INK)
    Face(theme, _SANS, 32).write(image, _MARGIN, 158, known_letters(card.kicker), colour)
    face, lines = _fitted(theme, known_letters(card.title))
    for number, line in enumerate(lines):
        face.write(image, _MARGIN, 212 + round(number * face.size * _LEADING), line, INK)
    small = Face(theme, _SANS, 30)
    small.write(image, _MARGIN, HEIGHT - 92, small.shortened(known_letters(card.byline), _ROOM), SOFT)
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


def _fitted(theme: Path, title: str) -> tuple[Face, list[str]]:
    """The largest face in which the title fits, with its lines; in the smallest one it is cut."""
    for size in _TITLE_SIZES:
        face = Face(theme, _SERIF, size)
        lines = list(_wrapped(face, title))
        if len(lines) * size * _LEADING <= _TITLE_HEIGHT:
            return face, lines
    most = int(_TITLE_HEIGHT / (size * _LEADING))
    return face, [*lines[: most - 1], face.shortened(" ".join(lines[most - 1 :]), _ROOM)]


def _wrapped(face: Face, text: str) -> Iterator[str]:
    line = ""
    for word in _pieces(face, text):
        longer = f"{line} {word}".strip()
        if line and face.width(longer) > _ROOM:
            yield line
            line = word
        else:
            line = longer
    yield line


def _pieces(face: Face, text: str) -> Iterator[str]:
    """The words, those that no line can hold in parts."""
    for word in text.split(" "):
        rest = word
        while len(rest) > 1 and face.width(rest) > _ROOM:
            end = next((end for end in range(len(rest) - 1, 1, -1) if face.width(rest[:end]) <= _ROOM), 1)
            yield rest[:end]
            rest = rest[end:]
        yield rest
