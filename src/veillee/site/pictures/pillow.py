"""The door to Pillow: bytes of a picture -> what is known of it -> the same picture in other sizes and forms.

Pictures are hostile until shown otherwise: only forms of pages are opened, none that would fill the memory, and
whatever a decoder raises is a trouble of the picture.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from typing import Any

from PIL import Image, ImageCms, ImageOps, features
from PIL import __version__ as pillow_version

from veillee.site.pictures.seen import Seen
from veillee.site.pictures.stripping import stripped

FORMS = {"JPEG": "jpeg", "MPO": "jpeg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif", "TIFF": "tiff",
         "BMP": "bmp"}  # fmt: skip
AVIF: dict[str, Any] = {
    "quality": 55,
    "speed": 8,
    "max_threads": 1,
}  # one thread: with more, the bytes are others each time
WEBP: dict[str, Any] = {"quality": 80, "method": 4}
JPEG: dict[str, Any] = {"quality": 82, "optimize": True, "progressive": True}
"""At these, the three look alike (40 dB of 800-pixel pictures): 12, 14 and 35 KB, in 0.09, 0.04 and 0.01 s."""

FLAT_COLOURS = 4096
_ORIENTATION = 0x0112
_EXIF_OF_NOTHING = (0, 1)
_SVG_HEAD = 4096
_SVG_SIZE = re.compile(rb"""<svg\b[^>]*?\s(?:viewBox=["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)\s*["'])""")


@cache
def modern_forms() -> tuple[str, ...]:
    """The forms for today's browsers that this Pillow can write, the smallest files first."""
    return tuple(form for form in ("avif", "webp") if features.check(form))


@cache
def maker_version() -> str:
    """Another one may write other bytes."""
    codecs = ("avif", "webp", "libjpeg_turbo", "zlib")
    return " ".join([pillow_version, *(str(features.version(name)) for name in codecs)])


def look_at(content: bytes) -> Seen:
    """What is in a file; every pixel is looked at, so that what is broken is known."""
    digest = blake2b(content, digest_size=16).hexdigest()
    if b"<svg" in content[:_SVG_HEAD]:
        return Seen(digest, "svg", *_size_of_drawing(content))
    try:
        with _opened(content) as picture:
            return _seen(picture, content, digest)
    except _TooLargeError as error:
        return Seen(digest, trouble=str(error))
    except Exception as error:  # noqa: BLE001 decoders raise what they like about hostile bytes
        return Seen(digest, trouble=_in_words(error))


def upright(content: bytes) -> Image.Image:
    """The picture as people see it: turned, in sRGB, as RGB or RGBA. Raises what a decoder raises."""
    with _opened(content) as picture:
        turned = ImageOps.exif_transpose(picture)
        return _coloured(turned)


def scaled(picture: Image.Image, width: int, height: int, *, is_cut: bool = False) -> Image.Image:
    """The picture at a size; cut to its middle where the shape is another one."""
    if picture.size == (width, height):
        return picture
    if is_cut:
        return ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def encoded(picture: Image.Image, form: str, *, is_flat: bool = False) -> bytes:
    """A picture in one of our forms, with nothing in the file but the picture."""
    options: dict[str, Any] = {"avif": AVIF, "webp": WEBP, "jpeg": JPEG, "png": {"optimize": True}}[form]
    if form == "webp" and is_flat:
        options = {"lossless": True, "quality": 60, "method": 4}
    if form == "jpeg" and picture.mode != "RGB":
        picture = picture.convert("RGB")
    file = io.BytesIO()
    picture.save(file, form.upper(), **options)
    return file.getvalue()


def cleaned(content: bytes, form: str) -> bytes:
    """A file as it is served: the same pixels, the right way up, and nothing said about who took it, where, with what.

    What cannot be turned without a loss is written anew at a high quality.
    """
    plain = stripped(content)
    with _opened(content) as picture:
        is_turned = _orientation(picture) not in _EXIF_OF_NOTHING
        if not is_turned and (form in ("jpeg", "png", "webp") or not _has_words(picture)):
            return plain
        profile = picture.info.get("icc_profile")
        turned = ImageOps.exif_transpose(picture)
        turned.info.clear()
        options: dict[str, Any] = {"quality": 93} if form in ("jpeg", "webp", "avif") else {}
        file = io.BytesIO()
        turned.save(file, form.upper(), **options, **({"icc_profile": profile} if profile else {}))
        return file.getvalue()


def _seen(picture: Image.Image, content: bytes, digest: str) -> Seen:
    form = FORMS[picture.format or ""]
    turn = _orientation(picture)
    width, height = picture.size if turn < 5 else picture.size[::-1]
    is_moving = bool(getattr(picture, "is_animated", False)) and picture.format != "MPO"
    has_words = stripped(content) is not content if form in ("jpeg", "png", "webp") else _has_words(picture)
    is_plain = is_moving or (turn in _EXIF_OF_NOTHING and not has_words)
    picture.load()
    is_clear = form != "jpeg" and not is_moving and picture.has_transparency_data and _is_clear(picture)
    is_flat = form in ("png", "bmp") and picture.getcolors(FLAT_COLOURS) is not None
    return Seen(digest, form, width, height, is_plain, is_flat, is_clear, is_moving)


def _is_clear(picture: Image.Image) -> bool:
    low, _ = picture.convert("RGBA").getchannel("A").getextrema()
    return isinstance(low, int | float) and low < 255


def _orientation(picture: Image.Image) -> int:
    found = picture.getexif().get(_ORIENTATION, 1)
    return found if isinstance(found, int) and 0 <= found <= 8 else 1


def _has_words(picture: Image.Image) -> bool:
    return bool(picture.info.get("exif") or picture.info.get("xmp") or dict(picture.getexif()))


class _TooLargeError(Exception):
    pass


@cache
def _forms() -> tuple[str, ...]:
    """Those that this Pillow can read; it loads what reads them only when asked to."""
    Image.init()
    return tuple(form for form in FORMS if form in Image.OPEN)


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    """One of our forms, none with more pixels than Pillow thinks safe."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            picture = Image.open(io.BytesIO(content), formats=_forms())
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            most = f"{(Image.MAX_IMAGE_PIXELS or 0) // 1_000_000} million"
            raise _TooLargeError(f"has more than {most} pixels") from error
        with picture:
            yield picture


def _coloured(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if profile:
        picture = _in_srgb(picture, profile, mode)
    picture = picture.convert(mode)
    if mode == "RGBA" and picture.getchannel("A").getextrema()[0] == 255:
        picture = picture.convert("RGB")
    picture.info.clear()
    return picture


def _in_srgb(picture: Image.Image, profile: bytes, mode: str) -> Image.Image:
    """A profile that cannot be understood is left aside, as browsers do."""
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(given).lower():
            return picture
        if picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
            picture = picture.convert(mode)
        target = mode if picture.mode in ("RGB", "RGBA") else "RGB"
        found = ImageCms.profileToProfile(picture, given, _srgb(), outputMode=target)
    except (ImageCms.PyCMSError, ValueError, OSError, TypeError):
        return picture
    return found if found is not None else picture


@cache
def _srgb() -> Any:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _size_of_drawing(content: bytes) -> tuple[int, int]:
    found = _SVG_SIZE.search(content[:_SVG_HEAD])
    return (round(float(found[1])), round(float(found[2]))) if found else (0, 0)


def _in_words(error: Exception) -> str:
    said = str(error).lower()
    if "truncated" in said or "broken data stream" in said:
        return "is cut off"
    if "cannot identify" in said:
        return "is no picture that pages show"
    return "is broken"
