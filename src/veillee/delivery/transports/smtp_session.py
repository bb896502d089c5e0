"""One SMTP session: a connection that was greeted, in TLS and known to the server -> envelopes and replies.

RFC 5321; extensions: STARTTLS (3207), AUTH (4954), PIPELINING (2920), SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531).
"""

from __future__ import annotations

import asyncio
import base64
import platform
import ssl
from dataclasses import dataclass

from veillee.config import MailSettings
from veillee.delivery.envelope import Envelope, Outcome, Reply
from veillee.delivery.transports.wire import ServerReply, Wire, WireError, open_wire
from veillee.errors import ConfigurationError

USUAL_PORTS = {"plain": 25, "starttls": 587, "tls": 465}
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long we wait, in seconds. RFC 5321 section 4.5.3.2 allows servers minutes; a bulk sender has other lines."""

    greeting_s: float = 60.0
    command_s: float = 60.0
    end_s: float = 600.0  # the server may be slow to take a message over: hanging up here makes a doubt
    quit_s: float = 2.0


class ServerRefusalError(Exception):
    """The server is there, and does not want us now: try again later."""

    def __init__(self, reply: ServerReply) -> None:
        super().__init__(reply.words)


class Session:
    """An open session. `needs_reset` is True where a transaction was left half way."""

    def __init__(self, wire: Wire, extensions: dict[str, str], limits: Limits) -> None:
        self._wire = wire
        self._extensions = extensions
        self._limits = limits
        self._must_reset = False
        self.is_pipelining = "PIPELINING" in extensions

    def refusal_of(self, envelope: Envelope, size: int) -> Outcome | None:
        """Why the server would not take such a message, known before it is asked."""
        if not _is_plain(envelope) and "SMTPUTF8" not in self._extensions:
            return Outcome(Reply.PERMANENT, "the server does not take addresses with accents before the @")
        most = self._extensions.get("SIZE", "")
        if most.isdigit() and 0 < int(most) < size:
            return Outcome(Reply.PERMANENT, f"the server takes {int(most):,} bytes, and the message has {size:,}")
        return None

    def envelope(self, envelope: Envelope, size: int) -> bytes:
        """MAIL, RCPT and DATA, with a RSET before them where it is needed."""
        reset = b"RSET\r\n" if self._must_reset else b""
        return reset + self._mail(envelope, size) + _recipient(envelope) + b"DATA\r\n"

    def write(self, data: bytes) -> None:
        self._wire.write(data)

    async def drained(self) -> None:
        async with asyncio.timeout(self._limits.command_s):
            await self._wire.drained()

    async def offer(self, envelope: Envelope, size: int, *, is_written: bool) -> tuple[str, ServerReply] | None:
        """Which command was refused and how; None where the server now waits for the message.

        `is_written` where the envelope went out already, behind the message before.
        """
        async with asyncio.timeout(self._limits.command_s):
            if self.is_pipelining:
                if not is_written:
                    self._wire.write(self.envelope(envelope, size))
                return await self._read_envelope()
            return await self._ask_step_by_step(envelope, size)

    async def end(self) -> ServerReply:
        """The reply to the final dot."""
        async with asyncio.timeout(self._limits.end_s):
            return await self._wire.reply()

    async def quit(self) -> None:
        """Takes leave; whatever happens meanwhile does not matter any more."""
        try:
            self._wire.write(b"QUIT\r\n")
            async with asyncio.timeout(self._limits.quit_s):
                await self._wire.reply()
        except (OSError, TimeoutError):
            pass
        self._wire.close()

    def drop(self) -> None:
        self._wire.abort()

    async def _read_envelope(self) -> tuple[str, ServerReply] | None:
        if self._must_reset:
            _refuse_goodbye(await self._wire.reply())
            self._must_reset = False
        mail, recipient, data = [_refuse_goodbye(await self._wire.reply()) for _ in range(3)]
        refused = next(
            ((name, reply) for name, reply in (("MAIL", mail), ("RCPT", recipient)) if reply.code // 100 != 2), None
        )
        if data.code == 354 and refused is None:
            return None
        self._must_reset = True
        if data.code == 354:  # RFC 2920 section 3.1: nobody is left to send to, and yet the server waits for a message
            self._wire.write(b".\r\n")
            _refuse_goodbye(await self._wire.reply())
        return refused or ("DATA", data)

    async def _ask_step_by_step(self, envelope: Envelope, size: int) -> tuple[str, ServerReply] | None:
        if self._must_reset:
            self._wire.write(b"RSET\r\n")
            _refuse_goodbye(await self._wire.reply())
            self._must_reset = False
        steps = (("MAIL", self._mail(envelope, size)), ("RCPT", _recipient(envelope)), ("DATA", b"DATA\r\n"))
        for name, command in steps:
            self._wire.write(command)
            reply = _refuse_goodbye(await self._wire.reply())
            if reply.code // 100 != (3 if name == "DATA" else 2):
                self._must_reset = True
                return name, reply
        return None

    def _mail(self, envelope: Envelope, size: int) -> bytes:
        options = f" SIZE={size}" if "SIZE" in self._extensions else ""
        if not _is_plain(envelope):
            options += " SMTPUTF8"
            options += " BODY=8BITMIME" if "8BITMIME" in self._extensions else ""
        return f"MAIL FROM:<{envelope.sender}>{options}\r\n".encode()


async def open_session(mail: MailSettings, *, limits: Limits, tls: ssl.SSLContext | None) -> Session:
    """A session ready for envelopes.

    Raises ConfigurationError where waiting would not help; OSError, TimeoutError or ServerRefusalError where it may.
    """
    port = mail.port or USUAL_PORTS[mail.security]
    async with asyncio.timeout(limits.greeting_s):
        wire = await open_wire(mail.host, port, tls=tls if mail.security == "tls" else None)
    try:
        async with asyncio.timeout(limits.greeting_s):
            greeting = await wire.reply()
            if greeting.code != 220:
                raise ServerRefusalError(greeting)
            extensions = await _introduce(wire)
            if mail.security == "starttls":
                extensions = await _secure(wire, mail, extensions, tls)
            if mail.user:
                await _log_in(wire, mail, extensions)
    except BaseException:
        wire.abort()
        raise
    return Session(wire, extensions, limits)


async def _introduce(wire: Wire) -> dict[str, str]:
    """The server's extensions with their parameters, in upper case; none where it knows no EHLO."""
    name = platform.node()
    if "." not in name or not name.isascii():
        address = wire.local_address()
        name = f"[IPv6:{address}]" if ":" in address else f"[{address}]"
    reply = await _ask(wire, f"EHLO {name}")
    if reply.code // 100 == 5:
        reply = await _ask(wire, f"HELO {name}")
        if reply.code // 100 == 2:
            return {}
    if reply.code // 100 != 2:
        raise ServerRefusalError(reply)
    words = (line.upper().replace("=", " ", 1).partition(" ") for line in reply.lines[1:])
    return {keyword: parameters for keyword, _, parameters in words}


