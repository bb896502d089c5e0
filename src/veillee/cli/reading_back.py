"""Reading back: the mailbox's unread messages -> who leaves, who bounced, who complained, and what a person must read.

Each message is one transaction, committed before it is marked as read: if the machine dies in between it is read
twice, and the second time changes nothing.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection

from veillee.audience.leaving import CAN_LEAVE, leave
from veillee.audience.subscribers import subscribers_by_key
from veillee.audience.tokens import read_leaving
from veillee.config import SiteSettings
from veillee.database import Database
from veillee.delivery.ledger.bounces import Effect, Weighed, settle_bounce, settle_complaint
from veillee.errors import SourceError
from veillee.keys import load_keys
from veillee.mailbox.inbox import Inbox, open_inbox
from veillee.mailbox.letter import Letter
from veillee.mailbox.places import ImapPlace, MaildirPlace, parse_place
from veillee.mailbox.reading import read_returned
from veillee.model.address import AddressError, parse_address
from veillee.model.returned import Bounce, Complaint, Leave, Notice, Other, Returned

MOST_SECONDS = 300.0
"""A run reads no longer than this; the next one goes on."""

Place = MaildirPlace | ImapPlace


class Fate(StrEnum):
    """What became of a message."""

    LEFT = "left"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    CAME_BACK = "came back"  # softly: the address stays
    IGNORED = "ignored"
    LATER = "later"  # read again by the next run
    FOR_A_HUMAN = "for a human"


STAYING_UNREAD = (Fate.LATER, Fate.FOR_A_HUMAN)


@dataclass(frozen=True, slots=True)
class Finding:
    """One message and what became of it. `digest_id` None at `LEFT` means all digests; `todo` is a command."""

    fate: Fate
    why: str
    address: str = ""
    words: str = ""
    digest_id: str | None = None
    sender: str = ""
    subject: str = ""
    todo: str = ""


@dataclass(slots=True)
class MailboxReport:
    """What one reading found. `error` is what stopped it; what was settled before stays settled.

    `label` is empty where no mailbox is set; `is_complete` is False where the time was up.
    """

    label: str
    findings: list[Finding] = field(default_factory=list)
    error: SourceError | None = None
    is_complete: bool = True

    def of(self, *fates: Fate) -> list[Finding]:
        return [finding for finding in self.findings if finding.fate in fates]


def read_back(
    site: SiteSettings,
    database: Database,
    *,
    now: datetime,
    place: Place | None = None,
    seconds: Callable[[], float] = time.monotonic,
) -> MailboxReport:
    """Reads the mailbox and settles what it says, before a mailing: who left is not mailed.

    A mailbox that cannot be reached is in the report as its `error`; one that is set up wrongly raises.
    """
    place = place or configured_place(site)
    if place is None:
        return MailboxReport("")
    settling = _settling(site, now=now)
    inbox = open_inbox(place)
    report = MailboxReport(inbox.label)
    end = seconds() + MOST_SECONDS

    def settle(letter: Letter) -> None:
        report.findings.append(settling.settle(database, read_returned(letter.content)))
        if report.findings[-1].fate not in STAYING_UNREAD:
            inbox.mark_read(letter)

    _each_unread(inbox, report, settle, is_over=lambda: seconds() > end)
    return report


def rehearse(
    site: SiteSettings,
    database: Database,
    *,
    now: datetime,
    place: Place,
    seconds: Callable[[], float] = time.monotonic,
) -> MailboxReport:
    """The same report, and nothing is changed: the messages stay unread, and the transaction is rolled back."""
    settling = _settling(site, now=now)
    inbox = open_inbox(place)
    report = MailboxReport(inbox.label)
    end = seconds() + MOST_SECONDS
    returned: list[Returned] = []
    _each_unread(inbox, report, lambda letter: returned.append(read_returned(letter.content)), lambda: seconds() > end)
    try:
        with database.writing() as connection:
            report.findings = [settling.decided(connection, one) for one in returned]
            raise _NothingIsStoredError
    except _NothingIsStoredError:
        return report


def configured_place(site: SiteSettings) -> Place | None:
    """Where VEILLEE_MAILBOX says; None where it is not set."""
    return place_of(site, site.mail.mailbox, root=site.root) if site.mail.mailbox else None


def place_of(site: SiteSettings, text: str, *, root: Path, name: str = "VEILLEE_MAILBOX") -> Place:
    """The mailbox that a text names, with the password and the authority of the settings."""
    mail = site.mail
    return parse_place(text, root=root, password=mail.mailbox_password, authority=mail.authority, name=name)


class _NothingIsStoredError(Exception):
    """Ends the transaction of a rehearsal."""


def _each_unread(
    inbox: Inbox, report: MailboxReport, use: Callable[[Letter], None], is_over: Callable[[], bool]
) -> None:
    try:
        with inbox:
            for letter in inbox.unread():
                use(letter)
                if is_over():
                    report.is_complete = False
                    return
    except SourceError as error:
        report.error = error


def _settling(site: SiteSettings, *, now: datetime) -> _Settling:
    from veillee.cli.subscribers.choosing import digest_ids

    keys = load_keys(site.var, given=site.secret, past=site.past_secrets)
    return _Settling(keys.every, digest_ids(site), now)


@dataclass(frozen=True, slots=True)
class _Settling:
    """What settles a message: the keys that are believed, the digests that there are, the clock."""

    keys: tuple[bytes, ...] = field(repr=False)
    digest_ids: tuple[str, ...]
    now: datetime

    def settle(self, database: Database, returned: Returned) -> Finding:
        """One message in one transaction; those that change nothing open none."""
        if isinstance(returned, Notice | Other):
            return _untouched(returned)
        with database.writing() as connection:
            return self.decided(connection, returned)

    def decided(self, connection: Connection, returned: Returned) -> Finding:
        """What becomes of a message, inside the caller's transaction."""
        match returned:
            case Notice() | Other():
                return _untouched(returned)
            case Leave(None):
                return _asked_in_words(connection, returned)
            case Leave():
                return self._left(connection, returned)
            case Bounce():
                return self._bounced(connection, returned)
            case Complaint():
                return self._complained(connection, returned)

    def _left(self, connection: Connection, wish: Leave) -> Finding:
        leaving = read_leaving(wish.token or "", secrets=self.keys)
        if leaving is None:
            why = "its token is not one that we signed, with any key that is still believed"
            return _asked_in_words(connection, wish, why=why)
        departure = leave(connection, leaving, digest_ids=self.digest_ids, now=self.now)
        if departure.address is None:
            return Finding(Fate.IGNORED, "whoever had this token is not stored any more")
        if not departure.changes:
            return Finding(Fate.IGNORED, "had left before", departure.address)
        why = "gets no digest any more" if departure.is_last else f"does not get {departure.digest_id} any more"
        return Finding(Fate.LEFT, why, departure.address, digest_id=None if departure.is_last else leaving.digest_id)

    def _bounced(self, connection: Connection, bounce: Bounce) -> Finding:
        words = bounce.words if bounce.status in bounce.words else f"{bounce.status} {bounce.words}".strip()
        weighed = settle_bounce(connection, bounce.kind, bounce.traces, words=words, keys=self.keys, now=self.now)
        fate = Fate.BOUNCED if weighed.effect is Effect.ENDED else Fate.CAME_BACK
        return _found(fate, weighed, words=words, not_ours=f"a {bounce.kind.value} bounce")

    def _complained(self, connection: Connection, complaint: Complaint) -> Finding:
        found = (read_leaving(token, secrets=self.keys) for token in complaint.traces.tokens)
        weighed = settle_complaint(
            connection,
            complaint.traces,
            readers=[(one.subscriber_id, one.digest_id) for one in found if one],
            words=complaint.words,
            keys=self.keys,
            now=self.now,
        )
        return _found(Fate.COMPLAINED, weighed, words=complaint.words, not_ours="a complaint")


