"""Variable envelope return paths: an address for each delivery, so that what comes back says whose it is.

`bounces@example.org` -> `bounces+1a2b-0123456789abcdef@example.org`: the delivery's number in base 36, and a
signature over it and its Message-ID. Lower case alone, since some servers fold the part before the @.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

_FORM = re.compile(r"\+([0-9a-z]{1,12})-([0-9a-f]{16})@", re.IGNORECASE)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class ReturnPath:
    """What a return path says; believe it only where `is_signed` says so for the delivery's Message-ID."""

    delivery_id: int
    signature: str

    def is_signed(self, message_id: str, *, keys: Iterable[bytes]) -> bool:
        """Whether one of the keys made it, for the delivery with this Message-ID."""
        return any(hmac.compare_digest(self.signature, _signature(self.delivery_id, message_id, key)) for key in keys)


def return_path(bounces_to: str, delivery_id: int, message_id: str, *, key: bytes) -> str:
    """The envelope sender of one delivery; `bounces_to` is a wire address whose server knows plus-addressing."""
    local, _, domain = bounces_to.rpartition("@")
    return f"{local}+{_base36(delivery_id)}-{_signature(delivery_id, message_id, key)}@{domain}"


def read_return_path(address: str) -> ReturnPath | None:
    """The return path in an address or a header; None where there is none."""
    match = _FORM.search(address)
    return ReturnPath(int(match[1], 36), match[2].lower()) if match else None


def _signature(delivery_id: int, message_id: str, key: bytes) -> str:
    return hmac.digest(key, f"bounce:{delivery_id}:{message_id}".encode(), "sha256").hex()[:16]


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
