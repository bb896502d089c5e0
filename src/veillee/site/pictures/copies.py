"""Copies: what is known of a picture -> the sizes and forms in which pages, feeds and mails offer it; pure.

The name of a copy holds a digest of the picture and of how it was made, so that hosts may keep it for ever.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from posixpath import basename, splitext

from veillee.site.pictures.seen import Seen

FOLDER = "pictures"
"""Where copies stand in the site; nothing else stands there, and none of them ever changes."""

RECIPE = "1"
"""Another one wherever the same picture is made in another way."""

WIDTHS = (480, 800, 1200, 1680)
PLAIN_WIDTH = 1200  # twice the column of a mail
SMALL_WIDTH = 320
"""Up to here there is nothing to win: such a picture is offered as it is."""
FACE_SIZES = (96, 192)

_SLACK = 1.15
_ENDINGS = {"jpeg": "jpg"}
_FOR_MAIL = ("jpeg", "png", "gif")


@dataclass(frozen=True, slots=True)
class Copy:
    """One file: `path` below the output folder, and how it is made. An original that is served as it is has no form."""

    path: str
    width: int
    height: int
    form: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is offered: the plain copy that everything shows, and others by form, the smallest form first."""

    plain: Copy
    modern: tuple[tuple[str, tuple[Copy, ...]], ...] = ()

    @property
    def copies(self) -> Iterator[Copy]:
        """Those that have to be made."""
        if self.plain.form:
            yield self.plain
        for _, row in self.modern:
            yield from row


def plan_picture(target: str, address: str, seen: Seen, *, forms: tuple[str, ...]) -> Picture:
    """The picture in a file of the content; `address` is the path at which the original is served."""
    original = Copy(address, seen.width, seen.height)
    if not seen.is_makeable:
        return Picture(original)
    if seen.width <= SMALL_WIDTH:
        return Picture(original if seen.form in _FOR_MAIL else _copy(target, seen, _plain_form(seen), seen.width))
    forms = tuple(form for form in forms if form != "avif" or not seen.is_flat)  # it blurs letters
    modern = ((form, tuple(_copy(target, seen, form, width) for width in _widths(seen.width))) for form in forms)
    return Picture(_copy(target, seen, _plain_form(seen), min(seen.width, PLAIN_WIDTH)), tuple(modern))


def plan_face(target: str, address: str, seen: Seen) -> Picture:
    """The middle of a member's picture, square; never larger than it was."""
    if not seen.is_makeable:
        return Picture(Copy(address, seen.width, seen.height))
    side = min(seen.width, seen.height)
    sizes = tuple(size for size in FACE_SIZES if size < side) or (side,)
    if side < FACE_SIZES[-1] and side not in sizes:
        sizes = (*sizes, side)
    elif side >= FACE_SIZES[-1]:
        sizes = FACE_SIZES
    row = tuple(_face(target, seen, _plain_form(seen), size) for size in sizes)
    return Picture(row[-1], ((_plain_form(seen), row),) if row[1:] else ())


def _widths(width: int) -> tuple[int, ...]:
    """The usual widths below that of the picture, and its own, where that is another one."""
    below = tuple(one for one in WIDTHS if one * _SLACK <= width)
    return below if below and below[-1] == WIDTHS[-1] else (*below, min(width, WIDTHS[-1]))


def _plain_form(seen: Seen) -> str:
    return "png" if seen.is_flat or seen.is_clear else "jpeg"


def _copy(target: str, seen: Seen, form: str, width: int) -> Copy:
    return Copy(_path(target, seen, form, str(width)), width, max(1, round(seen.height * width / seen.width)), form)


def _face(target: str, seen: Seen, form: str, size: int) -> Copy:
    return Copy(_path(target, seen, form, f"face-{size}"), size, size, form, is_cut=True)


def _path(target: str, seen: Seen, form: str, size: str) -> str:
    mark = blake2b(f"{seen.digest} {RECIPE}".encode(), digest_size=6).hexdigest()
    return f"{FOLDER}/{_stem(target)}-{mark}-{size}.{_ENDINGS.get(form, form)}"


def _stem(target: str) -> str:
    """The name of the file in letters that no host and no mail program stumbles over."""
    plain = unicodedata.normalize("NFKD", splitext(basename(target))[0]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "picture"
