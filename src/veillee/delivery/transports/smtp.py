"""The SMTP door: envelope and bytes -> the server's answer, over one connection that is kept open.

A message is handed over by its final dot (RFC 5321 section 4.1.1.4): whatever breaks before it, the message has
certainly not left; whatever breaks after it and before the answer leaves a doubt.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from types import TracebackType
from typing import Self

from veillee.config import MailSettings
from veillee.delivery.envelope import Envelope, Outcome, Reply
from veillee.errors import ConfigurationError, SourceError
from veillee.shown import shortened

USUAL_PORTS = {"plain": 25, "starttls": 587, "tls": 465}
TIMEOUT_S = 60.0
MOST_SAID = 500
"""How many characters of a server's answer the ledger keeps."""
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
_BARE_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_LEADING_DOT = re.compile(rb"(\A|\r\n)\.")
_BROKEN = (OSError, smtplib.SMTPException)


class SmtpTransport:
    """Delivers to one relay. Certificates are verified; `tls` is for a community with an authority of its own."""

    def __init__(self, mail: MailSettings, *, timeout_s: float = TIMEOUT_S, tls: ssl.SSLContext | None = None) -> None:
        self._mail = mail
        self._port = mail.port or USUAL_PORTS[mail.security]
        self._timeout_s = timeout_s
        self._tls = tls
        self._connection: smtplib.SMTP | None = None

    @property
    def label(self) -> str:
        return f"smtp:{self._mail.host}:{self._port}"[:200]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except _BROKEN:
            connection.close()

    def send(self, envelope: Envelope, message: bytes) -> Outcome:
        """The server's answer for this one message. Connects first where there is no connection."""
        stuffed = _stuffed(message)
        connection = self._connected()
        try:
            refusal = self._offer(connection, envelope, len(stuffed))
            if refusal is None:
                connection.send(stuffed)
        except _BROKEN as err:
            self._drop()
            return Outcome(Reply.TEMPORARY, f"the line broke before the message was handed over ({_said(err)})")
        return refusal or self._hand_over(connection)

    def was_delivered(self, message_id: str) -> bool | None:  # noqa: ARG002
        return None  # only the relay's log knows

    def _offer(self, connection: smtplib.SMTP, envelope: Envelope, size: int) -> Outcome | None:
        """MAIL, RCPT and DATA; the refusal, or None where the server now waits for the message."""
        is_international = not (envelope.sender + envelope.recipient).isascii()
        if is_international and not connection.has_extn("smtputf8"):
            return Outcome(Reply.PERMANENT, "the server does not take addresses with accents before the @")
        options = ["SMTPUTF8", "BODY=8BITMIME"] if is_international else []
        if connection.has_extn("size"):
            options.append(f"SIZE={size}")
        if is_international:
            connection.command_encoding = "utf-8"
        code, answer = connection.mail(envelope.sender, options)
        if 500 <= code <= 599:
            raise self._refused_sender(envelope.sender, code, answer)
        if code == 250:
            code, answer = connection.rcpt(envelope.recipient)
        if code in (250, 251):
            code, answer = connection.docmd("DATA")
        return None if code == 354 else self._refusal(connection, code, answer)

    def _refusal(self, connection: smtplib.SMTP, code: int, answer: bytes) -> Outcome:
        if code == 421:
            self._drop()
        else:
            connection.rset()
        return Outcome(Reply.PERMANENT if 500 <= code <= 599 else Reply.TEMPORARY, _words(code, answer))

    def _hand_over(self, connection: smtplib.SMTP) -> Outcome:
        """The final dot, and what the server says to it."""
        try:
            connection.send(b".\r\n")
            code, answer = connection.getreply()
        except _BROKEN as err:
            self._drop()
            return Outcome(Reply.IN_DOUBT, f"the line broke before the server's answer ({_said(err)})")
        if code == 421:
            self._drop()
        if 200 <= code <= 299:
            return Outcome(Reply.ACCEPTED, _words(code, answer))
        if 400 <= code <= 499:
            return Outcome(Reply.TEMPORARY, _words(code, answer))
        if 500 <= code <= 599:
            return Outcome(Reply.PERMANENT, _words(code, answer))
        self._drop()
        return Outcome(Reply.IN_DOUBT, f"the server's answer makes no sense ({_words(code, answer)})")

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        self._check_password_is_safe()
        connection: smtplib.SMTP | None = None
        try:
            connection = self._open()
            if self._mail.security == "starttls":
                self._start_tls(connection)
            connection.ehlo_or_helo_if_needed()
            if self._mail.user:
                connection.login(self._mail.user, self._mail.password or "")
        except _BROKEN as err:
            if connection is not None:
                connection.close()
            raise self._cannot_connect(err) from err
        return connection

    def _open(self) -> smtplib.SMTP:
        if self._mail.security == "tls":
            return smtplib.SMTP_SSL(self._mail.host, self._port, timeout=self._timeout_s, context=self._context())
        return smtplib.SMTP(self._mail.host, self._port, timeout=self._timeout_s)

    def _start_tls(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        code, answer = connection.starttls(context=self._context())
        if code != 220:
            raise smtplib.SMTPNotSupportedError(f"STARTTLS was refused ({_words(code, answer)})")

    def _context(self) -> ssl.SSLContext:
        return self._tls or ssl.create_default_context()

    def _check_password_is_safe(self) -> None:
        if self._mail.user and self._mail.security == "plain" and self._mail.host not in _LOCAL_HOSTS:
            raise ConfigurationError(
                "VEILLEE_SMTP_SECURITY is plain, and a password would cross the network in clear; "
                'set it to "starttls" or "tls"'
            )

    def _cannot_connect(self, err: Exception) -> ConfigurationError | SourceError:
        where = f"{self._mail.host}:{self._port}"
        said = _said(err)
        if isinstance(err, ssl.SSLCertVerificationError):
            return ConfigurationError(f"{where} shows a certificate that is not valid ({said}); nothing was sent to it")
        if isinstance(err, smtplib.SMTPAuthenticationError):
            todo = "check VEILLEE_SMTP_USER, and VEILLEE_SMTP_PASSWORD in the environment"
            return ConfigurationError(f"{where} does not accept the user or the password ({said}); {todo}")
        if isinstance(err, smtplib.SMTPNotSupportedError):
            todo = "check VEILLEE_SMTP_SECURITY, VEILLEE_SMTP_PORT and VEILLEE_SMTP_USER"
            return ConfigurationError(f"{where} cannot do what the settings ask for ({said}); {todo}")
        todo = "check VEILLEE_SMTP_HOST and VEILLEE_SMTP_PORT, or wait and run this again: nobody is lost"
        return SourceError(f"the mail server {where} cannot be reached ({said}); {todo}")

    def _refused_sender(self, sender: str, code: int, answer: bytes) -> ConfigurationError:
        self._drop()
        todo = "check the digest's sender, and what the server lets you send"
        where = f"{self._mail.host}:{self._port}"
        return ConfigurationError(f"{where} takes no mail from {sender} ({_words(code, answer)}); {todo}")

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _stuffed(message: bytes) -> bytes:
    """The message with a second dot before each leading one, ending in a line end, without the final dot.

    A bare CR or LF is refused: servers disagree on it, and some would see a second message behind it.
    """
    if _BARE_LINE_END.search(message):
        raise ValueError("a message has a line that does not end in CR LF")
    stuffed = _LEADING_DOT.sub(rb"\1..", message)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _said(err: Exception) -> str:
    if isinstance(err, smtplib.SMTPResponseException):
        answer = err.smtp_error
        return _words(err.smtp_code, answer if isinstance(answer, bytes) else str(answer).encode())
    return shortened(str(err) or type(err).__name__, MOST_SAID)


def _words(code: int, answer: bytes) -> str:
    return shortened(f"{code} {answer.decode('utf-8', errors='replace')}", MOST_SAID)
