"""Delivery status notifications (RFC 3464): a parsed message -> a bounce, a notice, or neither. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message

from veillee.mailbox.anatomy import fields_of, header, own_parts, said_in
from veillee.mailbox.status import kind_of, status_in
from veillee.model.returned import BounceKind

_FAILED = ("fail", "error")  # opensmtpd writes "error"
_MILDEST_FIRST = (None, BounceKind.SOFT, BounceKind.HARD)
DELIVERY_STATUS = ("message/delivery-status", "message/global-delivery-status")


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What a report says of one recipient. `kind` is None where the message arrived, or may still arrive."""

    action: str
    kind: BounceKind | None
    status: str
    words: str


def read_status_report(message: Message) -> StatusReport | None:
    """What the report says; None where the message holds none, or one that names no recipient.

    Of several recipients the best off counts: where one of them got the message, the address works.
    """
    blocks = [
        block for part in own_parts(message) if part.get_content_type() in DELIVERY_STATUS for block in fields_of(part)
    ]
    found = [_of_recipient(block) for block in blocks if header(block, "Action") or header(block, "Status")]
    return min(found, key=lambda one: _MILDEST_FIRST.index(one.kind)) if found else None


def _of_recipient(block: Message) -> StatusReport:
    action = header(block, "Action").lower()
    diagnostic = header(block, "Diagnostic-Code")
    status = status_in(header(block, "Status"), diagnostic)
    has_failed = action.startswith(_FAILED) or (not action and status.startswith(("4", "5")))
    kind = kind_of(status, diagnostic) if has_failed else None
    return StatusReport(action or "failed", kind, status, said_in(_words(diagnostic) or status or action))


def _words(diagnostic: str) -> str:
    """`smtp; 550 5.1.1 User unknown` without its first word."""
    return diagnostic.partition(";")[2].strip() or diagnostic