async def _secure(
    wire: Wire, mail: MailSettings, extensions: dict[str, str], tls: ssl.SSLContext | None
) -> dict[str, str]:
    """TLS, or nothing at all: a server that offers none today is not to be trusted with less."""
    assert tls is not None
    reply = await _ask(wire, "STARTTLS") if "STARTTLS" in extensions else None
    if reply is None or reply.code != 220:
        said = reply.words if reply else "it offers no STARTTLS"
        todo = "check VEILLEE_SMTP_SECURITY and VEILLEE_SMTP_PORT"
        raise ConfigurationError(f"{_where(mail)} cannot do what the settings ask for ({said}); {todo}")
    await wire.start_tls(tls, mail.host)
    return await _introduce(wire)


async def _log_in(wire: Wire, mail: MailSettings, extensions: dict[str, str]) -> None:
    ways = extensions.get("AUTH", "").split()
    if "PLAIN" in ways:
        secret = base64.b64encode(f"\0{mail.user}\0{mail.password or ''}".encode()).decode()
        reply = await _ask(wire, f"AUTH PLAIN {secret}")
    elif "LOGIN" in ways:
        reply = await _ask(wire, "AUTH LOGIN")
        for word in (mail.user or "", mail.password or ""):
            if reply.code == 334:
                reply = await _ask(wire, base64.b64encode(word.encode()).decode())
    else:
        offered = f"it offers {' '.join(ways)}" if ways else "it offers no AUTH"
        todo = "check VEILLEE_SMTP_SECURITY, VEILLEE_SMTP_PORT and VEILLEE_SMTP_USER"
        raise ConfigurationError(f"{_where(mail)} cannot do what the settings ask for ({offered}); {todo}")
    if reply.code // 100 == 5:
        todo = "check VEILLEE_SMTP_USER, and VEILLEE_SMTP_PASSWORD in the environment"
        raise ConfigurationError(f"{_where(mail)} does not accept the user or the password ({reply.words}); {todo}")
    if reply.code // 100 != 2:
        raise ServerRefusalError(reply)


async def _ask(wire: Wire, command: str) -> ServerReply:
    wire.write(f"{command}\r\n".encode())
    return await wire.reply()


def _where(mail: MailSettings) -> str:
    return f"{mail.host}:{mail.port or USUAL_PORTS[mail.security]}"


def _recipient(envelope: Envelope) -> bytes:
    return f"RCPT TO:<{envelope.recipient}>\r\n".encode()


def _is_plain(envelope: Envelope) -> bool:
    return envelope.sender.isascii() and envelope.recipient.isascii()


def _refuse_goodbye(reply: ServerReply) -> ServerReply:
    """421 ends the session, whatever it was said to (RFC 5321 section 3.8)."""
    if reply.code == 421:
        raise WireError(reply.words)
    return reply
