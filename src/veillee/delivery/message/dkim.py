"""DKIM: headers and the hash of a body -> signatures, relaxed for headers and simple for the body (RFC 6376).

What is the same for everybody is canonicalised and hashed once (`SigningPlan`); for a recipient only To, Message-ID
and List-Unsubscribe are. Every signed header is named once more than it is there, present or not ("oversigned",
section 8.15), so that nobody can add a second From or Subject to a signed message.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from veillee.delivery.message.dkim_keys import Signer

SHARED_HEADERS = (
    "From",
    "Subject",
    "Date",
    "Reply-To",
    "Cc",
    "MIME-Version",
    "Content-Type",
    "List-ID",
    "Feedback-ID",
)
OWN_HEADERS = ("To", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post")
"""Those that differ by recipient; they are signed behind the others, which are hashed once."""

_NAMES = (*SHARED_HEADERS, *OWN_HEADERS)
_LINE_CHARACTERS = 72


@dataclass(frozen=True, slots=True)
class _Form:
    """A DKIM-Signature header but for two values: as it is printed, and as it is hashed."""

    signer: Signer
    printed: bytes
    hashed: bytes

    def filled(self, signed_headers: hashlib._Hash, body_hash: bytes) -> bytes:
        digest = signed_headers.copy()
        digest.update(self.hashed + body_hash + b"; b=")
        signature = base64.b64encode(self.signer.sign(digest.digest()))
        return self.printed + body_hash + b";\r\n b=" + b"\r\n ".join(_sliced(signature)) + b"\r\n"


class SigningPlan:
    """All that can be done ahead for messages with the same shared headers. May be used by several threads at once.

    `signed_at` is the signature's time (t=). The time of freezing is a good one: it is never ahead of a receiver's
    clock, and every attempt has the same bytes.
    """

    def __init__(self, shared_headers: bytes, signers: Iterable[Signer], *, signed_at: datetime) -> None:
        canonical = canonical_headers(shared_headers)
        self._shared = hashlib.sha256(b"".join(canonical.get(name.lower().encode(), b"") for name in SHARED_HEADERS))
        self.forms = tuple(_form(signer, signed_at) for signer in signers)

    def sign(self, own_headers: bytes, body_digest: bytes) -> bytes:
        """A DKIM-Signature header for each signer; `body_digest` is the SHA-256 of the body as it is printed.

        Simple canonicalisation leaves a body as it is where it ends with one line end, as ours do.
        """
        canonical = canonical_headers(own_headers)
        signed = self._shared.copy()
        for name in _OWN_NAMES:
            signed.update(canonical.get(name, b""))
        body_hash = base64.b64encode(body_digest)
        return b"".join([form.filled(signed, body_hash) for form in self.forms])


_OWN_NAMES = tuple(name.lower().encode() for name in OWN_HEADERS)


def canonical_headers(headers: bytes) -> dict[bytes, bytes]:
    """Whole header lines in relaxed form, by their names in lower case (RFC 6376 section 3.4.2)."""
    canonical = {}
    for line in headers.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if colon:
            name = name.strip().lower()
            canonical[name] = name + b":" + b" ".join(value.split()) + b"\r\n"
    return canonical


def _form(signer: Signer, signed_at: datetime) -> _Form:
    tags = (
        f"v=1; a={signer.kind}-sha256; c=relaxed/simple; d={signer.domain};\r\n"
        f" s={signer.selector}; t={int(signed_at.timestamp())};\r\n"
        f" h={_folded_names()};\r\n bh="
    ).encode()
    hashed = b"dkim-signature:" + b" ".join(tags.split())
    return _Form(signer, b"DKIM-Signature: " + tags, hashed)


def _folded_names() -> str:
    """Each name twice: once for the header that is there, once for the one that must not be."""
    lines = [""]
    for name in (*_NAMES, *_NAMES):
        if len(lines[-1]) + len(name) > _LINE_CHARACTERS:
            lines.append("")
        lines[-1] += name + ":"
    return "\r\n  ".join(lines).removesuffix(":")


def _sliced(text: bytes) -> Iterator[bytes]:
    return (text[start : start + _LINE_CHARACTERS] for start in range(0, len(text), _LINE_CHARACTERS))
