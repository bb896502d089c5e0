"""A message taken apart: bytes -> headers as text, parts, and what was returned inside. Never an exception.

The plain parser of the standard library (compat32), which wants no header to be well formed. What makes it, and those
who read its result, take their time is bounded before: lines, the length of a header, parts inside one another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message

from veillee.shown import one_line, shortened

MOST_NESTED = 40
MOST_LINES = 5_000
MOST_TEXT = 20_000
MOST_HEADER = 10_000
_NESTS = re.compile(rb"^content-type:[ \t]*(?:\r?\n[ \t]+)*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>(),;:\"]{1,200}@[^\s<>(),;:\"]{1,255}")


class UnreadableError(Exception):
    """Why a message cannot be taken apart, in words for whoever opens it by hand."""


def parse_message(content: bytes) -> Message:
    """The message; raises UnreadableError where there is none, or where it was made to be expensive."""
    if not content.strip():
        raise UnreadableError("it is empty")
    if len(_NESTS.findall(content)) > MOST_NESTED:
        raise UnreadableError(f"more than {MOST_NESTED} messages and multiparts stand inside it")
    try:
        return message_from_bytes(b"\n".join(content.split(b"\n", MOST_LINES)[:MOST_LINES]))
    except Exception as err:
        raise UnreadableError(f"it cannot be parsed ({type(err).__name__})") from err


def header(message: Message, name: str) -> str:
    """A header as people read it, on one line; empty where there is none."""
    return one_line(_decoded(_raw(message, name)))


def raw_headers(message: Message, *names: str) -> Iterator[str]:
    """Every header of these names as it was sent."""
    for name in names:
        yield from (
            _as_text(str(value)[:MOST_HEADER]) for key, value in message.raw_items() if key.lower() == name.lower()
        )


def sender_of(message: Message) -> str:
    """The address in From, in lower case; empty where there is none."""
    found = addresses_in(_raw(message, "From"))
    return found[0].lower() if found else ""


def addresses_in(*values: str) -> tuple[str, ...]:
    """Every address that stands in these headers, each once, in their order."""
    found = (address for value in values for address in _ADDRESS.findall(value))
    return tuple(dict.fromkeys(found))


def parts_of(message: Message, media_type: str) -> Iterator[Message]:
    """The parts of this type outside of what was returned."""
    for part in own_parts(message):
        if part.get_content_type() == media_type:
            yield part


def own_parts(message: Message) -> Iterator[Message]:
    """The message and its parts, without those of a message that it carries."""
    yield message
    if message.get_content_maintype() == "multipart" and isinstance(message.get_payload(), list):
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from own_parts(part)


def returned_message(message: Message) -> Message | None:
    """The message that a report carries, or its headers alone."""
    for part in own_parts(message):
        kind = part.get_content_type()
        if kind in ("message/rfc822", "message/global") and part.is_multipart():
            inner = part.get_payload(0)
            return inner if isinstance(inner, Message) else None
        if kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            return message_from_bytes(body_bytes(part))
    return None


def fields_of(part: Message) -> tuple[Message, ...]:
    """The blocks of fields in a report (RFC 3464, RFC 5965), however its sender wrapped them."""
    payload = part.get_payload()
    if isinstance(payload, list):
        blocks = tuple(block for block in payload if isinstance(block, Message))
        if any(block.keys() for block in blocks):
            return blocks
    body = body_bytes(part)
    return tuple(message_from_bytes(block) for block in re.split(rb"\r?\n[ \t]*\r?\n", body) if block.strip())


def text_of(message: Message) -> str:
    """What the message says itself, up to MOST_TEXT characters: its text parts, without what was returned."""
    texts = []
    for part in own_parts(message):
        if part.get_content_maintype() == "text" and part.get_content_type() != "text/rfc822-headers":
            texts.append(body_bytes(part).decode(_charset(part), errors="replace"))
    return "\n".join(texts)[:MOST_TEXT]


def body_bytes(part: Message) -> bytes:
    """The body, decoded; empty where it cannot be."""
    try:
        found = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001 - as above
        return b""
    return found if isinstance(found, bytes) else b""


def said_in(text: str) -> str:
    """Words of a report for people: one line of a bearable length."""
    return shortened(text, 200)


def _charset(part: Message) -> str:
    try:
        name = part.get_content_charset() or "utf-8"
        b"".decode(name)
    except (LookupError, ValueError, TypeError, AttributeError):
        return "utf-8"
    return name


def _raw(message: Message, name: str) -> str:
    return next(raw_headers(message, name), "")


def _as_text(value: str) -> str:
    """Bytes beyond ASCII, which the parser keeps as halves of surrogate pairs, are UTF-8 (RFC 6532) or nothing."""
    return value.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, UnicodeError, LookupError, ValueError, TypeError, AssertionError):
        return value
