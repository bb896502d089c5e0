"""A maildir on this machine: each message a file of its own, there whole or not at all.

Written to `tmp/`, brought to the disk, renamed into `new/`. A file is named after its Message-ID, so that the
same message is never there twice and a later run can look whether it is.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from veillee.delivery.envelope import Envelope, Handover, Outcome, Reply
from veillee.errors import SourceError

_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(?:\r\n[ \t]+)?(\S+)", re.IGNORECASE | re.MULTILINE)


class MaildirTransport:
    """Delivers into the maildir at `folder`, which is made where there is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._present: set[str] = set()

    @property
    def label(self) -> str:
        return f"maildir:{self.folder}"[:200]

    lanes = 1

    async def carry(self, handover: Handover) -> None:
        with self._our_errors():
            for name in ("tmp", "new", "cur"):
                (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            self._look()
        while parcel := await handover.take():
            try:
                handover.about_to_end(parcel)
                outcome = self._deliver(parcel.envelope, parcel.message)
            except SourceError:
                handover.give_back(parcel)
                raise
            handover.settle(parcel, outcome)

    def _deliver(self, envelope: Envelope, message: bytes) -> Outcome:
        name = _name_of(envelope, message)
        if name in self._present:
            return Outcome(Reply.ACCEPTED, f"is in the maildir already, as {name}")
        with self._our_errors():
            self._write(name, message)
        self._present.add(name)
        return Outcome(Reply.ACCEPTED, f"in the maildir as {name}")

    def was_delivered(self, message_id: str) -> bool | None:
        with self._our_errors():
            self._look()
        return _name_for(message_id) in self._present

    def _look(self) -> None:
        """What is there: new messages, and those that a mail reader moved and marked (`name:2,S`)."""
        self._present = {
            path.name.partition(":")[0] for name in ("new", "cur") for path in (self.folder / name).iterdir()
        }

    def _write(self, name: str, message: bytes) -> None:
        part = self.folder / "tmp" / f"{name}.{os.getpid()}"
        try:
            with part.open("wb") as file:
                file.write(message)
                file.flush()
                os.fsync(file.fileno())
            part.rename(self.folder / "new" / name)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        _bring_to_disk(self.folder / "new")

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as err:
            todo = "make room on the disk, or check the folder's rights, and run this again: nothing is lost"
            raise SourceError(f"{self.folder}: the maildir cannot be written ({err.strerror}); {todo}") from err


def _bring_to_disk(folder: Path) -> None:
    """The name of a new file is safe once its folder is."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _name_of(envelope: Envelope, message: bytes) -> str:
    header = message.partition(b"\r\n\r\n")[0]
    found = _MESSAGE_ID.search(header)
    if found:
        return _name_for(found[1].decode("ascii", errors="replace"))
    return _name_for(hashlib.sha256(repr(envelope).encode() + message).hexdigest())


def _name_for(message_id: str) -> str:
    """A file name that holds the id, or where that holds strange characters, its hash."""
    local = message_id.strip("<>").partition("@")[0]
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,100}", local):
        local = hashlib.sha256(message_id.encode()).hexdigest()
    return f"{local}.veillee"
