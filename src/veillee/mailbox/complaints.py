"""Complaints: reports of "this is spam" (ARF, RFC 5965) -> what they are about. Pure.

Providers hide who complained; what they leave of the message itself says it.
"""

from __future__ import annotations

from email.message import Message

from veillee.mailbox.anatomy import addresses_in, fields_of, header, parts_of, raw_headers, returned_message
from veillee.mailbox.traces import traces_of
from veillee.model.returned import Complaint, Notice, Traces

_COUNTING = ("abuse", "fraud", "opt-out")
_HOTMAIL_SENDER, _HOTMAIL_SUBJECT = "staff@hotmail.com", "complaint about message from"


def read_complaint(message: Message, *, sender: str) -> Complaint | Notice | None:
    """A complaint; a notice where the feedback is of another sort; None where there is none."""
    fields = next((block for part in parts_of(message, "message/feedback-report") for block in fields_of(part)), None)
    if fields is None:
        return _from_hotmail(message, sender=sender)
    kind = header(fields, "Feedback-Type").lower()
    if kind not in _COUNTING:
        return Notice(f"feedback of the type {kind or 'unknown'}, which is no complaint")
    about = traces_of(returned_message(message))
    addresses = addresses_in(*raw_headers(fields, "Original-Mail-From"), *about.addresses)
    words = f"{kind} reported by {header(fields, 'User-Agent') or sender or 'a provider'}"
    return Complaint(words, Traces(addresses, about.message_ids, about.tokens))


def _from_hotmail(message: Message, *, sender: str) -> Complaint | None:
    """Microsoft's junk mail reports, which keep to no standard."""
    if sender != _HOTMAIL_SENDER or not header(message, "Subject").lower().startswith(_HOTMAIL_SUBJECT):
        return None
    return Complaint("reported as junk at Microsoft", traces_of(returned_message(message)))
