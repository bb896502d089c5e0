"""A maildir on this machine: each message a file of its own, there whole or not at all.

Written to `tmp/`, brought to the disk, renamed into `new/`. A file is named after its Message-ID, so that the
same message is never there twice, whoever delivers it, and a later run can look whether it is.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time_ns

from veillee.delivery.envelope import Envelope, Handover, Outcome, Parcel, Reply
from veillee.errors import SourceError

_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(?:\r\n[ \t]+)?(\S+)", re.IGNORECASE | re.MULTILINE)
_NOT_IN_A_PATH = re.compile(r"[\x00-\x1f\x7f<>]+")
SETTLED_NS = 2_000_000_000
"""A folder that changed less than this ago may change again without looking different."""


class MaildirTransport:
    """Delivers into the maildir at `folder`, which is made where there is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._read: frozenset[str] = frozenset()
        self._read_at_ns = -1
        self._mark = f"{os.getpid()}.{secrets.token_hex(4)}"

    @property
    def label(self) -> str:
        return f"maildir:{self.folder}"[:200]

    lanes = 1

    async def carry(self, handover: Handover) -> None:
        with self._our_errors():
            for name in ("tmp", "new", "cur"):
                (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        while parcel := await handover.take():
            try:
                handover.about_to_end(parcel)
            except SourceError:
                handover.give_back(parcel)
                raise
            self._settle(parcel, handover)

    def _settle(self, parcel: Parcel, handover: Handover) -> None:
        """Nobody needs to doubt a message whose file could not be written: the next run looks whether it is there."""
        try:
            outcome = self._deliver(parcel.envelope, parcel.message)
        except SourceError:
            handover.settle(parcel, Outcome(Reply.TEMPORARY, "the maildir cannot be written"))
            raise
        handover.settle(parcel, outcome)

    def _deliver(self, envelope: Envelope, message: bytes) -> Outcome:
        name = _name_of(envelope, message)
        with self._our_errors():
            if self._holds(name):
                return Outcome(Reply.ACCEPTED, f"is in the maildir already, as {name}")
            self._write(name, _return_path(envelope) + message)
        return Outcome(Reply.ACCEPTED, f"in the maildir as {name}")

    def was_delivered(self, message_id: str) -> bool | None:
        with self._our_errors():
            return self._holds(_name_for(message_id))

    def _holds(self, name: str) -> bool:
        """Whether it is there: new, or moved and marked by a mail reader (`name:2,S`)."""
        return (self.folder / "new" / name).exists() or name in self._moved()

    def _moved(self) -> frozenset[str]:
        """What mail readers have looked at; listed again where that has changed."""
        try:
            changed_at_ns = (self.folder / "cur").stat().st_mtime_ns
        except FileNotFoundError:
            return frozenset()
        is_settled = time_ns() - changed_at_ns > SETTLED_NS
        if changed_at_ns != self._read_at_ns:
            self._read = frozenset(one.name.partition(":")[0] for one in os.scandir(self.folder / "cur"))
            self._read_at_ns = changed_at_ns if is_settled else -1
        return self._read

    def _write(self, name: str, message: bytes) -> None:
        part = self.folder / "tmp" / f"{name}.{self._mark}"
        try:
            with part.open("xb") as file:
                file.write(message)
                file.flush()
                os.fsync(file.fileno())
            part.rename(self.folder / "new" / name)
        except BaseException:
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


def _return_path(envelope: Envelope) -> bytes:
    """Where a bounce goes, as the last server writes it (RFC 5321 section 4.4)."""
    return f"Return-Path: <{_NOT_IN_A_PATH.sub('', envelope.sender)}>\r\n".encode(errors="replace")


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
