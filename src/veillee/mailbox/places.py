"""Where mail comes back: `maildir:var/mailbox` or `imaps://user@imap.example.org/INBOX` -> a place to open."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from veillee.errors import ConfigurationError
from veillee.shown import one_line

ALLOWED = '"maildir:FOLDER", "imaps://USER@HOST/FOLDER", or "imap://USER@localhost/FOLDER" on this machine'


@dataclass(frozen=True, slots=True)
class MaildirPlace:
    """A maildir on this machine."""

    folder: Path


@dataclass(frozen=True, slots=True)
class ImapPlace:
    """A folder on an IMAP server; without `is_encrypted` on this machine alone."""

    host: str
    port: int
    user: str
    folder: str
    is_encrypted: bool
    password: str = field(repr=False)
    authority: Path | None = None


def parse_place(
    text: str, *, root: Path, password: str | None, authority: Path | None, name: str = "VEILLEE_MAILBOX"
) -> MaildirPlace | ImapPlace:
    """Where a mailbox is; raises ConfigurationError that says what is wrong with it. Paths are below `root`."""
    scheme, colon, rest = text.partition(":")
    if scheme.lower() == "maildir" and colon:
        folder = rest.removeprefix("//") if rest.startswith("///") else rest
        if not folder.strip() or "\0" in folder or folder.startswith("//"):
            raise _wrong(name, text, 'write a folder behind "maildir:", such as "maildir:var/mailbox"')
        return MaildirPlace(root / folder)
    if scheme.lower() in ("imap", "imaps") and rest.startswith("//"):
        return _imap_place(text, name=name, password=password, authority=authority)
    raise _wrong(name, text, f"allowed: {ALLOWED}; mend it")


def _imap_place(text: str, *, name: str, password: str | None, authority: Path | None) -> ImapPlace:
    parts, port = _split(text, name)
    if parts.password is not None:
        shown = text.replace(f":{parts.password}@", ":…@")
        raise _wrong(name, shown, "a password has no place in it; put it into VEILLEE_MAILBOX_PASSWORD, and change it")
    user, host = unquote(parts.username or ""), parts.hostname or ""
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if not user or not host or parts.query or parts.fragment:
        raise _wrong(name, text, "write imaps://USER@HOST/FOLDER, with %23 for # and %3F for ?")
    if not all(char.isprintable() for char in user + host + folder):
        raise _wrong(name, text, "it holds a control character; take it out")
    is_encrypted = parts.scheme == "imaps"
    if not is_encrypted and not _is_here(host):
        raise _wrong(name, text, "the password would cross the network in clear; write imaps://")
    if not password:
        raise ConfigurationError(f"{name} names the user {user}; their password must be in VEILLEE_MAILBOX_PASSWORD")
    if not all(char.isprintable() for char in password):
        raise ConfigurationError("VEILLEE_MAILBOX_PASSWORD holds a control character (a line end?); take it out")
    return ImapPlace(host, port or (993 if is_encrypted else 143), user, folder, is_encrypted, password, authority)


def _split(text: str, name: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        return parts, parts.port
    except ValueError as err:
        raise _wrong(name, text, f"{err}; write imaps://USER@HOST:PORT/FOLDER") from err


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _wrong(name: str, text: str, todo: str) -> ConfigurationError:
    return ConfigurationError(f'{name} is "{one_line(text)}"; {todo}')
