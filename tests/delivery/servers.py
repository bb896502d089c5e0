"""A mail server that behaves as badly as it is told to, on a port of this machine.

    with Server(replies={"RCPT": ["550 5.1.1 no such user"]}) as server:
        ...

`replies` has, for each word that it hears, what it does the first time, the second time, and so on, over all
connections; after that it behaves. Words: CONNECT, the commands, BODY (the first bytes of a message) and `.` (its end).
"""

from __future__ import annotations

import socket
import ssl
import struct
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
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.held: list[tuple[str, bytes]] = []
        self.heard: list[str] = []
        self.faults: list[str] = []
        self.connection_count = 0
        self.open_count = 0
        self.most_open = 0
        self._listener = socket.create_server((host, 0), family=family, backlog=128)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)  # holds no large message by itself
        self.port = int(self._listener.getsockname()[1])
        self.is_stopped = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Server:
        self._threads[0].start()
        return self

    def __exit__(self, *error: object) -> None:
        self.is_stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.held]

    def act(self, word: str, otherwise: str) -> Act:
        with self._lock:
            acts = self._script.get(word)
            found = acts.pop(0) if acts else self._always.get(word, otherwise)
        return found if isinstance(found, Act) else Act(say=found)

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._talk, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, line: socket.socket) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(0.02)
        with self._lock:
            self.connection_count += 1
            self.open_count += 1
            self.most_open = max(self.most_open, self.open_count)
            is_crowded = self.open_count > self._most_connections
        connection = _Connection(self, line)
        try:
            connection.talk(self._at_once, is_crowded=is_crowded)
        except (_OverError, OSError):
            pass
        finally:
            with self._lock:
                self.open_count -= 1
            connection.line.close()


@dataclass(slots=True)
class _Connection:
    server: Server
    line: socket.socket
    buffer: bytearray = field(default_factory=bytearray)
    has_sender: bool = False
    recipient: str | None = None
    message_count: int = 0

    def talk(self, tls: ssl.SSLContext | None, *, is_crowded: bool) -> None:
        if tls is not None:
            self._begin_tls(tls)
        if is_crowded:
            self._do(Act("421 4.7.0 too many connections", ends="close"))
        self._do(self.server.act("CONNECT", "220 server ESMTP"))
        while True:
            self._answer(self._line())

    def _begin_tls(self, tls: ssl.SSLContext) -> None:
        self.line.settimeout(5)
        self.line = tls.wrap_socket(self.line, server_side=True)
        self.line.settimeout(0.02)

    def _answer(self, line: str) -> None:
        word = line.partition(" ")[0].upper()
        self.server.heard.append(line)
        if self.buffer and "PIPELINING" not in self.server.extensions:
            self.server.faults.append(f"{line}: more was said before the answer")
        if self.server.breaks_on and self.server.breaks_on in line:
            self._do(DROP)
        act = self.server.act(word, self._usual(word, line))
        if word == "DATA" and act.say.startswith("354"):
            self._do(act)
            self._message()
            return
        if act.is_yes:
            self._remember(word, line)
        self._do(act)
        if word == "QUIT":
            raise _OverError
        if word == "STARTTLS" and act.is_yes:
            assert self.server.tls is not None
            self.buffer.clear()
            self._begin_tls(self.server.tls)

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

    def _message(self) -> None:
        recipient = self.recipient
        if "BODY" in self.server._script or "BODY" in self.server._always:
            self._more()
            self._do(self.server.act("BODY", ""))
        end = self._end()
        message = bytes(self.buffer[:end])
        del self.buffer[: end + 3]
        self.has_sender, self.recipient = False, None
        act = self.server.act(".", "250 2.0.0 taken")
        is_taken = act.holds if act.holds is not None else act.say.startswith("2")
        if is_taken and recipient is not None:
            self.server.held.append((recipient, (b"\n" + message).replace(b"\n..", b"\n.")[1:]))
        self.message_count += 1
        self._do(act)
        if self.message_count == self.server.closes_after:
            raise _OverError

    def _end(self) -> int:
        """Where the final dot stands, once it has come. What was looked at is not looked at again."""
        looked_at = 0
        while not self.buffer.startswith(b".\r\n"):
            if (found := self.buffer.find(b"\r\n.\r\n", looked_at)) >= 0:
                return found + 2
            looked_at = max(0, len(self.buffer) - 4)
            self._more()
        return 0

    def _line(self) -> str:
        while (end := self.buffer.find(b"\r\n")) < 0:
            self._more()
        line = bytes(self.buffer[:end])
        del self.buffer[: end + 2]
        return line.decode(errors="backslashreplace")  # a hello of TLS is no text, and may hold a line break

    def _more(self) -> None:
        while not self.server.is_stopped.is_set():
            try:
                more = self.line.recv(65536)
            except TimeoutError:
                continue
            if not more:
                break
            self.buffer += more
            return
        raise _OverError

    def _do(self, act: Act) -> None:
        if act.late_s:
            self.server.is_stopped.wait(act.late_s)
        if act.say and not act.ends.startswith("endless"):
            self._say(f"{act.say}\r\n".encode())
        if act.ends == "drop":
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise _OverError
        if act.ends == "close":
            raise _OverError
        if act.ends == "hang":
            self.server.is_stopped.wait(60)
            raise _OverError
        while act.ends == "endless line":
            self._say(b"x" * 65536)
        while act.ends == "endless reply":
            self._say(b"250-more\r\n" * 1000)

    def _say(self, text: bytes) -> None:
        for piece in [text[i : i + 1] for i in range(len(text))] if self.server.drips else [text]:
            self.line.sendall(piece)
