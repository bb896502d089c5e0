"""An email address: as typed -> checked, with the one key that all its spellings share."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

DIRECTION_OVERRIDES = frozenset("\u202d\u202e")
"""Characters that turn the direction of what follows: used to make one name look like another."""


_PLAIN = re.compile(
    r"([A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*)"
    r"@((?:(?=[a-z0-9-]{1,63}\.)[a-z0-9]+(?:-[a-z0-9]+)*\.){1,8}([a-z]{2,24}))"
)
"""What nearly every address looks like: a host name in lower case, without two hyphens in a row. The library is slow,
and says the same of these: a test holds them together."""

_USUAL_LOCAL = re.compile(r"([A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*)@([^@\s\[\]\"()<>]+)")
_MAX_USUAL_CHARACTERS = 150


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
    return _parse_usual(text) or parse_thoroughly(text)


def _parse_usual(text: str) -> Address | None:
    """The same where nothing about it can be doubted, in a tenth of the time; None where the library must look."""
    if len(text) > _MAX_USUAL_CHARACTERS:
        return None
    if plain := _PLAIN.fullmatch(text):
        local, domain, top = plain.groups()
        key = f"{local.lower()}@{domain}"
        if len(local) <= 64 and top not in _special_tops() and key[: len(local)] not in _folded_names():
            return Address(text, text, key)
        return None
    usual = _USUAL_LOCAL.fullmatch(text)
    if usual is None or len(usual[1]) > 64 or usual[1].lower() in _folded_names():
        return None
    spelled, in_ascii = _domain(usual[2])
    key = f"{usual[1].lower()}@{in_ascii.lower()}"
    return Address(f"{usual[1]}@{spelled}", f"{usual[1]}@{in_ascii}", key) if in_ascii else None


@cache
def _special_tops() -> frozenset[str]:
    """The last words of names of special use (RFC 6761)."""
    from email_validator import SPECIAL_USE_DOMAIN_NAMES

    return frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)


@cache
def _folded_names() -> frozenset[str]:
    """What the library writes in lower case before the @ (RFC 2142)."""
    from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

    return frozenset(CASE_INSENSITIVE_MAILBOX_NAMES)


def parse_thoroughly(text: str) -> Address:
    """The address by the library alone."""
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
