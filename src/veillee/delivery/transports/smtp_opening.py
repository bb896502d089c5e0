"""How an SMTP session begins: a connection -> greeted, introduced, in TLS, known to the server.

RFC 5321; STARTTLS (3207), AUTH (4954). No password is ever in what is raised here, though a server repeat it.
"""

from __future__ import annotations

import asyncio
import base64
import platform
import re
import ssl
from dataclasses import replace

from veillee.config import MailSettings
from veillee.delivery.transports.wire import ServerReply, Wire, open_wire
from veillee.errors import ConfigurationError

USUAL_PORTS = {"plain": 25, "starttls": 587, "tls": 465}

_HOST_NAME = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")


class ServerRefusalError(Exception):
    """The server is there, and does not want us now: try again later."""

    def __init__(self, reply: ServerReply) -> None:
        super().__init__(reply.words)
        self.is_for_now = reply.code // 100 == 4


async def open_server(
    mail: MailSettings, *, within_s: float, tls: ssl.SSLContext | None
) -> tuple[Wire, dict[str, str]]:
    """A connection that is ready for envelopes, and the server's extensions. Each half has so many seconds.

    Raises ConfigurationError where waiting would not help; OSError, TimeoutError or ServerRefusalError where it may.
    """
    port = mail.port or USUAL_PORTS[mail.security]
    async with asyncio.timeout(within_s):
        wire = await open_wire(mail.host, port, tls=tls if mail.security == "tls" else None)
    try:
        async with asyncio.timeout(within_s):
            return wire, await _Opening(wire, mail, wire.instant(within_s)).extensions(tls)
    except BaseException:
        wire.abort()
        raise


def place_of(mail: MailSettings) -> str:
    """The server as people write it: `mail.example.org:587`."""
    host = f"[{mail.host}]" if ":" in mail.host else mail.host
    return f"{host}:{mail.port or USUAL_PORTS[mail.security]}"


class _Opening:
    """The first words on a connection; `by_s` is when they must be over."""

    def __init__(self, wire: Wire, mail: MailSettings, by_s: float) -> None:
        self._wire = wire
        self._mail = mail
        self._by_s = by_s

    async def extensions(self, tls: ssl.SSLContext | None) -> dict[str, str]:
        greeting = await self._wire.reply(self._by_s)
        if greeting.code != 220:
            raise ServerRefusalError(greeting)
        extensions = await self._introduce()
        if self._mail.security == "starttls":
            await self._secure(extensions, tls)
            extensions = await self._introduce()  # what was offered before anybody may have made up
        if self._mail.user:
            await self._log_in(extensions.get("AUTH", "").split())
        return extensions

    async def _introduce(self) -> dict[str, str]:
        """The server's extensions with their parameters, in upper case; none where it knows no EHLO."""
        name = _own_name(self._wire)
        reply = await self._ask(f"EHLO {name}")
        if reply.code // 100 == 5:
            reply = replace(await self._ask(f"HELO {name}"), lines=())
        if reply.code // 100 != 2:
            raise ServerRefusalError(reply)
        words = (line.upper().replace("=", " ", 1).partition(" ") for line in reply.lines[1:])
        return {keyword: parameters for keyword, _, parameters in words}

    async def _secure(self, extensions: dict[str, str], tls: ssl.SSLContext | None) -> None:
        """TLS, or nothing at all: a server that offers none today is not to be trusted with less."""
        assert tls is not None
        if "STARTTLS" not in extensions:
            raise self._unable("it offers no STARTTLS", "VEILLEE_SMTP_SECURITY and VEILLEE_SMTP_PORT")
        reply = await self._ask("STARTTLS")
        if reply.code // 100 == 4:
            raise ServerRefusalError(reply)
        if reply.code != 220:
            raise self._unable(reply.words, "VEILLEE_SMTP_SECURITY and VEILLEE_SMTP_PORT")
        await self._wire.start_tls(tls, self._mail.host)

    async def _log_in(self, ways: list[str]) -> None:
        user, password = self._mail.user or "", self._mail.password or ""
        if "PLAIN" in ways:
            command, answers = "AUTH PLAIN", [_encoded(f"\0{user}\0{password}")]
            command += f" {answers[0]}"
        elif "LOGIN" in ways:
            command, answers = "AUTH LOGIN", [_encoded(user), _encoded(password)]
        else:
            offered = f"it offers {' '.join(ways)}" if ways else "it offers no AUTH"
            raise self._unable(offered, "VEILLEE_SMTP_SECURITY, VEILLEE_SMTP_PORT and VEILLEE_SMTP_USER")
        reply = await self._ask(command)
        for answer in answers:
            if reply.code == 334:
                reply = await self._ask(answer)
        reply = _without(reply, (*answers, password))
        if reply.code // 100 == 5:
            todo = "check VEILLEE_SMTP_USER, and VEILLEE_SMTP_PASSWORD in the environment"
            where = place_of(self._mail)
            raise ConfigurationError(f"{where} does not accept the user or the password ({reply.words}); {todo}")
        if reply.code // 100 != 2:
            raise ServerRefusalError(reply)

    async def _ask(self, command: str) -> ServerReply:
        self._wire.write(f"{command}\r\n".encode())
        return await self._wire.reply(self._by_s)

    def _unable(self, said: str, settings: str) -> ConfigurationError:
        where = place_of(self._mail)
        return ConfigurationError(f"{where} cannot do what the settings ask for ({said}); check {settings}")


def _own_name(wire: Wire) -> str:
    """The name of this machine, or its address where it has no whole name (RFC 5321 section 4.1.3)."""
    name = platform.node()
    if _HOST_NAME.fullmatch(name):
        return name
    address = wire.local_address()
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _without(reply: ServerReply, secrets: tuple[str, ...]) -> ServerReply:
    """The reply, with stars where the server repeats a secret."""
    lines = list(reply.lines)
    for secret in filter(None, secrets):
        lines = [line.replace(secret, "***") for line in lines]
    return replace(reply, lines=tuple(lines))
