"""What an earlier build wrote and this one did not: pages of posts that were deleted, renamed or have expired.

The output folder keeps a list of what was written; only what stands on it is ever deleted.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from veillee.site.outputs.writing import write_whole

LIST_NAME = ".veillee-files"


def sweep_leftovers(output: Path, current: set[str], *, only: set[str] | None = None) -> tuple[str, ...]:
    """Deletes files of earlier builds that are not `current`, and gives their paths.

    `only` limits it to these, where a build had problems: the last good page of a post with a fault stays.
    """
    leftovers = _listed(output) - current
    doomed = leftovers if only is None else leftovers & only
    for path in doomed:
        _delete(output / path, output)
    _write_list(output, current | (leftovers - doomed))
    return tuple(sorted(doomed))


def _listed(output: Path) -> set[str]:
    try:
        lines = (output / LIST_NAME).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return set()
    return {line for line in lines if line and ".." not in Path(line).parts and not Path(line).is_absolute()}


def _delete(path: Path, output: Path) -> None:
    """The file, and its folders where nothing else is in them."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == output:
                break
            folder.rmdir()


def _write_list(output: Path, paths: set[str]) -> None:
    write_whole(output / LIST_NAME, "".join(f"{path}\n" for path in sorted(paths)).encode())
