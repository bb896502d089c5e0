"""Quoted-printable: text -> bytes that no relay changes and no line of which could be taken for something else.

RFC 2045 section 6.7. A dot or a `From ` at the beginning of a line is encoded too: a body in this encoding needs
no dot-stuffing (RFC 5321 section 4.5.2).
"""

from __future__ import annotations

import re
from binascii import b2a_qp
from email.quoprimime import body_encode

LINE_CHARACTERS = 74  # two less than RFC 2045 allows: room for a dot or a From that is encoded afterwards
SOFT_LINE_END = b"=\r\n"
_DANGEROUS_BEGINNING = re.compile(rb"^(?:\.|From )", re.MULTILINE)


def quoted(text: str) -> bytes:
    """The text, CR LF at each line end (LF or CR LF in `text`)."""
    if not text:
        return b""
    encoded = body_encode(text.encode().decode("latin-1"), LINE_CHARACTERS, "\r\n").encode("ascii")
    return _DANGEROUS_BEGINNING.sub(lambda match: b"=%02X" % match[0][0] + match[0][1:], encoded)


def quoted_value(value: str) -> bytes:
    """The same for a value without line ends that stands between soft ones, quickly where nothing is special."""
    encoded = b2a_qp(value.encode()).replace(b"\n", b"\r\n")
    has_room = len(encoded) - encoded.rfind(b"\n") <= LINE_CHARACTERS
    is_safe = not encoded.startswith((b".", b"From ")) and b"\n." not in encoded and b"\nFrom " not in encoded
    return encoded if has_room and is_safe else quoted(value)


def open_ended(encoded: bytes) -> bytes:
    """The same, so that something may follow on a line of its own."""
    return encoded if not encoded or encoded.endswith(b"\r\n") else encoded + SOFT_LINE_END
