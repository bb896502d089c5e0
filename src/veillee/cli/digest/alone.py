"""One run at a time: a locked file in the var folder, which no crash leaves locked."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from veillee.errors import SourceError

LOCK_NAME = "digest-run.lock"


@contextmanager
def alone(folder: Path) -> Iterator[str]:
    """Holds the lock while the block runs; yields who else holds it, empty where nobody does."""
    path = folder / LOCK_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = path.open("a+")
    except OSError as err:
        raise SourceError(f"{path}: cannot be written ({err.strerror}); check the folder's rights") from err
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            yield file.read().strip() or "another process"
            return
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        yield ""
