"""The git door: a file -> whether what it holds is committed. Nothing is ever written.

What an environment says of a repository (as inside a hook) is not asked: the folder of the file decides.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from veillee.errors import ConfigurationError, SourceError
from veillee.shown import shown_path

SECONDS = 60.0


def is_committed(path: Path) -> bool:
    """Whether the last commit has the file exactly as it is now: tracked, no change, nothing staged.

    Raises ConfigurationError where there is no git, or no repository; SourceError where git fails.
    """
    tracked = _git(path, "ls-files", "--error-unmatch", "--", path.name)
    if tracked.returncode != 0:
        check_repository(path.parent)
        return False
    status = _git(path, "status", "--porcelain", "--untracked-files=all", "--", path.name)
    if status.returncode != 0:
        raise SourceError(f"git cannot say whether {path.name} is committed: {_words(status)}")
    return not status.stdout.strip()


def check_repository(folder: Path) -> None:
    """Raises ConfigurationError where a folder, which may be still to be made, is in no repository."""
    there = next(one for one in (folder, *folder.parents) if one.is_dir())
    inside = _git(there / "any", "rev-parse", "--is-inside-work-tree")
    if inside.returncode == 0 and inside.stdout.strip() == b"true":
        return
    if b"not a git repository" in inside.stderr:
        found, todo = "this is in no git repository", "make one with git init in the site's folder"
    else:
        found, todo = f"git says: {_words(inside)}", "mend that"
    raise ConfigurationError(
        f'{shown_path(there)}: "review: true" waits for a commit, and {found}; {todo}, or take "review: true" out of '
        "digest.yaml"
    )


def _git(path: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "--no-optional-locks", "--literal-pathspecs", *arguments]
    try:
        return subprocess.run(  # noqa: S603
            command, cwd=path.parent, env={**environ, "LC_ALL": "C"}, capture_output=True, timeout=SECONDS, check=False
        )
    except FileNotFoundError as err:
        raise ConfigurationError(
            '"review: true" waits for a commit, and there is no git here; install git, or take "review: true" out of '
            "digest.yaml"
        ) from err
    except (OSError, subprocess.TimeoutExpired) as err:
        raise SourceError(f"git cannot be run in {path.parent}: {err}") from err


def _words(run: subprocess.CompletedProcess[bytes]) -> str:
    """What git said, on one line."""
    said = " ".join(run.stderr.decode("utf-8", "replace").split())[:300]
    return said.removeprefix("fatal: ") or f"it ended with {run.returncode}"
