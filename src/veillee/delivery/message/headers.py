"""Headers of a message: text that people wrote -> one header that cannot become two.

RFC 5322 and 2047. Text is checked for control characters first as it stands, then as a mail reader would decode
it: `=?UTF-8?Q?=0A?=` is a line end in disguise (CPython issue 121650).
"""

from __future__ import annotations

import re
from email.charset import Charset
from email.header import Header, decode_header, make_header

from veillee.errors import DeliveryError
from veillee.model.address import forbidden_character

MAX_WORD_CHARACTERS = 400
LONGEST_ENCODED_LINE = 76  # RFC 2047 section 2
_UTF8 = Charset("utf-8")
_ENCODED_WORD = re.compile(r"=\?[^?\s]*\?[bBqQ]\?[^?\s]*\?=")
_NO_ADDRESS = re.compile(r"[\s<>()\[\],;:\\\"]")
_NEEDS_QUOTES = re.compile(r"[^A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]")


def text_header(name: str, text: str) -> bytes:
    """A header with text for people, folded, with its line end."""
    refuse_controls(text, what=name)
    return f"{name}: {_encoded(text.strip(), name)}\r\n".encode("ascii")


def mailbox_header(name: str, person: str, address: str) -> bytes:
    """A header with one mailbox; `address` is in its wire form. UTF-8 where that holds accents (RFC 6532)."""
    return f"{name}: {mailbox(person, address, name=name)}\r\n".encode()


def mailbox(person: str, address: str, *, name: str) -> str:
    """`"Amina Diallo" <amina@example.org>`, or the address alone where there is no name."""
    refuse_controls(person, what=f"the name in {name}")
    refuse_controls(address, what=f"the address in {name}")
    if not address or _NO_ADDRESS.search(address):
        raise DeliveryError(f'the address in {name} is "{address}", which no header can hold; correct it')
    if not person.strip():
        return address
    words = phrase(person, name)
    is_long = len(name) + len(words) - words.rfind("\n") + len(address) > LONGEST_ENCODED_LINE
    return f"{words}\r\n <{address}>" if is_long else f"{words} <{address}>"


def phrase(text: str, name: str) -> str:
    """Words in front of angle brackets: bare, in quotes, or encoded; folded where they are long."""
    words = text.strip()
    if _is_plain(words) and len(words) <= MAX_WORD_CHARACTERS:
        if not _NEEDS_QUOTES.search(words):
            return words
        return '"' + words.replace("\\", r"\\").replace('"', r"\"") + '"'
    word = _UTF8.header_encode(words)
    if len(name) + 2 + len(word) <= LONGEST_ENCODED_LINE:
        return word
    return Header(words, "utf-8", header_name=name, maxlinelen=LONGEST_ENCODED_LINE).encode(linesep="\r\n")


def plain_header(name: str, value: str) -> bytes:
    """A header that the program itself writes: ASCII on one line."""
    refuse_controls(value, what=name)
    return f"{name}: {value}\r\n".encode("ascii")


def refuse_controls(text: str, *, what: str) -> None:
    """Raises DeliveryError where the text, or what a reader decodes it to, holds a control character."""
    if text.isprintable() and "=?" not in text:
        return  # the usual case, at once
    found = forbidden_character(text) or next(filter(None, map(_hidden_control, _ENCODED_WORD.findall(text))), None)
    if found:
        raise DeliveryError(f"{what} holds the control character {found}; remove it where it was written")


def _hidden_control(encoded_word: str) -> str | None:
    try:
        return forbidden_character(str(make_header(decode_header(encoded_word))))
    except (LookupError, ValueError):
        return None  # no reader decodes it either


def _encoded(text: str, name: str) -> str:
    charset = "us-ascii" if _is_plain(text) else "utf-8"
    return Header(text, charset, header_name=name, maxlinelen=LONGEST_ENCODED_LINE).encode(linesep="\r\n")


def _is_plain(text: str) -> bool:
    """Fit to stand as it is: ASCII, nothing that a reader would decode, no word too long for a line."""
    return text.isascii() and "=?" not in text and all(len(word) <= MAX_WORD_CHARACTERS for word in text.split(" "))
