"""A stencil: a message whose bytes are made once for a variant, with holes for what differs by recipient.

Text parts with tokens -> encoded pieces and holes -> (joined for each recipient) bytes. A stencil is frozen in
the ledger as JSON, so that an edition that is sent on after an interruption is sent as it was begun.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.quoprimime import body_encode
from enum import StrEnum

from veillee.errors import DeliveryError
from veillee.model import Parts, Token

LINE_CHARACTERS = 74  # two less than RFC 2045 allows: room for a dot or a From that is encoded afterwards
LAST_LATIN_LETTER = "\u024f"
_DANGEROUS_BEGINNING = re.compile(rb"^(?:\.|From )", re.MULTILINE)


class Field(StrEnum):
    """What differs from one recipient's message to the next."""

    TO = "to"  # the whole header, ready
    MESSAGE_ID = "message-id"
    UNSUBSCRIBE_URL = "unsubscribe-url"
    RECIPIENT_NAME = "recipient-name"


class Form(StrEnum):
    """Where a hole is, and so what must be done to its value."""

    HEADER = "header"  # stands as it is
    TEXT = "text"
    HTML = "html"  # escaped


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for a recipient's own value."""

    field: Field
    form: Form


@dataclass(frozen=True, slots=True)
class Base64Part:
    """A text that is encoded as a whole, once its holes are filled: base64 has no seams."""

    parts: tuple[str | Hole, ...]


Piece = bytes | Hole | Base64Part

FIELD_OF_TOKEN = {Token.UNSUBSCRIBE_URL: Field.UNSUBSCRIBE_URL, Token.RECIPIENT_NAME: Field.RECIPIENT_NAME}


@dataclass(frozen=True, slots=True)
class Stencil:
    """A message with holes. The bytes between holes are final."""

    pieces: tuple[Piece, ...]

    def fill(self, values: Mapping[Field, str]) -> bytes:
        """One recipient's message: CR LF at each line end, no line over 998 octets."""
        return b"".join(piece if isinstance(piece, bytes) else _filled(piece, values) for piece in self.pieces)

    def to_json(self) -> str:
        return json.dumps([_piece_to_json(piece) for piece in self.pieces], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Stencil:
        """The stencil that `to_json` wrote; raises DeliveryError where a ledger holds something else."""
        try:
            pieces = tuple(_piece_from_json(value) for value in json.loads(text))
            if not pieces:
                raise ValueError("no message")
            return cls(pieces)
        except (ValueError, TypeError, LookupError) as err:
            raise DeliveryError("the ledger holds a message that cannot be read; bring back a copy of it") from err


def encoded_text(parts: Parts, form: Form) -> tuple[bytes, tuple[Piece, ...]]:
    """The name of the transfer encoding, and the pieces of a body in it.

    Quoted-printable, which spam filters like better, or base64 where most letters are not Latin: there it is half
    as long.
    """
    with_holes = tuple(_hole(part, form) if isinstance(part, Token) else _with_line_feeds(part) for part in parts)
    if _is_mostly_not_latin("".join(part for part in with_holes if isinstance(part, str))):
        return b"base64", (Base64Part(with_holes),)
    return b"quoted-printable", tuple(_quoted_pieces(with_holes))


def _is_mostly_not_latin(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return 2 * sum(char > LAST_LATIN_LETTER for char in letters) > len(letters)


def _hole(token: Token, form: Form) -> Hole:
    return Hole(FIELD_OF_TOKEN[token], form)


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _quoted_pieces(parts: Iterable[str | Hole]) -> Iterable[Piece]:
    """Pieces between soft line breaks, so that a value of any length may stand in each hole."""
    is_after_hole = False
    for part in parts:
        if isinstance(part, Hole):
            yield part
        else:
            yield (b"=\r\n" if is_after_hole else b"") + _open_ended(_quoted(part))
        is_after_hole = isinstance(part, Hole)


def _open_ended(encoded: bytes) -> bytes:
    return encoded if not encoded or encoded.endswith(b"\r\n") else encoded + b"=\r\n"


def _quoted(text: str) -> bytes:
    if not text:
        return b""
    encoded = body_encode(text.encode().decode("latin-1"), LINE_CHARACTERS, "\r\n").encode("ascii")
    return _DANGEROUS_BEGINNING.sub(lambda match: b"=%02X" % match[0][0] + match[0][1:], encoded)


def _filled(piece: Hole | Base64Part, values: Mapping[Field, str]) -> bytes:
    if isinstance(piece, Base64Part):
        text = "".join(part if isinstance(part, str) else _value(part, values) for part in piece.parts)
        return base64.encodebytes(text.replace("\n", "\r\n").encode()).replace(b"\n", b"\r\n")
    value = _value(piece, values)
    return value.encode() if piece.form is Form.HEADER else _quoted(value)


def _value(hole: Hole, values: Mapping[Field, str]) -> str:
    value = values[hole.field]
    return html.escape(value, quote=True) if hole.form is Form.HTML else value


def _piece_to_json(piece: Piece) -> list[object]:
    if isinstance(piece, bytes):
        return ["bytes", piece.decode()]
    if isinstance(piece, Hole):
        return ["hole", piece.field.value, piece.form.value]
    return ["base64", [part if isinstance(part, str) else [part.field.value, part.form.value] for part in piece.parts]]


def _piece_from_json(value: list[object]) -> Piece:
    kind, *rest = value
    if kind == "bytes":
        return str(rest[0]).encode()
    if kind == "hole":
        return Hole(Field(str(rest[0])), Form(str(rest[1])))
    parts = rest[0]
    if kind != "base64" or not isinstance(parts, list):
        raise ValueError(kind)
    return Base64Part(tuple(part if isinstance(part, str) else Hole(Field(part[0]), Form(part[1])) for part in parts))