def _untouched(returned: Notice | Other) -> Finding:
    if isinstance(returned, Notice):
        return Finding(Fate.IGNORED, returned.words)
    return Finding(Fate.FOR_A_HUMAN, returned.reason, sender=returned.sender, subject=returned.subject)


def _found(fate: Fate, weighed: Weighed, *, words: str, not_ours: str) -> Finding:
    if weighed.effect is Effect.NOT_OURS:
        return Finding(Fate.FOR_A_HUMAN, f"{not_ours}, but {weighed.why}", words=words)
    fates = {Effect.IGNORED: Fate.IGNORED, Effect.LATER: Fate.LATER}
    return Finding(fates.get(weighed.effect, fate), weighed.why, weighed.address, words)


def _asked_in_words(connection: Connection, wish: Leave, *, why: str = "") -> Finding:
    """From can be forged, so that a person decides; the command is at hand."""
    known = _subscribed(connection, wish.sender)
    todo = f"veillee subscribers remove {shlex.quote(known)}" if known else ""
    reason = f"asks to leave; {why or 'it carries no token'}"
    if not known:
        reason += ", and its sender is no subscriber"
    return Finding(Fate.FOR_A_HUMAN, reason, sender=wish.sender, subject=wish.subject, todo=todo)


def _subscribed(connection: Connection, address: str) -> str:
    """The address as it is stored, where somebody could leave by it."""
    try:
        key = parse_address(address).key
    except AddressError:
        return ""
    found = subscribers_by_key(connection, [key]).get(key)
    return found.address if found and found.state in CAN_LEAVE else ""
