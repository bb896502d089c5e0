"""Git repositories for tests: real ones, of an author who is nobody."""

from __future__ import annotations

import subprocess
from pathlib import Path

WHO = ("-c", "user.name=Manager", "-c", "user.email=manager@example.org", "-c", "commit.gpgsign=false")


def git(place: Path, *arguments: str) -> None:
    """A git command in the folder of a file, or in a folder."""
    folder = place if place.is_dir() else place.parent
    subprocess.run(["git", *WHO, *arguments], cwd=folder, check=True, capture_output=True)


def make_repository(folder: Path) -> None:
    """A repository with one commit of nothing."""
    git(folder, "init", "-q")
    git(folder, "commit", "-q", "--allow-empty", "-m", "Begin")


def commit_all(folder: Path, message: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)
