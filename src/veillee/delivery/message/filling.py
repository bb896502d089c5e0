"""A filling: what one recipient's message holds of its own. Making one checks it: what was made is safe to print."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote

from veillee.delivery.message.headers import mailbox_header, refuse_controls
from veillee.errors import DeliveryError
from veillee.model import Token

_ONE_CLICK = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")  # printable ASCII but angle brackets, on one line of 998 octets
_MAILTO = re.compile(r"mailto:[!-;=?-~]{1,900}")
_HTTPS = re.compile(r"https://[!-;=?-~]{1,900}")
_ASCII_OF_URLS = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True, slots=True)
class Filling:
    """The recipient's name and checked wire address, the Message-ID with its brackets, and the two ways to leave.

    `unsubscribe_https` is given only where something answers a POST there without asking back (RFC 8058). Raises
    DeliveryError where a value could not stand in a header. `headers` are the recipient's own, as whole lines.
    """

    name: str
    address: str
    message_id: str
    unsubscribe_mailto: str
    unsubscribe_https: str | None = None
    headers: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        to = mailbox_header("To", self.name.strip(), self.address)
        identity = _checked(self.message_id, _MESSAGE_ID, what="Message-ID")
        mailto = _checked(self.unsubscribe_mailto, _MAILTO, what="List-Unsubscribe (by mail)")
        leave = f"Message-ID: {identity}\r\nList-Unsubscribe: <{mailto}>\r\n".encode()
        if self.unsubscribe_https is not None:
            https = _checked(self.unsubscribe_https, _HTTPS, what="List-Unsubscribe (by https)")
            leave = f"Message-ID: {identity}\r\nList-Unsubscribe: <{https}>,\r\n <{mailto}>\r\n".encode() + _ONE_CLICK
        object.__setattr__(self, "headers", to + leave)

    def value(self, token: Token) -> str:
        """What stands in a hole of the body, not escaped nor encoded yet."""
        if token is Token.RECIPIENT_NAME:
            return self.name.strip()
        return self.unsubscribe_https or self.unsubscribe_mailto


def _checked(value: str, form: re.Pattern[str], *, what: str) -> str:
    """The value in ASCII."""
    if form.fullmatch(value):
        return value
    refuse_controls(value, what=what)
    in_ascii = quote(value, safe=_ASCII_OF_URLS) if not value.isascii() else value
    if not form.fullmatch(in_ascii):
        raise DeliveryError(f'{what} is "{value}", which no header can hold; correct it')
    return in_ascii
