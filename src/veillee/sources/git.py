"""The git door: a file -> whether somebody has committed it as it stands."""

from __future__ import annotations

import subprocess
from pathlib import Path

from veillee.errors import ConfigurationError

_TIMEOUT_S = 30


def is_committed(path: Path) -> bool:
    """Whether the file is in the last commit, and unchanged since.

    Raises ConfigurationError where it lies in no git repository, or there is no git.
    """
    folder = path.parent.absolute()
    if _git(folder, "rev-parse", "--is-inside-work-tree") != "true":
        todo = "put the site into one (git init), or write review: false"
        raise ConfigurationError(f"{folder} is in no git repository, and review: true waits for a commit; {todo}")
    tracked = _git(folder, "ls-tree", "--name-only", "HEAD", "--", path.name)
    changed = _git(folder, "status", "--porcelain", "--", path.name)
    return tracked == path.name and changed == ""


def _git(folder: Path, *words: str) -> str | None:
    """What git says, None where it refuses."""
    try:
        ran = subprocess.run(  # noqa: S603 - fixed words and a name of ours
            ["git", "-C", str(folder), "-c", "core.quotePath=false", *words],  # noqa: S607 - whichever git is installed
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as err:
        raise ConfigurationError(f"review: true needs git, which does not run ({err}); install it") from err
    return ran.stdout.strip() if ran.returncode == 0 else None
