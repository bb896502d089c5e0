"""A fast SMTP server on this machine that writes down every message before it says that it has it.

    python -m tests.delivery.recording_server PORT_FILE LOG_FILE [--defer SHARE] [--drop SHARE] [--seed N]

Each line of the log is `RECIPIENT MESSAGE-ID`, appended in one write: what a process that is killed has heard is there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
from pathlib import Path

_MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Recorder(asyncio.Protocol):
    """One connection; offers PIPELINING."""

    def __init__(self, log: int, chance: random.Random, *, defer: float, drop: float) -> None:
        self._log = log
        self._chance = chance
        self._defer = defer
        self._drop = drop
        self._buffer = bytearray()
        self._recipient = ""
        self._is_in_data = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._say("220 ready")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._take_message() if self._is_in_data else self._take_command():
            pass

    def _take_message(self) -> bool:
        end = self._buffer.find(b"\r\n.\r\n")
        if end < 0:
            return False
        message = bytes(self._buffer[:end])
        del self._buffer[: end + 5]
        self._is_in_data = False
        if self._chance.random() < self._drop:
            self._transport.abort()
            return False
        if self._chance.random() < self._defer:
            self._say("450 4.7.1 come back later")
            return True
        found = _MESSAGE_ID.search(message)
        os.write(self._log, f"{self._recipient} {found[1].decode() if found else '-'}\n".encode())
        self._say("250 2.0.0 taken")
        return True

    def _take_command(self) -> bool:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self._buffer[:end]).decode()
        del self._buffer[: end + 2]
        self._answer(line)
        return True

    def _answer(self, line: str) -> None:
        verb = line[:4].upper()
        if verb == "EHLO":
            self._say("250-recorder", "250-PIPELINING", "250-SIZE 10000000", "250 8BITMIME")
        elif verb == "RCPT":
            self._recipient = line.partition("<")[2].rstrip(">")
            self._say("250 2.1.5 OK")
        elif verb == "DATA":
            self._is_in_data = True
            self._say("354 go on")
        elif verb == "QUIT":
            self._say("221 bye")
            self._transport.close()
        else:
            self._say("250 2.0.0 OK")

    def _say(self, *lines: str) -> None:
        self._transport.write("".join(f"{line}\r\n" for line in lines).encode())


async def _serve(port_file: Path, log_file: Path, *, defer: float, drop: float, seed: int) -> None:
    log = os.open(log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    chance = random.Random(seed)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Recorder(log, chance, defer=defer, drop=drop), "127.0.0.1", 0)
    part = port_file.with_suffix(".part")
    part.write_text(str(server.sockets[0].getsockname()[1]))
    part.rename(port_file)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port_file", type=Path)
    parser.add_argument("log_file", type=Path)
    parser.add_argument("--defer", type=float, default=0.0)
    parser.add_argument("--drop", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    asyncio.run(_serve(chosen.port_file, chosen.log_file, defer=chosen.defer, drop=chosen.drop, seed=chosen.seed))


if __name__ == "__main__":
    main()
