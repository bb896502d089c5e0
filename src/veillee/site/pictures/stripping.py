"""Stripping: a picture's bytes -> the same picture without what cameras and programs write about it (place, owner).

Nothing is decoded: whole segments of the file are left out. Colour profiles stay, since they change what one sees.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_JPEG_KEPT_APPS = (0xE0, 0xE2, 0xEE)  # JFIF, colour profile, Adobe's kind of colours
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_LEFT_OUT = (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME")
_WEBP_LEFT_OUT = (b"EXIF", b"XMP ")
_WEBP_SAYS_SO = 0b1100  # the bits of the head that announce EXIF and XMP


def stripped(content: bytes) -> bytes:
    """The same object where there is nothing to leave out, or where the file is of no form that is known here."""
    try:
        if content.startswith(b"\xff\xd8\xff"):
            parts = b"".join(_jpeg_parts(content))
        elif content.startswith(_PNG_START):
            parts = _PNG_START + b"".join(_png_parts(content))
        elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            chunks = b"".join(_webp_parts(content))
            parts = b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks
        else:
            return content
    except (struct.error, IndexError, ValueError):
        return content
    return content if parts == content else parts


def _jpeg_parts(content: bytes) -> Iterator[bytes]:
    """Up to the first scan segment by segment; whatever follows the end of the picture is left out, too."""
    yield content[:2]
    place = 2
    while True:
        if content[place] != 0xFF:
            raise ValueError("no marker")
        marker = content[place + 1]
        if marker == 0xFF:  # a filling byte
            place += 1
            continue
        if marker == 0xDA:
            end = content.rfind(b"\xff\xd9")
            yield content[place : end + 2] if end > place else content[place:]
            return
        length = struct.unpack(">H", content[place + 2 : place + 4])[0]
        if _is_kept(marker, content[place + 4 : place + 16]):
            yield content[place : place + 2 + length]
        place += 2 + length


def _is_kept(marker: int, beginning: bytes) -> bool:
    if marker == 0xE2:
        return beginning.startswith(b"ICC_PROFILE")
    return marker in _JPEG_KEPT_APPS or not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _png_parts(content: bytes) -> Iterator[bytes]:
    place = len(_PNG_START)
    while place < len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        end = place + 12 + length
        if kind not in _PNG_LEFT_OUT:
            yield content[place:end]
        if kind == b"IEND":
            return
        place = end


def _webp_parts(content: bytes) -> Iterator[bytes]:
    place, end = 12, min(len(content), 8 + struct.unpack("<I", content[4:8])[0])
    while place < end:
        kind, length = struct.unpack("<4sI", content[place : place + 8])
        whole = 8 + length + length % 2
        if kind == b"VP8X":
            yield content[place : place + 8] + bytes([content[place + 8] & ~_WEBP_SAYS_SO])
            yield content[place + 9 : place + whole]
        elif kind not in _WEBP_LEFT_OUT:
            yield content[place : place + whole]
        place += whole
