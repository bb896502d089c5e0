"""A maildir on this machine: unread are the files in `new/`, and those in `cur/` without the mark S (seen).

What was taken care of is in `cur/` as `name:2,S`, as mail readers do it.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from veillee.errors import SourceError
from veillee.mailbox.letter import BYTES_READ, Letter
from veillee.shown import shown_path


class MaildirInbox:
    """The maildir at `folder`; it must be there, since whatever delivers into it makes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def label(self) -> str:
        return f"maildir:{shown_path(self.folder)}"

    def __enter__(self) -> Self:
        missing = [name for name in ("new", "cur") if not (self.folder / name).is_dir()]
        if missing:
            shown = shown_path(self.folder)
            raise SourceError(
                f"{shown}: this is no maildir (no {' and no '.join(missing)} in it); let the mail server deliver there "
                f"first, correct VEILLEE_MAILBOX, or make one to try things out: mkdir -p {shown}/new {shown}/cur"
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def unread(self) -> Iterator[Letter]:
        for path in self._unread_paths():
            content = self._read(path)
            if content is not None:
                yield Letter(str(path), content)

    def mark_read(self, letter: Letter) -> None:
        path = Path(letter.key)
        name, _, marks = path.name.partition(":2,")
        marks = "".join(sorted({*marks, "S"}))
        with self._our_errors():
            try:
                path.rename(self.folder / "cur" / f"{name}:2,{marks}")
            except FileNotFoundError:
                return  # somebody moved it: it is theirs now

    def _unread_paths(self) -> list[Path]:
        with self._our_errors():
            found = [path for name in ("new", "cur") for path in (self.folder / name).iterdir() if _is_unread(path)]
        return sorted(found, key=lambda path: (path.name, path.parent.name))

    def _read(self, path: Path) -> bytes | None:
        """The beginning; None for what is no file, or is gone."""
        with self._our_errors():
            try:
                if not stat.S_ISREG(path.lstat().st_mode):
                    return None
                with path.open("rb") as file:
                    return file.read(BYTES_READ)
            except FileNotFoundError:
                return None

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as err:
            raise SourceError(
                f"{shown_path(self.folder)}: the mailbox cannot be read ({err.strerror}); check the folder's rights"
            ) from err


def _is_unread(path: Path) -> bool:
    name, _, marks = path.name.partition(":2,")
    return not name.startswith(".") and "S" not in marks and "T" not in marks
