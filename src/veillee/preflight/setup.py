"""The operator's side: who reads what comes back, who answers, and whether mail is signed -> findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from veillee.config import MailSettings
from veillee.preflight.dkim_key import PublicKey, UnreadableKeyError, read_public_key
from veillee.preflight.finding import Check, Finding, Severity

LEAST_RSA_BITS = 2048  # RFC 8301 asks for 1024 and advises 2048; Google and Yahoo ask bulk senders for 2048
MOST_RSA_BITS = 4096  # RFC 8301 section 3.2: verifiers need not know longer ones
SMTP = "smtp"


@dataclass(frozen=True, slots=True)
class Selector:
    """A name in the DNS under which a key is published, and that key."""

    name: str
    key: PublicKey


@dataclass(frozen=True, slots=True)
class _Given:
    """One key as the settings name it."""

    selector: str | None
    key: str | None
    selector_setting: str
    key_setting: str
    kind: str


def find_setup_faults(
    mail: MailSettings, *, transport: str, settings_file: str, unsubscribe_to: str, root: Path
) -> Iterator[Finding]:
    """What of the settings would leave readers without an answer, or mail unsigned."""

    def finding(severity: Severity, found: str, allowed: str, todo: str) -> Finding:
        return Finding(severity, Check.SETUP, settings_file, found, allowed, todo)

    if not mail.mailbox:
        found = f"VEILLEE_MAILBOX is not set: nobody reads what arrives at {unsubscribe_to}"
        allowed = "who wants to leave writes there, and what bounces comes back"
        todo = 'write VEILLEE_MAILBOX = "imaps://user@imap.your.site/INBOX" (or "maildir:var/mailbox")'
        yield finding(Severity.WARNING, found, allowed, todo)
    for said in (*_selector_faults(mail), *(said for given in _given(mail) for said in _key_faults(given, root))):
        yield finding(Severity.ERROR, *said)
    if transport == SMTP and not mail.dkim.selector:
        found = "mails are not signed: VEILLEE_DKIM_SELECTOR is not set"
        allowed = "Gmail, Yahoo and Microsoft want every bulk mail signed"
        todo = (
            "make a key with veillee dkim SELECTOR (or openssl genrsa 2048), give it in the environment as "
            "VEILLEE_DKIM_KEY, write VEILLEE_DKIM_SELECTOR, and check again for the DNS record; or let the relay sign"
        )
        yield finding(Severity.WARNING, found, allowed, todo)


def find_desk_faults(mail: MailSettings, *, answer: str, settings_file: str) -> Iterator[Finding]:
    """A desk that does not answer; `answer` is empty where it does, else what happened."""
    if mail.desk_url and answer:
        found = f"nothing answers at VEILLEE_DESK_URL, {mail.desk_url} ({answer})"
        allowed = "every mail would carry a link that unsubscribes nobody"
        todo = "start the desk, or remove VEILLEE_DESK_URL: leaving by mail then still works"
        yield Finding(Severity.ERROR, Check.SETUP, settings_file, found, allowed, todo)


def selectors_of(mail: MailSettings, *, root: Path) -> tuple[Selector, ...]:
    """The keys that sign and can be read."""
    found: list[Selector] = []
    for given in _given(mail):
        if given.selector and given.key:
            try:
                found.append(Selector(given.selector, read_public_key(given.key, root=root)))
            except UnreadableKeyError:
                continue  # named by find_setup_faults
    return tuple(found)


def _given(mail: MailSettings) -> tuple[_Given, ...]:
    dkim = mail.dkim
    return (
        _Given(dkim.selector, dkim.key, "VEILLEE_DKIM_SELECTOR", "VEILLEE_DKIM_KEY", "rsa"),
        _Given(
            dkim.ed25519_selector,
            dkim.ed25519_key,
            "VEILLEE_DKIM_ED25519_SELECTOR",
            "VEILLEE_DKIM_ED25519_KEY",
            "ed25519",
        ),
    )


def _selector_faults(mail: MailSettings) -> Iterator[tuple[str, str, str]]:
    """(found, allowed, todo) for names that do not go together."""
    first, second = mail.dkim.selector, mail.dkim.ed25519_selector
    if second and not first:
        found = "VEILLEE_DKIM_ED25519_SELECTOR is set without VEILLEE_DKIM_SELECTOR"
        yield found, "Gmail, Outlook and Yahoo check RSA alone", "add an RSA key, with a selector of its own"
    elif first and second and first.lower() == second.lower():
        found = f'both DKIM selectors are "{first}"'
        yield found, "each key needs a record of its own", "give them two names"


def _key_faults(given: _Given, root: Path) -> Iterator[tuple[str, str, str]]:
    """(found, allowed, todo) for one key."""
    if not given.selector:
        return
    if not given.key:
        found = f"{given.selector_setting} is set, and {given.key_setting} is not in the environment"
        yield (
            found,
            "",
            f"give the private key as {given.key_setting} (PEM, or the path of a file), or remove the selector",
        )
        return
    try:
        key = read_public_key(given.key, root=root)
    except UnreadableKeyError as err:
        how = "openssl genrsa 2048" if given.kind == "rsa" else "openssl genpkey -algorithm ed25519"
        yield f"{given.key_setting} cannot be used: {err}", "", f"make one with: {how}"
        return
    if key.kind != given.kind:
        yield f"{given.key_setting} is an {key.kind} key", f"an {given.kind} key", "exchange it"
    elif key.kind == "rsa" and not LEAST_RSA_BITS <= key.bits <= MOST_RSA_BITS:
        allowed = f"{LEAST_RSA_BITS} to {MOST_RSA_BITS}"
        yield f"{given.key_setting} has {key.bits} bits", allowed, "make one with: openssl genrsa 2048"
