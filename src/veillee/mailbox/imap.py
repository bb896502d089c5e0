"""The IMAP door: a folder on a server, over TLS with its certificate verified; by imap-tools.

A message is asked for in part (`BODY.PEEK[]<0.N>`), so that a huge one never fills the memory, and marked `\\Seen`
by hand: the library's own `flag` also expunges what somebody else marked as deleted.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from imaplib import IMAP4
from types import TracebackType
from typing import Any, Self

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from veillee.errors import ConfigurationError, SourceError
from veillee.mailbox.letter import BYTES_READ, Letter
from veillee.mailbox.places import ImapPlace
from veillee.shown import shortened

TIMEOUT_S = 30.0
_FAILURES = (ImapToolsError, IMAP4.error, OSError, EOFError, ValueError)


class ImapInbox:
    """One folder of one user."""

    def __init__(self, place: ImapPlace, *, timeout_s: float = TIMEOUT_S) -> None:
        self._place = place
        self._timeout_s = timeout_s
        self._connection: BaseMailBox | None = None

    @property
    def label(self) -> str:
        place = self._place
        return f"{'imaps' if place.is_encrypted else 'imap'}://{place.user}@{place.host}:{place.port}/{place.folder}"

    def __enter__(self) -> Self:
        with self._our_errors():
            self._connection = self._connected()
        try:
            self._log_in(self._connection)
            self._select(self._connection)
        except BaseException:
            self._hang_up()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def unread(self) -> Iterator[Letter]:
        with self._our_errors():
            uids = self._opened.uids("UNSEEN UNDELETED", charset=None)
        for uid in uids:
            with self._our_errors():
                content = self._beginning(uid)
            if content is not None:
                yield Letter(uid, content)

    def mark_read(self, letter: Letter) -> None:
        with self._our_errors():
            kind, answer = self._opened.client.uid("STORE", letter.key, "+FLAGS.SILENT", r"(\Seen)")
            if kind != "OK":
                raise OSError(f"the server did not mark a message as read: {_said(answer)}")

    @property
    def _opened(self) -> BaseMailBox:
        if self._connection is None:
            raise RuntimeError("the inbox was not entered")
        return self._connection

    def _connected(self) -> BaseMailBox:
        place = self._place
        if not place.is_encrypted:
            return MailBoxUnencrypted(place.host, place.port, timeout=self._timeout_s)
        if place.authority and not place.authority.is_file():
            raise ConfigurationError(f"VEILLEE_SMTP_CA: there is no file {place.authority}; correct the setting")
        context = ssl.create_default_context(cafile=str(place.authority) if place.authority else None)
        return MailBox(place.host, place.port, timeout=self._timeout_s, ssl_context=context)

    def _log_in(self, connection: BaseMailBox) -> None:
        place = self._place
        is_plain = (place.user + place.password).isascii()
        with self._our_errors():
            try:
                log_in = connection.login if is_plain else connection.login_utf8
                log_in(place.user, place.password, initial_folder=None)
            except (MailboxLoginError, IMAP4.error) as err:
                if isinstance(err, IMAP4.abort):
                    raise  # the line broke
                said = err.command_result[1] if isinstance(err, MailboxLoginError) else err
                raise ConfigurationError(
                    f"{self.label}: the server does not accept the user or the password ({_said(said)}); check "
                    "VEILLEE_MAILBOX, and VEILLEE_MAILBOX_PASSWORD in the environment; some providers want a password "
                    "made for programs"
                ) from err

    def _select(self, connection: BaseMailBox) -> None:
        with self._our_errors():
            try:
                connection.folder.set(self._place.folder)
            except MailboxFolderSelectError as err:
                names = ", ".join(shortened(found.name) for found in connection.folder.list()[:12])
                raise ConfigurationError(
                    f'{self.label}: the folder "{self._place.folder}" cannot be opened; there are: {names}; '
                    "correct VEILLEE_MAILBOX"
                ) from err

    def _beginning(self, uid: str) -> bytes | None:
        """None where the message is gone."""
        kind, answer = self._opened.client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{BYTES_READ}>)")
        if kind != "OK":
            raise OSError(f"the server did not show a message: {_said(answer)}")
        parts = [part[1] for part in answer if isinstance(part, tuple) and len(part) > 1]
        return bytes(parts[0][:BYTES_READ]) if parts else None

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.logout()
        except _FAILURES:  # the line broke; what was marked stays marked
            with suppress(OSError):
                connection.client.shutdown()

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        try:
            yield
        except ssl.SSLCertVerificationError as err:
            todo = "nothing was read; where an authority of your own signed it, name that in VEILLEE_SMTP_CA"
            raise ConfigurationError(f"{self.label}: the certificate is not valid ({_said(err)}); {todo}") from err
        except _FAILURES as err:
            todo = "check VEILLEE_MAILBOX, or wait and run this again: what was not read stays unread"
            raise SourceError(f"{self.label}: the mailbox cannot be reached ({_said(err)}); {todo}") from err


def _said(said: Any) -> str:
    if isinstance(said, list):
        said = b" ".join(part for part in said if isinstance(part, bytes)).decode("utf-8", errors="replace")
    return shortened(str(said) or type(said).__name__, 200)
