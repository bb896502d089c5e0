"""Who is sending at this moment on this machine: a locked file for each run, which no crash leaves locked."""

from __future__ import annotations

import fcntl
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from veillee.errors import SourceError


class Senders:
    """The runs that send, or sent, for the ledger beside `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def joining(self) -> Iterator[str]:
        """The name of a new run, which counts as alive until this ends, or its process does."""
        run = secrets.token_hex(8)
        path = self.folder / run
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = path.open("w")
        except OSError as err:
            raise SourceError(f"{path}: cannot be written ({err.strerror}); check the folder's rights") from err
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield run
            finally:
                path.unlink(missing_ok=True)

    def is_alive(self, run: str) -> bool:
        """Whether this run still sends."""
        try:
            with (self.folder / run).open() as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def forget(self, run: str) -> None:
        """Removes what a run that died has left here."""
        (self.folder / run).unlink(missing_ok=True)
