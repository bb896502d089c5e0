"""Files of the built site: written whole or not at all, and only where something changed."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

from pelican.writers import FileOverwriteFailedError, Writer

from veillee.site.run import run_of


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
        is_changed = write_whole(Path(self.output_path) / path, content)
        self.changed_count += is_changed
        self.unchanged_count += not is_changed
        self.paths.add(path)
        if self.run:
            self.run.tick()

    def _open_w(self, filename: str, encoding: str, override: bool = False) -> io.StringIO:  # noqa: FBT001, FBT002
        """A file in memory that takes its place when it is closed; the same rules on overwriting as Pelican's."""
        if filename in self._overridden_files and not override:
            return io.StringIO()  # the page that stands in for this one is written already
        if filename in (self._overridden_files if override else self._written_files):
            raise FileOverwriteFailedError(f"two pages of the site have the address {filename}")
        if override:
            self._overridden_files.add(filename)
        self._written_files.add(filename)
        return _PendingFile(Path(filename), encoding, self)


class _PendingFile(io.StringIO):
    """Holds the text until it is complete."""

    def __init__(self, path: Path, encoding: str, writer: WholeFileWriter) -> None:
        super().__init__()
        self.path = path
        self.encoding_name = encoding
        self.writer = writer

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            path = self.path.relative_to(Path(self.writer.output_path).absolute()).as_posix()
            self.writer.put(path, self.getvalue().encode(self.encoding_name))
        super().__exit__(kind, error, trace)


def write_whole(path: Path, content: bytes) -> bool:
    """Puts the content in place in one step; False where the file holds it already and is left alone."""
    if _holds(path, content):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".veillee-part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644 if not path.exists() else path.stat().st_mode & 0o777)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False
