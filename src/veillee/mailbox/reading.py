"""Reading what came back: the bytes of a message -> a wish to leave, a bounce, a complaint, a notice, or other. Pure.

Reports in a standard form come first; then wishes to leave, which carry a token in their subject; then machines that
answer by themselves; then bounces in the many forms of old servers, from machines only. Nothing in the body of a mail
makes anybody leave: it may quote one of ours.
"""

from __future__ import annotations

import re
from email.message import Message

from veillee.mailbox.anatomy import (
    UnreadableError,
    header,
    parse_message,
    parts_of,
    returned_message,
    said_in,
    sender_of,
    text_of,
)
from veillee.mailbox.complaints import read_complaint
from veillee.mailbox.delivery_status import read_status_report
from veillee.mailbox.heuristics import has_failed_for_good
from veillee.mailbox.status import kind_of, status_in
from veillee.mailbox.traces import delivered_to, tokens_in, traces_of
from veillee.model.returned import Bounce, Leave, Notice, Other, Returned, Traces

_MACHINES = re.compile(
    r"(mailer-?daemon|postmaster|mail-?daemon|mdaemon|mail-delivery-(sub)?system|microsoftexchange[0-9a-f]*)@"
)
_WISH = re.compile(
    r"\W*((re|fwd?|tr|aw|rép)\s*:\s*)*"
    r"(please |merci de |svp |s'il vous pla[iî]t )?(me |se )?"
    r"(unsubscribe|d[ée]sabonne\w*|d[ée]sinscri\w*|remove me|opt[- ]?out|stop)([ -](me|moi))?"
    r"( please| svp| merci)?\W*\Z",
    re.IGNORECASE,
)
_ABSENCE = re.compile(
    r"(automatic reply|auto(matic)?[- ]?(reply|response)|out of (the )?office|r[ée]ponse automatique|"
    r"absen(ce|t)\b|en cong[ée]|message d'absence|r[ée]ponse d'absence)",
    re.IGNORECASE,
)
_ANSWERING_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From")


def read_returned(content: bytes) -> Returned:
    """What a message is. Whatever its bytes are, this returns, and soon."""
    try:
        message = parse_message(content)
        return _read(message)
    except UnreadableError as err:
        return Other(str(err))
    except RecursionError:
        return Other("too much stands inside one another in it")
    except Exception as err:  # noqa: BLE001 - one message made to break us must not keep the others from being read
        return Other(f"it cannot be understood ({type(err).__name__})")


def _read(message: Message) -> Returned:
    sender, subject = sender_of(message), header(message, "Subject")
    found = (
        read_complaint(message, sender=sender)
        or _reported(message)
        or _wish_by_token(sender, subject)
        or _answered_by_machine(message, subject)
        or _failed_in_old_form(message)
        or _wish_in_words(message, sender, subject)
    )
    return found or Other(
        "neither a report nor a wish to leave; read it in the mailbox", said_in(sender), said_in(subject)
    )


def _reported(message: Message) -> Bounce | Notice | None:
    if next(parts_of(message, "message/disposition-notification"), None):
        return Notice("a receipt: somebody opened or deleted a mail")
    report = read_status_report(message)
    if report is None:
        return None
    if report.kind is None:
        is_late = report.action.startswith("delayed")
        return Notice("a server is still trying" if is_late else f"a server says: {said_in(report.action)}")
    return Bounce(report.kind, report.status, report.words, _traces(message))


def _wish_by_token(sender: str, subject: str) -> Leave | None:
    tokens = tokens_in(subject)
    return Leave(tokens[0], said_in(sender), said_in(subject)) if tokens else None


def _answered_by_machine(message: Message, subject: str) -> Notice | None:
    """RFC 3834; old servers mark their bounces as replies as well, and are looked at by what follows."""
    if header(message, "X-Failed-Recipients") or _is_machine(message):
        return None
    automatic = header(message, "Auto-Submitted").lower().partition(";")[0].strip()
    is_marked = automatic not in ("", "no") or any(header(message, name) for name in _ANSWERING_HEADERS)
    if is_marked or header(message, "Precedence").lower() == "auto_reply" or _ABSENCE.match(subject.lstrip(" [")):
        return Notice("an automatic reply")
    return None


def _failed_in_old_form(message: Message) -> Bounce | Notice | None:
    if not header(message, "X-Failed-Recipients") and not _is_machine(message):
        return None
    text = text_of(message)
    has_failed = has_failed_for_good(message)
    status = status_in(text)
    if has_failed is None and not status.startswith(("4", "5")):
        return None
    if has_failed is False:
        return Notice("a server is still trying")
    return Bounce(kind_of(status, text), status, said_in(_line_with(status, text)), _traces(message))


def _wish_in_words(message: Message, sender: str, subject: str) -> Leave | None:
    """A short "unsubscribe" in the subject or in the first line, without a token."""
    first_line = next((line for line in text_of(message).splitlines() if line.strip()), "")
    if any(_WISH.match(text[:200]) for text in (subject, first_line)):
        return Leave(None, said_in(sender), said_in(subject))
    return None


def _is_machine(message: Message) -> bool:
    return bool(_MACHINES.match(sender_of(message)))


def _traces(message: Message) -> Traces:
    returned = traces_of(returned_message(message))
    return Traces(delivered_to(message) + returned.addresses, returned.message_ids, returned.tokens)


def _line_with(status: str, text: str) -> str:
    """The line of a text that says why: the one with the code, else the first."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    code = status if status and status in text else status.partition(".")[0] and f"{status[0]}5"
    return next((line for line in lines if code and code in line), lines[0] if lines else "")
