"""The press: a stencil, and whoever signs -> one recipient's message after the other, at speed.

headers that all share ---------- hashed once --+
the body up to its first hole --- hashed once --+--> filling --> values, own headers, signatures --> bytes
text around holes in base64 ---- encoded once --+
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterable, Iterator
from datetime import datetime

from veillee.delivery.message.dkim import SigningPlan
from veillee.delivery.message.dkim_keys import Signer
from veillee.delivery.message.filling import Filling
from veillee.delivery.message.quoted import quoted_value
from veillee.delivery.message.stencil import Form, Hole, Piece, Stencil, with_neighbours_joined
from veillee.delivery.message.stretches import Base64Text


class MessagePress:
    """Prints the messages of one variant. It never changes: several threads may print at once.

    No line of a message begins with a dot, and none is longer than 998 octets: nothing is left to do for SMTP.
    """

    def __init__(self, stencil: Stencil, signers: Iterable[Signer] = (), *, signed_at: datetime) -> None:
        beginning, *parts = with_neighbours_joined([b"", *_prepared(stencil.body)])
        self._headers = stencil.headers
        self._beginning = beginning if isinstance(beginning, bytes) else b""
        self._parts = tuple(part if isinstance(part, bytes) else b"" for part in parts)
        self._quoted = _places([part if isinstance(part, Hole) else None for part in parts])
        self._base64 = tuple((place, part) for place, part in enumerate(parts) if isinstance(part, Base64Text))
        self._plan = SigningPlan(stencil.headers, signers, signed_at=signed_at)
        self._hash = hashlib.sha256(self._beginning)

    def message(self, filling: Filling) -> bytes:
        """One recipient's message, the signatures first. The same for the same filling, on every attempt."""
        parts = self._filled(filling)
        signatures = self._signatures(filling, parts) if self._plan.forms else b""
        return b"".join((signatures, self._headers, filling.headers, b"\r\n", self._beginning, *parts))

    def messages(self, fillings: Iterable[Filling]) -> list[bytes]:
        """One message for each filling, in their order.

        A dozen at a time are printed fastest: beyond a megabyte or so, each message costs the system new memory.
        """
        return [self.message(filling) for filling in fillings]

    def _filled(self, filling: Filling) -> list[bytes]:
        parts = list(self._parts)
        for hole, places in self._quoted:
            encoded = quoted_value(_value(hole, filling))
            for place in places:
                parts[place] = encoded
        for place, text in self._base64:
            parts[place] = text.fill({hole: _value(hole, filling).encode() for hole in text.holes})
        return parts

    def _signatures(self, filling: Filling, parts: list[bytes]) -> bytes:
        body = self._hash.copy()
        for part in parts:
            body.update(part)
        return self._plan.sign(filling.headers, body.digest())


def _value(hole: Hole, filling: Filling) -> str:
    value = filling.value(hole.token)
    return html.escape(value, quote=True) if hole.form is Form.HTML else value


Part = bytes | Hole | Base64Text


def _prepared(pieces: Iterable[Piece]) -> Iterator[Part]:
    for piece in pieces:
        if isinstance(piece, bytes | Hole):
            yield piece
        else:
            text = Base64Text(piece.parts)
            yield text.beginning
            yield text


def _places(parts: list[Hole | None]) -> tuple[tuple[Hole, tuple[int, ...]], ...]:
    """Each hole with all of its places: a value is encoded once."""
    holes = dict.fromkeys(part for part in parts if part)
    return tuple((hole, tuple(place for place, part in enumerate(parts) if part == hole)) for hole in holes)
