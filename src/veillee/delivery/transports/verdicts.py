"""What a server's reply means for a message, and when refusals say that nobody should go on. Pure.

A refusal that is about us (our sender, our password, our standing, our relay's rules) is not the reader's fault: it is
tried again later, and several of them, one after the other, stop the run before the whole list is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from veillee.delivery.envelope import Outcome, Reply
from veillee.delivery.transports.wire import ServerReply

ABOUT_US_IN_A_ROW = 5
REFUSED_AT_FIRST = 30
"""So many refusals for good before anything at all was accepted: it is hardly the readers."""

_STATUS = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.])")
_TOO_LARGE = ("5.2.3", "5.3.4")
_QUOTA_OF_SENDER = "5.4.5"
_NOT_LOGGED_IN = (530, 535, 538)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The command that was refused (`.` is the end of the message), and how."""

    command: str
    reply: ServerReply


def outcome_of(refusal: Refusal) -> Outcome:
    """What becomes of a message whose envelope, or whose start, was refused: it has certainly not been taken."""
    reply = refusal.reply
    is_for_good = reply.code // 100 == 5 and not is_about_us(refusal)
    return Outcome(Reply.PERMANENT if is_for_good else Reply.TEMPORARY, reply.words)


def outcome_of_end(reply: ServerReply) -> Outcome:
    """What became of a message that was handed over whole. An answer that is none leaves a doubt."""
    if reply.code // 100 == 2:
        return Outcome(Reply.ACCEPTED, reply.words)
    if reply.code // 100 == 3:
        return Outcome(Reply.IN_DOUBT, reply.words)
    return outcome_of(Refusal(".", reply))


def is_about_us(refusal: Refusal) -> bool:
    """Whether a refusal for good is about who sends (RFC 3463: 5.7.x is security or policy)."""
    reply = refusal.reply
    found = _STATUS.match(reply.lines[0]) if reply.lines else None
    status = found[1] if found else ""
    if reply.code // 100 != 5:
        return False
    if refusal.command == "MAIL":
        return reply.code != 552 and status not in _TOO_LARGE
    return reply.code in _NOT_LOGGED_IN or status.startswith("5.7.") or status == _QUOTA_OF_SENDER


class Refusals:
    """What was refused since a message was last accepted, over all connections of a run."""

    def __init__(self) -> None:
        self._about_us = 0
        self._for_good = 0
        self._has_accepted = False

    def accepted(self) -> None:
        self._about_us = 0
        self._has_accepted = True

    def are_enough(self, refusal: Refusal) -> bool:
        """Whether with this one it is plain that the server takes nothing from us."""
        if is_about_us(refusal):
            self._about_us += 1
        elif refusal.reply.code // 100 == 5:
            self._for_good += 1
        is_refusing_all = not self._has_accepted and self._for_good >= REFUSED_AT_FIRST
        return self._about_us >= ABOUT_US_IN_A_ROW or is_refusing_all
