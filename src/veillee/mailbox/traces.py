"""Traces of one of our messages in what came back: return paths, message ids, tokens. Pure.

Nothing here is believed: each is proved, or not, where the keys and the ledger are.
"""

from __future__ import annotations

import re
from email.message import Message
from urllib.parse import unquote

from veillee.mailbox.anatomy import addresses_in, raw_headers
from veillee.model.returned import Traces

_DELIVERED_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "X-RCPT-To", "To")
_CAME_FROM = ("Return-Path", "X-Envelope-From", "Envelope-From", "X-Return-Path")
_TOKEN = re.compile(
    r"(?<![a-z0-9.])v1\.[0-9]{1,18}\.[a-z0-9_-]{1,100}\.[0-9a-f]{32}(?![0-9a-f])", re.IGNORECASE | re.ASCII
)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_FOR = re.compile(r"\bfor\s+<([^<>\s]{3,320})>")
MOST = 20


def tokens_in(text: str) -> tuple[str, ...]:
    """Words that have the looks of a token, in lower case as they were made; in a mailto: address, too."""
    return tuple(found.lower() for found in _TOKEN.findall(unquote(text)))[:MOST]


def delivered_to(message: Message) -> tuple[str, ...]:
    """The addresses that a message was delivered to, as each server on its way wrote them down."""
    received = (match for line in raw_headers(message, "Received") for match in _FOR.findall(line))
    return addresses_in(*raw_headers(message, *_DELIVERED_TO), *received)[:MOST]


def traces_of(returned: Message | None) -> Traces:
    """What tells the message of ours inside of a report."""
    if returned is None:
        return Traces()
    ids = (match for line in raw_headers(returned, "Message-ID") for match in _MESSAGE_ID.findall(line))
    wishes = "".join("".join(raw_headers(returned, "List-Unsubscribe")).split())
    return Traces(addresses_in(*raw_headers(returned, *_CAME_FROM))[:MOST], tuple(ids)[:MOST], tokens_in(wishes))
