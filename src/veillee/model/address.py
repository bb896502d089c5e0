"""An email address: as typed -> checked, with the one key that all its spellings share."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

DIRECTION_OVERRIDES = frozenset("\u202d\u202e")
"""Characters that turn the direction of what follows: used to make one name look like another."""


_USUAL = re.compile(r"([A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*)@((?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,24})")
"""What nearly every address looks like. The library is slow, and says the same of these: a test holds them together."""

_USUAL_LOCAL = re.compile(r"([A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*)@([^@\s\[\]\"()<>]+)")
_SPECIAL = frozenset(("arpa", "invalid", "local", "localhost", "onion"))


class AddressError(ValueError):
    """What is wrong with an address, in words for whoever typed it."""


@dataclass(frozen=True, slots=True)
class Address:
    """`shown` is for people (international domain spelled out), `wire` for mail servers (domain in ASCII).

    `key` is the same for every spelling: lower case by case folding, the domain in ASCII. `wire` holds
    non-ASCII characters before the @ alone; a server must then offer SMTPUTF8 (RFC 6531).
    """

    shown: str
    wire: str
    key: str

    @property
    def domain(self) -> str:
        """In ASCII, in lower case."""
        return self.key.rpartition("@")[2]


def parse_address(text: str) -> Address:
    """The address in `text`; raises AddressError where there is none, or where one could do harm in a header."""
    if (usual := _USUAL.fullmatch(text)) and _is_usual(usual[1], usual[2]):
        wire = f"{usual[1]}@{usual[2].lower()}"
        return Address(shown=wire, wire=wire, key=wire.lower())
    if (usual := _USUAL_LOCAL.fullmatch(text)) and len(text) <= 150 and len(usual[1]) <= 64:
        spelled, in_ascii = _domain(usual[2])
        if in_ascii:
            key = f"{usual[1].lower()}@{in_ascii.lower()}"
            return Address(shown=f"{usual[1]}@{spelled}", wire=f"{usual[1]}@{in_ascii}", key=key)
    from email_validator import EmailNotValidError, validate_email

    if found := forbidden_character(text):
        raise AddressError(f"it holds the control character {found}")
    try:
        valid = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as err:
        raise AddressError(str(err).rstrip(".")) from err
    wire = f"{valid.local_part}@{valid.ascii_domain}"
    key = f"{unicodedata.normalize('NFC', valid.local_part.casefold())}@{valid.ascii_domain.lower()}"
    return Address(shown=valid.normalized, wire=wire, key=key)


@lru_cache(4096)
def _domain(typed: str) -> tuple[str, str]:
    """A domain spelled out and in ASCII, both empty where it is none: a list has few of them, and they are dear."""
    from email_validator import EmailNotValidError, validate_email

    if forbidden_character(typed):
        return "", ""
    try:
        valid = validate_email(f"a@{typed}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return "", ""
    return valid.domain, valid.ascii_domain


def _is_usual(local: str, domain: str) -> bool:
    """Short enough, no label that looks like an encoded one (`xn--`), and no name of special use (RFC 6761)."""
    *labels, top = domain.split(".")
    is_short = len(local) <= 64 and len(domain) <= 200 and all(len(one) <= 63 and one[2:4] != "--" for one in labels)
    return is_short and top.lower() not in _SPECIAL


def forbidden_character(text: str) -> str | None:
    """The first character that has no place in a header or in a one-line field, as U+000A; None where all is well.

    Control characters, line and paragraph separators, halves of surrogate pairs, and overrides of direction.
    """
    if text.isprintable():
        return None
    for char in text:
        if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") or char in DIRECTION_OVERRIDES:
            return f"U+{ord(char):04X}"
    return None
