"""What an earlier build wrote and this one did not: pages of posts that were deleted, renamed or have expired.

A list is kept of what was written; only what stands on it is ever deleted. A file is put on the list before it is
written, so that a build that dies leaves nothing behind that nobody knows of.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path

from veillee.site.outputs.writing import PART, write_whole

LIST_NAME = ".veillee-files"


class Leftovers:
    """The files of earlier builds in one output folder, by the list at `listing`.

    Where that is lost, `recorded` says what else is known of them.
    """

    def __init__(self, output: Path, listing: Path, recorded: Callable[[], Iterable[str]] = tuple) -> None:
        self._output = output
        self._listing = listing
        self._known = self._listed() or {path for path in recorded() if _is_below(path)}

    def announce(self, paths: set[str]) -> None:
        """These are going to be written."""
        if paths - self._known:
            self._known |= paths
            self._write(self._known)

    def sweep(self, current: set[str], *, only: set[str] | None = None) -> tuple[str, ...]:
        """Deletes files of earlier builds that are not `current`, and gives their paths.

        `only` limits it to these, where a build had problems: the last good page of a post with a fault stays.
        """
        leftovers = self._known - current
        doomed = leftovers if only is None else leftovers & only
        for path in doomed:
            self._delete(self._output / path)
        self._write(current | (leftovers - doomed))
        return tuple(sorted(doomed))

    def drop(self, paths: set[str]) -> None:
        """Deletes these files of an earlier build, if they are known to be of one."""
        doomed = paths & self._known
        for path in doomed:
            self._delete(self._output / path)
        if doomed:
            self._write(self._known - doomed)

    def clear_parts(self) -> None:
        """Takes away what a build that died had not put in its place yet."""
        for part in self._output.rglob(f"{PART}*"):
            part.unlink(missing_ok=True)

    def _listed(self) -> set[str]:
        try:
            lines = self._listing.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return set()
        return {line for line in lines if _is_below(line)}

    def _delete(self, path: Path) -> None:
        """The file, and its folders where nothing else is in them."""
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
            for folder in path.parents:
                if folder == self._output:
                    break
                folder.rmdir()

    def _write(self, paths: set[str]) -> None:
        self._known = paths
        with contextlib.suppress(OSError):
            write_whole(self._listing, "".join(f"{path}\n" for path in sorted(paths)).encode())


def _is_below(path: str) -> bool:
    """Whether a path may be one of a file in the output folder."""
    return bool(path) and ".." not in path.split("/") and not path.startswith("/") and "\0" not in path
