"""The door to signing keys: a private key as the settings give it -> what the DNS must say of it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`kind` is rsa or ed25519; `encoded` is what stands behind `p=` (RFC 6376 section 3.6.1, RFC 8463)."""

    kind: str
    bits: int
    encoded: str


class UnreadableKeyError(ValueError):
    """Why a key cannot be used, in words for the operator; never any part of the key."""


def read_public_key(given: str, *, root: Path) -> PublicKey:
    """The public half of a private key, which is PEM or the path of a PEM file; raises UnreadableKeyError."""
    pem = given.encode() if "-----BEGIN" in given else _read(root / given.strip())
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as err:
        raise UnreadableKeyError("it is not a private key in PEM without a password") from err
    if isinstance(key, RSAPrivateKey):
        der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return PublicKey("rsa", key.key_size, base64.b64encode(der).decode())
    if isinstance(key, Ed25519PrivateKey):
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return PublicKey("ed25519", 256, base64.b64encode(raw).decode())
    raise UnreadableKeyError("it is neither an RSA nor an Ed25519 key")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as err:
        reason = err.strerror if isinstance(err, OSError) else "no path"
        raise UnreadableKeyError(f"its file cannot be read ({reason})") from err
