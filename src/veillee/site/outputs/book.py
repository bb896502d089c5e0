"""The book of a site's builds: where its records are kept, and the lock that one build at a time holds."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

from veillee.site.outputs.records import Records, load_records, recorded_files

FOLDER = "build"


class Book:
    """What is kept of the builds of one site into one output folder, below `var`.

    `listing` is where the list of written files may stand, `search` what is known of the search index; `has_died` says
    that the build before did not come to its end, `left_ns` when the last one ended, by the clock of the disk.
    """

    def __init__(self, var: Path, output: Path, settings_file: str) -> None:
        name = blake2b(f"{settings_file}\0{output.absolute()}".encode(), digest_size=8).hexdigest()
        self._folder = var / FOLDER
        self._path = self._folder / f"{name}.records"
        whole = blake2b(str(output.absolute()).encode(), digest_size=8).hexdigest()
        self.plan = self._folder / f"{name}.plan"
        self.fragments = self._folder / f"{name}.fragments"
        self._lock = self._folder / f"{whole}.lock"
        self._running = self._folder / f"{whole}.running"
        self.listing = self._folder / f"{whole}.files"
        self.search = self._folder / f"{whole}.search"
        self.has_died = False
        self.left_ns = 0

    def is_untouched_since(self, moment_ns: int) -> bool:
        """Whether no build into this output, by whatever settings, has ended or died since; asked while it is held."""
        return not self.has_died and self.left_ns <= moment_ns

    @contextmanager
    def held(self, on_wait: Callable[[], None], *, is_build: bool = True) -> Iterator[None]:
        """No other build writes into this output meanwhile; `on_wait` is called where there is one to wait for.

        Whoever is no build leaves pages and feeds as they are.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            number = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError:
            yield  # a folder that nobody may write to holds no records either
            return
        try:
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                on_wait()
                fcntl.flock(number, fcntl.LOCK_EX)
            self.left_ns = os.fstat(number).st_mtime_ns
            self.has_died = self._running.exists()
            self._running.touch()
            try:
                yield
            finally:
                self._running.unlink(missing_ok=True)
                if is_build:
                    os.utime(number)
        finally:
            os.close(number)

    def read(self, *, signature: bytes) -> tuple[Records, str]:
        """What `load_records` says."""
        return load_records(self._path, signature=signature)

    def recorded_files(self) -> set[str]:
        """The files that the last build wrote."""
        return recorded_files(self._path)

    def write(self, records: Records) -> str:
        """Why the records could not be kept, a sentence; empty where they were. The next build is right without."""
        try:
            records.save(self._path)
        except OSError as error:
            self.forget()
            return f"{self._path} cannot be written ({error.strerror}); the next build renders everything again"
        return ""

    def forget(self) -> None:
        """The next build renders everything."""
        _take_away(self._path)

    def forget_fragments(self) -> None:
        """The next build renders every part of the pages that it renders."""
        _take_away(self.fragments)


def _take_away(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)
