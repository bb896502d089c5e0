"""What is known of a picture once somebody has looked at it: its size as people see it, its form, what is in it."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN_AS_THEY_ARE = frozenset({"gif", "svg"})
"""Forms of which nothing else is made: what moves keeps moving, and what is drawn stays sharp."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture. Width and height are in pixels, turned as its camera says; 0 where there are none.

    `digest` is that of the file's bytes. `is_plain`: there is nothing in the file but the picture, the right way up.
    `is_flat`: it has few colours, as drawings and screenshots have. `trouble` says why it cannot be shown, else empty.
    """

    digest: str
    form: str = ""  # jpeg, png, webp, avif, gif, svg, tiff, bmp
    width: int = 0
    height: int = 0
    is_plain: bool = True
    is_flat: bool = False
    is_clear: bool = False  # one sees through a part of it
    is_moving: bool = False
    trouble: str = ""

    @property
    def is_makeable(self) -> bool:
        """Whether other sizes and forms can be made of it."""
        return bool(self.width) and not (self.trouble or self.is_moving or self.form in SHOWN_AS_THEY_ARE)
