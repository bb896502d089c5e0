"""A stencil: a message whose bytes are made once for a variant, with holes for what differs by recipient.

Text parts with tokens -> encoded pieces and holes -> (`MessagePress`, for each recipient) bytes. A stencil is
frozen in the ledger as JSON, so that an edition that is sent on after an interruption is sent as it was begun.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from veillee.delivery.message.quoted import SOFT_LINE_END, open_ended, quoted
from veillee.errors import DeliveryError
from veillee.model import Parts, Token

VERSION = 2
Other = TypeVar("Other")
LAST_LATIN_LETTER = "\u024f"


class Form(StrEnum):
    """Where a hole is, and so what must be done to its value."""

    TEXT = "text"
    HTML = "html"  # escaped


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for a recipient's own value."""

    token: Token
    form: Form


@dataclass(frozen=True, slots=True)
class Base64Part:
    """A text with holes that stands in base64; see `stretches`."""

    parts: tuple[str | Hole, ...]


Piece = bytes | Hole | Base64Part


@dataclass(frozen=True, slots=True)
class Stencil:
    """A message with holes. `headers` are those that everybody gets, whole lines; the bytes in `body` are final."""

    headers: bytes
    body: tuple[Piece, ...]

    def to_json(self) -> str:
        frozen = {
            "version": VERSION,
            "headers": self.headers.decode(),
            "body": [_piece_to_json(piece) for piece in self.body],
        }
        return json.dumps(frozen, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Stencil:
        """The stencil that `to_json` wrote, now or in an earlier version.

        Raises DeliveryError where a ledger holds something else.
        """
        try:
            headers, pieces = _read_json(json.loads(text))
            body = tuple(_piece_from_json(piece) for piece in pieces)
            if not headers or not body:
                raise ValueError("no message")
        except (ValueError, TypeError, LookupError, AttributeError) as err:
            raise DeliveryError("the ledger holds a message that cannot be read; bring back a copy of it") from err
        return cls(headers.encode(), body)


def encoded_text(parts: Parts, form: Form) -> tuple[bytes, tuple[Piece, ...]]:
    """The name of the transfer encoding, and the pieces of a body in it.

    Quoted-printable, which spam filters like better, or base64 where most letters are not Latin: there it is half
    as long.
    """
    with_holes = tuple(Hole(part, form) if isinstance(part, Token) else _with_line_feeds(part) for part in parts)
    if _is_mostly_not_latin("".join(part for part in with_holes if isinstance(part, str))):
        return b"base64", (Base64Part(with_holes),)
    return b"quoted-printable", tuple(_quoted_pieces(with_holes))


def with_neighbours_joined(parts: Iterable[bytes | Other]) -> list[bytes | Other]:
    """Neighbours that are bytes as one part, and no empty ones but the first."""
    joined: list[bytes | Other] = []
    for part in parts:
        if isinstance(part, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += part
        elif part != b"" or not joined:
            joined.append(part)
    return joined


def _is_mostly_not_latin(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return 2 * sum(char > LAST_LATIN_LETTER for char in letters) > len(letters)


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _quoted_pieces(parts: Iterable[str | Hole]) -> Iterable[Piece]:
    """Pieces between soft line ends, so that a value of any length may stand in each hole."""
    is_after_hole = False
    for part in parts:
        if is_after_hole:
            yield SOFT_LINE_END
        yield part if isinstance(part, Hole) else open_ended(quoted(part))
        is_after_hole = isinstance(part, Hole)


def _piece_to_json(piece: Piece) -> list[Any]:
    if isinstance(piece, bytes):
        return ["bytes", piece.decode()]
    if isinstance(piece, Hole):
        return ["hole", piece.token.value, piece.form.value]
    return ["base64", [part if isinstance(part, str) else [part.token.value, part.form.value] for part in piece.parts]]


def _piece_from_json(value: list[Any]) -> Piece:
    kind, *rest = value
    if kind == "bytes":
        return str(rest[0]).encode()
    if kind == "hole":
        return _hole_from_json(rest)
    parts = rest[0]
    if kind != "base64" or not isinstance(parts, list):
        raise ValueError(kind)
    return Base64Part(tuple(part if isinstance(part, str) else _hole_from_json(part) for part in parts))


def _hole_from_json(value: list[Any]) -> Hole:
    token, form = value
    return Hole(Token(token), Form(form))


def _read_json(frozen: Any) -> tuple[str, list[Any]]:
    """The headers and the pieces of the body."""
    if isinstance(frozen, list):
        return _read_version_1(frozen)
    if frozen["version"] != VERSION:
        raise ValueError(frozen["version"])
    return frozen["headers"], frozen["body"]


def _read_version_1(pieces: list[Any]) -> tuple[str, list[Any]]:
    """One row of pieces, with a hole in each header of the recipient's own: those headers are left out here."""
    ends = (at for at, piece in enumerate(pieces) if piece[0] == "bytes" and "\r\n\r\n" in piece[1])
    start = next(ends, len(pieces))
    last, _, opening = pieces[start][1].partition("\r\n\r\n")
    marks = {"to": "\0\r\n", "message-id": "\0", "unsubscribe-url": "\0"}
    head = "".join(piece[1] if piece[0] == "bytes" else marks[piece[1]] for piece in pieces[:start]) + last
    constant = [line for line in head.split("\r\n") if "\0" not in line]
    return "\r\n".join([*constant, ""]), [["bytes", opening], *pieces[start + 1 :]]
