"""The darkroom: copies of pictures -> their bytes, made once and kept below `var`, by content and by how they are made.

What is kept is sealed: a file that was cut off or touched is made anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from veillee.site.outputs.writing import write_whole
from veillee.site.pictures import pillow
from veillee.site.pictures.copies import RECIPE, Copy
from veillee.site.pictures.gallery import Gallery
from veillee.site.pictures.seen import Seen

FOLDER = "images"
SUFFIX = ".made"
KEPT_S = 14 * 24 * 3600
"""What no build of the site has asked for, and is older than this, is taken away."""

_SEAL = 16


class Darkroom:
    """Makes copies and keeps them in a folder; a folder that nobody may write to keeps nothing."""

    def __init__(self, content: Path, folder: Path) -> None:
        self._content = content
        self._folder = folder
        self._open: tuple[str, bytes, Any] = ("", b"", None)  # the copies of one picture are mostly made in a row

    def copy(self, target: str, copy: Copy, seen: Seen) -> bytes:
        """Raises OSError where the file is gone, and what a decoder raises."""
        return self._kept(copy_key(copy, seen), lambda: self._copied(target, copy, seen))

    def cleaned(self, target: str, seen: Seen) -> bytes:
        """The file itself, the right way up and without words in it."""
        return self._kept(clean_key(seen), lambda: pillow.cleaned((self._content / target).read_bytes(), seen.form))

    def path_of(self, key: str) -> Path:
        return self._folder / f"{key}{SUFFIX}"

    def sweep(self, keys: Iterable[str], *, now_s: float | None = None) -> int:
        """Takes away what is not among these and is old; gives how many files that were."""
        wanted = {f"{key}{SUFFIX}" for key in keys}
        limit, count = (time.time() if now_s is None else now_s) - KEPT_S, 0
        for path in self._folder.glob(f"*{SUFFIX}"):
            with suppress(OSError):
                if path.name not in wanted and path.stat().st_mtime < limit:
                    path.unlink()
                    count += 1
        return count

    def _kept(self, key: str, make: Any) -> bytes:
        path = self.path_of(key)
        with suppress(OSError):
            sealed = path.read_bytes()
            if sealed[:_SEAL] == _seal(sealed[_SEAL:]):
                return sealed[_SEAL:]
        made: bytes = make()
        with suppress(OSError):
            write_whole(path, _seal(made) + made)
        return made

    def _copied(self, target: str, copy: Copy, seen: Seen) -> bytes:
        content, picture = self._opened(target, seen)
        scaled = pillow.scaled(picture, copy.width, copy.height, is_cut=copy.is_cut)
        made = pillow.encoded(scaled, copy.form, is_flat=seen.is_flat)
        if copy.form == seen.form and (copy.width, copy.height) == (seen.width, seen.height):
            return min(pillow.cleaned(content, seen.form), made, key=len)
        return made

    def _opened(self, target: str, seen: Seen) -> tuple[bytes, Any]:
        if self._open[0] != seen.digest:
            content = (self._content / target).read_bytes()
            self._open = seen.digest, content, pillow.upright(content)
        return self._open[1:]


def copy_maker(gallery: Gallery, var: Path) -> Callable[[str], bytes | None]:
    """Makes the copy at an output path, or takes the one that is kept; None where that is no copy."""
    darkroom = Darkroom(gallery.content, var / "build" / FOLDER)

    def copy_at(path: str) -> bytes | None:
        found = gallery.made_from(path)
        return darkroom.copy(*found) if found else None

    return copy_at


def copy_key(copy: Copy, seen: Seen) -> str:
    """What the bytes of a copy hang on."""
    return _key(seen.digest, copy.form, copy.width, copy.height, copy.is_cut)


def clean_key(seen: Seen) -> str:
    return _key(seen.digest, "cleaned")


def _key(*parts: object) -> str:
    said = "\0".join(map(str, (*parts, RECIPE, pillow.maker_version())))
    return blake2b(said.encode(), digest_size=16).hexdigest()


def _seal(content: bytes) -> bytes:
    return blake2b(content, digest_size=_SEAL).digest()
