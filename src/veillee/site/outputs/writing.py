"""Files of the built site: written whole or not at all, and only where something changed."""

from __future__ import annotations

import io
import itertools
import os
from pathlib import Path
from types import TracebackType
from typing import Any

from pelican.writers import FileOverwriteFailedError, Writer

from veillee.site.run import run_of

PART = ".veillee-part-"
"""How the name of a file begins that is not in its place yet."""

_NUMBERS = itertools.count()


class WholeFileWriter(Writer):  # type: ignore[misc]
    """Pelican's writer, each file of it put in its place in one step; counts what it changed."""

    def __init__(self, output_path: str, settings: dict[str, Any] | None = None) -> None:
        super().__init__(output_path, settings=settings)
        self.changed_count = 0
        self.unchanged_count = 0
        self.paths: set[str] = set()
        self.run = run_of(self.settings)

    def put(self, path: str, content: bytes) -> None:
        """Writes one file of the site; `path` is below the output folder, with `/`."""
        self.count(path, is_changed=write_whole(Path(self.output_path) / path, content))
        if self.run:
            self.run.tick()

    def count(self, path: str, *, is_changed: bool) -> None:
        """One file of the site stands as it should."""
        self.changed_count += is_changed
        self.unchanged_count += not is_changed
        self.paths.add(path)

    def place_of(self, filename: str) -> str:
        """The path below the output folder of a file that Pelican names."""
        folder = f"{self.output_path}/"
        if filename.startswith(folder) and "/." not in filename and "//" not in filename and os.sep == "/":
            return filename[len(folder) :]
        return os.path.relpath(filename, self.output_path).replace(os.sep, "/")

    def _open_w(self, filename: str, encoding: str, override: bool = False) -> io.StringIO:  # noqa: FBT001, FBT002
        """A file in memory that takes its place when it is closed."""
        if not self._takes(filename, override=override):
            return io.StringIO()
        return self._opened(self.place_of(filename), encoding)

    def _takes(self, filename: str, *, override: bool) -> bool:
        """Whether a page gets its address, by the rules of Pelican's writer; False where another stands in for it.

        Raises FileOverwriteFailedError.
        """
        if filename in self._overridden_files and not override:
            return False
        if filename in (self._overridden_files if override else self._written_files):
            raise FileOverwriteFailedError(f"two pages of the site have the address {filename}")
        if override:
            self._overridden_files.add(filename)
        self._written_files.add(filename)
        return True

    def _opened(self, path: str, encoding: str) -> io.StringIO:
        return _PendingFile(path, encoding, self)


class _PendingFile(io.StringIO):
    """Holds the text until it is complete."""

    def __init__(self, path: str, encoding: str, writer: WholeFileWriter) -> None:
        super().__init__()
        self.path = path
        self.encoding_name = encoding
        self.writer = writer

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.writer.put(self.path, self.getvalue().encode(self.encoding_name))
        super().__exit__(kind, error, trace)


def write_whole(path: Path | str, content: bytes) -> bool:
    """Puts the content in place in one step; False where the file holds it already and is left alone."""
    name = os.fspath(path)
    held = _held(name, len(content))
    if held == content:
        return False
    part = f"{os.path.dirname(name)}/{PART}{os.getpid()}-{next(_NUMBERS)}"  # noqa: PTH120
    number = _new_file(part)
    try:
        try:
            while content:
                content = content[os.write(number, content) :]
        finally:
            os.close(number)
        if held is not None:
            _keep_mode(name, part)
        os.replace(part, name)  # noqa: PTH105
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    return True


def _new_file(part: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        return os.open(part, flags, 0o644)
    except FileNotFoundError:
        Path(part).parent.mkdir(parents=True, exist_ok=True)
        return os.open(part, flags, 0o644)


def _keep_mode(name: str, part: str) -> None:
    mode = os.stat(name).st_mode & 0o777  # noqa: PTH116
    if mode != 0o644:
        os.chmod(part, mode)  # noqa: PTH101


def _held(name: str, size: int) -> bytes | None:
    """What a file holds; None where there is none, nothing where it is of another size anyway."""
    try:
        if os.stat(name).st_size != size:  # noqa: PTH116
            return b""
        with open(name, "rb", buffering=0) as file:  # noqa: PTH123
            return file.readall()
    except FileNotFoundError:
        return None
    except OSError:
        return b""
