"""A line-based connection to a server: bytes in both directions, with limits on what a server may say.

Nothing of SMTP is here but the form of a reply (RFC 5321 section 4.2). A server that never ends a line, or a reply,
is cut off before it eats the memory.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass

from veillee.shown import shortened

MOST_OF_A_LINE = 8192  # RFC 5321 section 4.5.3.1.5 allows 512
MOST_LINES = 128
MOST_SAID = 500
"""How many characters of a reply are kept."""

_REPLY = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?\Z", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


class WireError(OSError):
    """The line is broken, or what comes over it makes no sense."""


@dataclass(frozen=True, slots=True)
class ServerReply:
    """A server's reply. `words` are for people: the code and the text on one line, without control characters."""

    code: int
    lines: tuple[str, ...]

    @property
    def words(self) -> str:
        return shortened(f"{self.code} {' '.join(self.lines)}".strip(), MOST_SAID)


class Wire(asyncio.Protocol):
    """One connection. `open_wire` makes it."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._waiter: asyncio.Future[None] | None = None
        self._lost: Exception | None = None
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) > MOST_OF_A_LINE * MOST_LINES:
            self._lost = WireError("the server says too much")
            self._transport.abort()
        self._wake()

    def eof_received(self) -> None:
        self.connection_lost(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._lost is None:
            self._lost = WireError(str(exc) if exc else "the server closed the connection")
        self._may_write.set()
        self._wake()

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    def write(self, data: bytes) -> None:
        """Hands bytes over; raises WireError where the line is broken already."""
        if self._lost is not None:
            raise self._lost
        self._transport.write(data)

    async def drained(self) -> None:
        """When there is room to write more."""
        await self._may_write.wait()
        if self._lost is not None:
            raise self._lost

    async def reply(self) -> ServerReply:
        """The next reply, all its lines; raises WireError where it is none."""
        lines: list[str] = []
        while len(lines) < MOST_LINES:
            match = _REPLY.match(await self._line())
            if match is None:
                raise WireError("the server's answer makes no sense")
            lines.append(_CONTROL.sub(" ", (match[3] or b"").decode("utf-8", "replace")).strip())
            if match[2] != b"-":
                return ServerReply(int(match[1]), tuple(lines))
        raise WireError("the server's answer has no end")

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Goes on in TLS. What the server said before is thrown away: anybody may have put it there."""
        self._buffer.clear()
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(self._transport, self, context, server_hostname=host)
        if transport is None:
            raise WireError("the connection was closed while TLS began")
        self._transport = transport

    def local_address(self) -> str:
        name = self._transport.get_extra_info("sockname")
        return str(name[0]) if name else "127.0.0.1"

    def close(self) -> None:
        self._transport.close()

    def abort(self) -> None:
        """Closes without another byte: what is still in the buffer never leaves."""
        self._transport.abort()

    async def _line(self) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            if self._lost is not None:
                raise self._lost
            if len(self._buffer) > MOST_OF_A_LINE:
                raise WireError("the server's answer has no end")
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        if len(line) > MOST_OF_A_LINE:
            raise WireError("the server's answer has no end")
        return line.removesuffix(b"\r")

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


async def open_wire(host: str, port: int, *, tls: ssl.SSLContext | None) -> Wire:
    """A new connection, in TLS from its first byte where there is a context. Raises OSError."""
    loop = asyncio.get_running_loop()
    _, wire = await loop.create_connection(Wire, host, port, ssl=tls, server_hostname=host if tls else None)
    return wire
