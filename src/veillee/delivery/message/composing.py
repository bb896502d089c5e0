"""Messages: a rendered variant and a recipient -> the bytes that leave, with every header of a bulk mail.

Everything but the recipient's own values is encoded once for a variant (`make_stencil`) and joined for each
recipient (`MessagePress`). Headers by RFC 5322, 2369 (List-Unsubscribe), 2919 (List-ID), 3834 (Auto-Submitted).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

from veillee.delivery.message.filling import Filling
from veillee.delivery.message.headers import mailbox_header, plain_header, text_header
from veillee.delivery.message.press import MessagePress
from veillee.delivery.message.stencil import Form, Piece, Stencil, encoded_text, with_neighbours_joined
from veillee.errors import DeliveryError
from veillee.model import Digest, Mailbox, Variant
from veillee.model.address import Address, AddressError, parse_address

TRIAL_HEADER = "X-Veillee-Test"


def compose_message(
    variant: Variant,
    *,
    digest: Digest,
    recipient: Mailbox,
    date: datetime,
    message_id: str,
    unsubscribe_url: str,
) -> bytes:
    """One recipient's message, unsigned. `message_id` has its angle brackets; `unsubscribe_url` is a mailto: URL."""
    stencil = make_stencil(variant, digest=digest, date=date)
    address = address_of(recipient, what="recipient").wire
    filling = Filling(recipient.name, address, message_id, unsubscribe_mailto=unsubscribe_url)
    return MessagePress(stencil, signed_at=date).message(filling)


def make_stencil(variant: Variant, *, digest: Digest, date: datetime, mark: str = "") -> Stencil:
    """The message for every recipient of a variant. Raises DeliveryError where a header would not be safe.

    `mark` stands before the subject of a trial (`[test fr] `), which has a header of its own besides.
    """
    text_encoding, text_pieces = encoded_text(variant.text, Form.TEXT)
    html_encoding, html_pieces = encoded_text(variant.html, Form.HTML)
    boundary = _boundary(variant)
    body: list[Piece] = [
        _part_header(boundary, b"text/plain", text_encoding),
        *text_pieces,
        b"\r\n" + _part_header(boundary, b"text/html", html_encoding),
        *html_pieces,
        b"\r\n--" + boundary + b"--\r\n",
    ]
    headers = _shared_headers(variant, digest=digest, date=date, mark=mark) + _multipart_headers(boundary)
    return Stencil(headers, tuple(with_neighbours_joined(body)))


def message_ids(digest: Digest, edition_id: str, *, key: bytes) -> Callable[[str], str]:
    """The Message-ID of each normalised address: the same for every attempt, so that the log of a relay can settle a
    doubt; it says nothing of the address.
    """
    domain = sender_of(digest).domain
    begun = hmac.new(key, f"{digest.id}\0{edition_id}\0".encode(), hashlib.sha256)

    def make(address_key: str) -> str:
        whole = begun.copy()
        whole.update(address_key.encode())
        return f"<{whole.hexdigest()[:40]}@{domain}>"

    return make


def message_id_for(digest: Digest, edition_id: str, address_key: str, *, secret: bytes) -> str:
    """One recipient's Message-ID."""
    return message_ids(digest, edition_id, key=secret)(address_key)


def sender_of(digest: Digest) -> Address:
    """The address that the digest comes from."""
    return address_of(digest.sender, what="sender")


def address_of(mailbox: Mailbox, *, what: str) -> Address:
    """A mailbox's address, checked; raises DeliveryError where it is none."""
    try:
        return parse_address(mailbox.address)
    except AddressError as err:
        raise DeliveryError(f'the {what} "{mailbox.address}" is not an address ({err}); correct it') from err


def _shared_headers(variant: Variant, *, digest: Digest, date: datetime, mark: str) -> bytes:
    """The headers that do not differ by recipient; the others are a `Filling`'s."""
    sender = sender_of(digest)
    reply_to = address_of(Mailbox("", digest.reply_to), what="reply_to") if digest.reply_to else None
    feedback_id = f"{_atom(variant.edition_id)}:{_atom(digest.id)}:{sender.domain}:veillee"
    return b"".join(
        (
            mailbox_header("From", digest.sender.name, sender.wire),
            mailbox_header("Reply-To", "", reply_to.wire) if reply_to else b"",
            text_header("Subject", mark + variant.subject),
            plain_header("Date", format_datetime(date)),
            _list_id(digest, variant.lang, sender.domain),
            plain_header("Feedback-ID", feedback_id),
            plain_header("Auto-Submitted", "auto-generated"),
            plain_header("Precedence", "bulk"),
            plain_header("Content-Language", _atom(variant.lang)),
            plain_header(TRIAL_HEADER, "yes") if mark else b"",
        )
    )


def _list_id(digest: Digest, lang: str, domain: str) -> bytes:
    """`Title <weekly.example.org>`; the title never looks like an address or an encoded trick."""
    title = re.sub(r"[<>\"\\,;:()@\[\]]", " ", digest.title_in(lang))
    encoded = text_header("List-ID", " ".join(title.split())).removesuffix(b"\r\n")
    return encoded + b"\r\n <" + f"{_atom(digest.id)}.{domain}".encode("ascii") + b">\r\n"


def _atom(text: str) -> str:
    """A word with letters, digits, dots and dashes only."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-.") or "x"


def _multipart_headers(boundary: bytes) -> bytes:
    return b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="' + boundary + b'"\r\n'


def _part_header(boundary: bytes, media_type: bytes, encoding: bytes) -> bytes:
    return (
        b"--" + boundary + b"\r\n"
        b"Content-Type: " + media_type + b'; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n"
    )


def _boundary(variant: Variant) -> bytes:
    """The same for equal input. `=_` stands in no body: neither quoted-printable nor base64 can hold it."""
    return b"=_" + hashlib.sha256(repr(variant).encode() + repr(variant.text).encode()).hexdigest()[:24].encode()
