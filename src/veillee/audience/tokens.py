"""Signed tokens: who may leave which digest, in a word that cannot be made without the key.

The token names the subscriber and the digest in clear; it is not a secret, it is a signature. It does not expire:
a mail from years ago still opens the door out, as long as its key is among those that are believed.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

EVERY_DIGEST = "-"
"""What stands in a token in place of a digest: no digest can be called so."""

_FORM = re.compile(r"v1\.([0-9]{1,18})\.([a-z0-9][a-z0-9_-]*|-)\.([0-9a-f]{32})\Z")


@dataclass(frozen=True, slots=True)
class Leaving:
    """A subscriber who wants to leave a digest; `digest_id` None means all of them."""

    subscriber_id: int
    digest_id: str | None


def sign_leaving(leaving: Leaving, *, secret: bytes) -> str:
    """A token of letters, digits, dots and dashes: fit for a mail's subject and for a URL."""
    claim = f"v1.{leaving.subscriber_id}.{leaving.digest_id or EVERY_DIGEST}"
    return f"{claim}.{_signature(claim, secret)}"


def read_leaving(token: str, *, secrets: Iterable[bytes]) -> Leaving | None:
    """What a token says where one of the keys signed it; None for everything else."""
    match = _FORM.match(token)
    if not match:
        return None
    claim = token.rpartition(".")[0]
    if not any(hmac.compare_digest(match[3], _signature(claim, secret)) for secret in secrets):
        return None
    return Leaving(int(match[1]), None if match[2] == EVERY_DIGEST else match[2])


def _signature(claim: str, secret: bytes) -> str:
    return hmac.digest(secret, b"leave:" + claim.encode(), "sha256").hex()[:32]
