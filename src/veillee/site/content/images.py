"""Pictures that posts and members name: a path as typed -> an absolute URL with its size, or a fault."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from PIL import Image as PillowImage
from PIL import UnidentifiedImageError

from veillee.errors import Fault
from veillee.model import Image
from veillee.render.sanitize import is_safe_url
from veillee.site.content.lines import line_of_key
from veillee.site.content.links import find_in_content
from veillee.site.run import Run, SourceFile
from veillee.sources.posts import RawPost

_PLACEHOLDERS = ("{static}", "{filename}", "{attach}", "|static|", "|filename|", "|attach|")


def image_of(raw: RawPost, article: Any, run: Run) -> Image | None:
    """The post's picture, None where it has none or where the file is missing (the check says so)."""
    if not raw.image:
        return None
    source = run.source_file(article.source_path)
    target = picture_file(raw.image, source, run)
    if target is None:
        return picture_elsewhere(raw.image, raw.image_alt or "", run)
    static = article._context.get("static_content", {}).get(target)
    return picture(target, raw.image_alt or "", run, address=static.url if static else target)


def picture(target: str, alt: str, run: Run, *, address: str = "") -> Image:
    """The picture in a file of the content."""
    width, height = size_of(run.site.content / target)
    return Image(f"{run.url}/{quote(address or target)}", alt, width, height)


def picture_elsewhere(typed: str, alt: str, run: Run) -> Image | None:
    """A picture with an address of its own: another site's, or one below the root of this one."""
    if urlsplit(typed).scheme in ("http", "https") and is_safe_url(typed):
        return Image(typed, alt)
    return Image(f"{run.url}{quote(typed, safe='/%?=&')}", alt) if _is_rooted(typed) else None


def picture_file(typed: str, source: SourceFile, run: Run) -> str | None:
    """The file of the content that a picture's path means, None where it is elsewhere or missing."""
    for placeholder in _PLACEHOLDERS:
        typed = typed.removeprefix(placeholder)
    if not typed or urlsplit(typed).scheme or typed.startswith("//"):
        return None
    return find_in_content(unquote(typed).lstrip("/"), source, run)


def missing_picture(raw: RawPost, source: SourceFile, run: Run) -> Fault | None:
    """What is wrong with the post's picture; an address below the site's root may be anything."""
    typed = raw.image
    if not typed or urlsplit(typed).scheme or _is_rooted(typed) or picture_file(typed, source, run):
        return None
    line = line_of_key(source.path, ("image",), start=raw.line) or raw.line
    return Fault(source.shown, line, f'image "{typed}" is not there', "", _todo(typed, run))


def _todo(typed: str, run: Run) -> str:
    folder = run.site.content.name
    return f"put the file into {folder}/images/ and write image: images/{Path(typed).name}, or remove the line"


def _is_rooted(typed: str) -> bool:
    return typed.startswith("/") and not typed.startswith("//")


def size_of(path: Path) -> tuple[int | None, int | None]:
    """Width and height in pixels, None where the file is no picture that Pillow knows (such as SVG)."""
    try:
        status = path.stat()
    except OSError:
        return None, None
    return _size(path, status.st_mtime_ns, status.st_size)


@cache
def _size(path: Path, _changed_ns: int, _size_bytes: int) -> tuple[int | None, int | None]:
    try:
        with PillowImage.open(path) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError, ValueError, PillowImage.DecompressionBombError):
        return None, None
    return width, height
