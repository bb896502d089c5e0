"""A mail server that behaves as badly as it is told to, on a port of this machine.

    with Server(replies={"RCPT": ["550 5.1.1 no such user"]}) as server:
        ...

`replies` has, for each word that it hears, what it does the first time, the second time, and so on, over all
connections; after that it behaves. Words: CONNECT, the commands, BODY (the first bytes of a message) and `.` (its end).
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

USUAL = ("PIPELINING", "SIZE 10000000", "8BITMIME")
PLAIN = ("SIZE 10000000",)


@dataclass(frozen=True, slots=True)
class Act:
    """What the server does: it waits, says something, and ends the connection or falls silent.

    `holds` is whether it keeps a message that has ended; None: if it says so.
    """

    say: str = ""
    late_s: float = 0.0
    ends: str = ""  # "drop" (RST), "close" (FIN), "hang", "endless"
    holds: bool | None = None

    @property
    def is_yes(self) -> bool:
        return self.say[:1] in ("2", "3")


DROP = Act(ends="drop")
CLOSE = Act(ends="close")
HANG = Act(ends="hang")
ENDLESS_LINE = Act(say="250-", ends="endless line")
ENDLESS_REPLY = Act(say="250-", ends="endless reply")
TAKE_AND_DROP = Act(ends="drop", holds=True)
TAKE_AND_HANG = Act(ends="hang", holds=True)
Script = Mapping[str, Sequence[str | Act]]


class _OverError(Exception):
    """This connection has ended."""


class Server:
    """Runs in a thread of its own. `held` are the messages that it has taken: recipient and bytes, unstuffed."""

    def __init__(
        self,
        replies: Script | None = None,
        *,
        extensions: Sequence[str] = USUAL,
        knows_ehlo: bool = True,
        always: Mapping[str, str | Act] | None = None,
        tls: ssl.SSLContext | None = None,
        is_tls_at_once: bool = False,
        drips: bool = False,
        most_connections: int = 1000,
        closes_after: int | None = None,
        breaks_on: str | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self._script = {word: list(acts) for word, acts in (replies or {}).items()}
        self._always = dict(always or {})
        self.extensions, self.knows_ehlo, self.tls = tuple(extensions), knows_ehlo, tls
        self.drips, self.closes_after, self.breaks_on = drips, closes_after, breaks_on
        self._most_connections = most_connections
        self._at_once = tls if is_tls_at_once else None
        self._host = host
        self.held: list[tuple[str, bytes]] = []
        self.heard: list[str] = []
        self.faults: list[str] = []
        self.connection_count = 0
        self.open_count = 0
        self.most_open = 0
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._is_up = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        assert self._is_up.wait(10)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.held]

    def act(self, word: str, otherwise: str) -> Act:
        acts = self._script.get(word)
        found = acts.pop(0) if acts else self._always.get(word, otherwise)
        return found if isinstance(found, Act) else Act(say=found)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._talk, self._host, 0, ssl=self._at_once, backlog=128)
        self.port = server.sockets[0].getsockname()[1]
        self._is_up.set()
        await self._stop.wait()
        server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connection_count += 1
        self.open_count += 1
        self.most_open = max(self.most_open, self.open_count)
        try:
            await _Connection(self, reader, writer).talk(is_crowded=self.open_count > self._most_connections)
        except (_OverError, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open_count -= 1
            writer.close()


@dataclass(slots=True)
class _Connection:
    server: Server
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    buffer: bytearray = field(default_factory=bytearray)
    has_sender: bool = False
    recipient: str | None = None
    message_count: int = 0

    async def talk(self, *, is_crowded: bool) -> None:
        if is_crowded:
            await self._do(Act("421 4.7.0 too many connections", ends="close"))
        await self._do(self.server.act("CONNECT", "220 server ESMTP"))
        while True:
            await self._answer(await self._line())

    async def _answer(self, line: str) -> None:
        word = line.partition(" ")[0].upper()
        self.server.heard.append(line)
        if self.buffer and "PIPELINING" not in self.server.extensions:
            self.server.faults.append(f"{line}: more was said before the answer")
        if self.server.breaks_on and self.server.breaks_on in line:
            await self._do(DROP)
        act = self.server.act(word, self._usual(word, line))
        if word == "DATA" and act.say.startswith("354"):
            await self._do(act)
            await self._message()
            return
        if act.is_yes:
            self._remember(word, line)
        await self._do(act)
        if word == "QUIT":
            raise _OverError
        if word == "STARTTLS" and act.is_yes:
            assert self.server.tls is not None
            self.buffer.clear()
            await self.writer.start_tls(self.server.tls)

    def _usual(self, word: str, line: str) -> str:
        server = self.server
        if word == "EHLO":
            lines = ["server", *server.extensions]
            marks = ["-"] * (len(lines) - 1) + [" "]
            ehlo = "\r\n".join(f"250{mark}{text}" for mark, text in zip(marks, lines, strict=True))
            return ehlo if server.knows_ehlo else "502 5.5.1 not implemented"
        if word == "MAIL":
            return "503 5.5.1 nested MAIL" if self.has_sender else "250 2.1.0 OK"
        if word == "RCPT":
            return "250 2.1.5 OK" if self.has_sender else "503 5.5.1 need MAIL"
        if word == "DATA":
            return "354 go on" if self.recipient else "554 5.5.1 no valid recipients"
        fixed = {"HELO": "250 server", "STARTTLS": "220 go on", "QUIT": "221 bye", "RSET": "250 2.0.0 OK"}
        return fixed.get(word, f"500 5.5.1 what is {line}?")

    def _remember(self, word: str, line: str) -> None:
        if word in ("RSET", "EHLO", "HELO"):
            self.has_sender, self.recipient = False, None
        elif word == "MAIL":
            self.has_sender = True
        elif word == "RCPT":
            self.recipient = line.partition("<")[2].rpartition(">")[0]

    async def _message(self) -> None:
        recipient = self.recipient
        if "BODY" in self.server._script or "BODY" in self.server._always:
            await self._more()
            await self._do(self.server.act("BODY", ""))
        while not (self.buffer.startswith(b".\r\n") or b"\r\n.\r\n" in self.buffer[-5:] or self._end() >= 0):
            await self._more()
        end = 0 if self.buffer.startswith(b".\r\n") else self._end() + 2
        message = bytes(self.buffer[:end])
        del self.buffer[: end + 3]
        self.has_sender, self.recipient = False, None
        act = self.server.act(".", "250 2.0.0 taken")
        if act.holds if act.holds is not None else act.say.startswith("2"):
            self.server.held.append((recipient or "", (b"\n" + message).replace(b"\n..", b"\n.")[1:]))
        self.message_count += 1
        await self._do(act)
        if self.message_count == self.server.closes_after:
            raise _OverError

    def _end(self) -> int:
        return self.buffer.find(b"\r\n.\r\n")

    async def _line(self) -> str:
        while (end := self.buffer.find(b"\r\n")) < 0:
            await self._more()
        line = bytes(self.buffer[:end])
        del self.buffer[: end + 2]
        return line.decode()

    async def _more(self) -> None:
        more = await self.reader.read(65536)
        if not more:
            raise _OverError
        self.buffer += more

    async def _do(self, act: Act) -> None:
        if act.late_s:
            await asyncio.sleep(act.late_s)
        if act.say and not act.ends.startswith("endless"):
            await self._say(f"{act.say}\r\n".encode())
        if act.ends == "drop":
            self.writer.transport.abort()
            raise _OverError
        if act.ends == "close":
            raise _OverError
        if act.ends == "hang":
            await asyncio.sleep(60)
        while act.ends == "endless line":
            await self._say(b"x" * 65536)
        while act.ends == "endless reply":
            await self._say(b"250-more\r\n" * 1000)

    async def _say(self, text: bytes) -> None:
        for piece in [text[i : i + 1] for i in range(len(text))] if self.server.drips else [text]:
            self.writer.write(piece)
            await self.writer.drain()
            if self.server.drips:
                await asyncio.sleep(0)
