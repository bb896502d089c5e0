"""Base64 around holes: a text with holes -> stretches that are encoded once, and the little between them.

Three bytes make four characters, so what follows a hole is encoded in one of three ways, by how many bytes stand
before it. Each constant stretch is encoded in all three ahead of time; for a recipient the bytes around each hole
alone are encoded anew, on lines of their own. Every line but the last holds a multiple of three bytes, so that
the padding stands at the end alone (RFC 2045 section 6.8).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from veillee.delivery.message.stencil import Hole

SHORTEST_STRETCH = 57
"""Bytes, a line of base64; what is shorter is encoded with the holes beside it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A constant stretch behind a number of bytes with one remainder modulo three.

    `head` completes the three bytes that began before it, `lines` are encoded, `tail` waits for what follows.
    """

    head: bytes
    lines: bytes
    tail: bytes


Gap = tuple[bytes | Hole, ...]


class Base64Text:
    """A text with holes, in base64. `beginning` is what is the same for everybody up to the first hole."""

    def __init__(self, parts: Sequence[str | Hole]) -> None:
        self.holes = frozenset(part for part in parts if isinstance(part, Hole))
        gaps, stretches = _cut(parts)
        self.beginning = b""
        self._carried = b""
        if not gaps[0] and stretches:
            self.beginning, self._carried = stretches[0][0].lines, stretches[0][0].tail
            gaps, stretches = gaps[1:], stretches[1:]
        self._runs = tuple(zip(gaps, stretches, strict=False))
        self._last = gaps[-1]

    def fill(self, values: Mapping[Hole, bytes]) -> bytes:
        """What follows the beginning, for one recipient; `values` are not encoded yet."""
        lines: list[bytes] = []
        carried = self._carried
        for gap, stretch_by_phase in self._runs:
            raw = carried + _joined(gap, values)
            stretch = stretch_by_phase[len(raw) % 3]
            lines += (base64_lines(raw + stretch.head), stretch.lines)
            carried = stretch.tail
        lines.append(base64_lines(carried + _joined(self._last, values)))
        return b"".join(lines)


def base64_lines(raw: bytes) -> bytes:
    """Base64 in lines of 76 characters, each with CR LF; nothing for nothing."""
    return base64.encodebytes(raw).replace(b"\n", b"\r\n")


def _joined(gap: Gap, values: Mapping[Hole, bytes]) -> bytes:
    return b"".join([part if isinstance(part, bytes) else values[part] for part in gap])


def _cut(parts: Sequence[str | Hole]) -> tuple[list[Gap], list[tuple[Stretch, ...]]]:
    """The gaps and the stretches between them: one gap more than stretches, though it be empty."""
    encoded = [part if isinstance(part, Hole) else part.replace("\n", "\r\n").encode() for part in parts]
    long = [at for at, part in enumerate(encoded) if isinstance(part, bytes) and len(part) >= SHORTEST_STRETCH]
    gaps = [tuple(encoded[start + 1 : end]) for start, end in pairwise([-1, *long, len(encoded)])]
    return gaps, [_in_three_phases(part) for at in long if isinstance(part := encoded[at], bytes)]


def _in_three_phases(raw: bytes) -> tuple[Stretch, ...]:
    return tuple(_stretch(raw, head_length=-before % 3) for before in range(3))


def _stretch(raw: bytes, *, head_length: int) -> Stretch:
    end = head_length + (len(raw) - head_length) // 3 * 3
    return Stretch(raw[:head_length], base64_lines(raw[head_length:end]), raw[end:])
