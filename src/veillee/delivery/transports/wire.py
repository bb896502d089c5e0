"""A line-based connection to a server: bytes in both directions, with limits on what a server may say, and on time.

Nothing of SMTP is here but the form of a reply (RFC 5321 section 4.2). A server that never ends a line, or a reply,
is cut off before it eats the memory.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import ssl
from dataclasses import dataclass
from functools import lru_cache

from veillee.shown import shortened

MOST_OF_A_LINE = 8192  # RFC 5321 section 4.5.3.1.5 allows 512
MOST_LINES = 128
READ_BYTES = 8192
MOST_SAID = 500
"""How many characters of a reply are kept."""
SECOND_ADDRESS_S = 0.25
"""After this the next address of a name is tried as well (RFC 8305): a broken IPv6 route does not stop a run."""

_REPLY = re.compile(rb"([2-5][0-9][0-9])(?: (.*))?\Z", re.DOTALL)
_NO_SENSE = "the server's answer makes no sense"
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
        said = f"{self.code} {' '.join(self.lines)}".strip()
        return said if said.isprintable() and len(said) <= MOST_SAID else shortened(said, MOST_SAID)


class Wire(asyncio.BufferedProtocol):
    """One connection. `open_wire` makes it. Instants are in seconds of the event loop's clock.

    One alarm serves all waits: it is set anew only where it would ring too late, about once a minute.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._inbox = memoryview(bytearray(READ_BYTES))
        self._buffer = bytearray()
        self._waiter: asyncio.Future[None] | None = None
        self._by_s = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._lost: Exception | None = None
        self._is_full = False
        self._is_closed = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002
        """Room for what comes; a `Protocol` gets a new quarter of a megabyte for each reply of thirty bytes."""
        return self._inbox

    def buffer_updated(self, nbytes: int) -> None:
        self._buffer += self._inbox[:nbytes]
        if len(self._buffer) > MOST_OF_A_LINE * MOST_LINES:
            self._lost = WireError("the server says too much")
            self._transport.abort()
        self._wake()

    def eof_received(self) -> None:
        self._lose(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_closed = True
        self._lose(exc)
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        self._wake()

    @property
    def has_spoken(self) -> bool:
        """Whether something came that nobody has read yet."""
        return bool(self._buffer)

    def instant(self, seconds: float) -> float:
        """So many seconds from now."""
        return self._loop.time() + seconds

    def write(self, data: bytes) -> None:
        """Hands bytes over; raises WireError where the line is broken already."""
        self.check()
        self._transport.write(data)

    def check(self) -> None:
        """Raises WireError where the line is known to be broken."""
        if self._lost is not None:
            raise self._lost
        if self._transport.is_closing():  # a write has failed, and the loop will say so at its next turn
            raise WireError("the server closed the connection")

    async def drained(self, within_s: float) -> None:
        """When there is room to write more, or the server has something to say.

        Raises TimeoutError where not a byte leaves within so many seconds.
        """
        while self._is_full and self._lost is None and not self._buffer:
            waiting = self._transport.get_write_buffer_size()
            try:
                await self._change(self.instant(within_s))
            except TimeoutError:
                if self._transport.get_write_buffer_size() >= waiting:
                    raise
        self.check()

    async def reply(self, by_s: float) -> ServerReply:
        """The next reply, all its lines; raises WireError where it is none, TimeoutError where it is late."""
        text = await self._line(by_s)
        if text[3:4] != b"-":
            return _only_line(text)
        lines = [text]
        while lines[-1][3:4] == b"-":
            if len(lines) >= MOST_LINES:
                raise WireError("the server's answer has no end")
            lines.append(await self._line(by_s))
        if any(line[:3] != text[:3] for line in lines):
            raise WireError(_NO_SENSE)
        return ServerReply(_only_line(lines[-1]).code, tuple(_readable(line[4:]) for line in lines))

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Goes on in TLS. Raises WireError where more was said before: anybody may have put it there (RFC 3207)."""
        if self._buffer:
            raise WireError("somebody speaks for the server before TLS begins")
        transport = await self._loop.start_tls(self._transport, self, context, server_hostname=host)
        if transport is None:
            raise WireError("the connection was closed while TLS began")
        self._transport = transport

    def local_address(self) -> str:
        name = self._transport.get_extra_info("sockname")
        return str(name[0]).partition("%")[0] if name else "127.0.0.1"

    async def close(self, by_s: float) -> None:
        """Ends the connection in good order; raises TimeoutError where the other side does not."""
        self._transport.close()
        while not self._is_closed:
            await self._change(by_s)

    def abort(self) -> None:
        """Closes without another byte: what is still in the buffer never leaves."""
        self._transport.abort()

    async def _line(self, by_s: float) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            if self._lost is not None:
                raise self._lost
            if len(self._buffer) > MOST_OF_A_LINE:
                break
            await self._change(by_s)
        if not 0 <= end <= MOST_OF_A_LINE:
            raise WireError("the server's answer has no end")
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.removesuffix(b"\r")

    async def _change(self, by_s: float) -> None:
        """Until something happens on the line; raises TimeoutError where by then nothing has."""
        self._by_s = by_s
        if self._alarm is None or self._alarm.when() > by_s:
            self._set_alarm(by_s)
        self._waiter = self._loop.create_future()
        await self._waiter

    def _set_alarm(self, at_s: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._loop.call_at(at_s, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if self._waiter is None or self._waiter.done():
            return
        if self._loop.time() < self._by_s:
            self._set_alarm(self._by_s)
        else:
            self._waiter.set_exception(TimeoutError())

    def _lose(self, exc: Exception | None) -> None:
        if self._lost is None:
            self._lost = WireError(str(exc) if exc else "the server closed the connection")
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


@lru_cache(maxsize=64)
def _only_line(line: bytes) -> ServerReply:
    """The reply of one line. Most of them are said again and again."""
    match = _REPLY.match(line)
    if match is None:
        raise WireError(_NO_SENSE)
    return ServerReply(int(match[1]), (_readable(match[2] or b""),))


def _readable(text: bytes) -> str:
    line = text.decode("utf-8", "replace")
    return (line if line.isprintable() else _CONTROL.sub(" ", line)).strip()


async def open_wire(host: str, port: int, *, tls: ssl.SSLContext | None) -> Wire:
    """A new connection, in TLS from its first byte where there is a context. Raises OSError."""
    loop = asyncio.get_running_loop()
    name = host if tls else None
    delay_s = None if _is_address(host) else SECOND_ADDRESS_S
    _, wire = await loop.create_connection(
        Wire, host, port, ssl=tls, server_hostname=name, happy_eyeballs_delay=delay_s
    )
    return wire


def _is_address(host: str) -> bool:
    """Whether there is nothing to look up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
