"""The git door says whether a file is committed exactly as it is; asked of real repositories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.repositories import git, make_repository
from veillee.errors import ConfigurationError
from veillee.sources.git import is_committed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file in a repository with one commit that knows nothing of it."""
    make_repository(tmp_path)
    folder = tmp_path / "digests" / "weekly [1]"
    folder.mkdir(parents=True)
    path = folder / "2026-W47.md"
    path.write_text("one\n")
    return path


def test_a_file_is_committed_once_the_last_commit_has_it_as_it_is(path: Path) -> None:
    assert not is_committed(path), "untracked"
    git(path, "add", ".")
    assert not is_committed(path), "staged"
    git(path, "commit", "-qm", "The draft")
    assert is_committed(path)
    path.write_text("two\n")
    assert not is_committed(path), "edited since"
    git(path, "add", ".")
    assert not is_committed(path), "edited and staged"
    git(path, "commit", "-qm", "Edited")
    assert is_committed(path)
    git(path, "rm", "-q", "--cached", path.name)
    assert not is_committed(path), "taken out of git"


def test_what_happens_to_other_files_does_not_matter(path: Path) -> None:
    git(path, "add", path.name)
    git(path, "commit", "-qm", "The draft")
    path.with_name("other.md").write_text("not committed\n")
    assert is_committed(path)


def test_a_file_that_git_ignores_is_never_committed(path: Path) -> None:
    (path.parent / ".gitignore").write_text("*.md\n")
    assert not is_committed(path)


def test_a_file_that_was_committed_and_is_gone_is_not_committed(path: Path) -> None:
    git(path, "add", path.name)
    git(path, "commit", "-qm", "The draft")
    path.unlink()
    assert not is_committed(path)


def test_before_the_first_commit_nothing_is_committed(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    path = tmp_path / "x.md"
    path.write_text("x\n")
    git(path, "add", ".")
    assert not is_committed(path)


def test_without_a_repository_the_message_says_what_needs_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))  # as a hook sets it
    path = tmp_path / "x.md"
    path.write_text("x\n")
    with pytest.raises(
        ConfigurationError, match=r'"review: true" waits for a commit, and this is in no git repository; make one'
    ):
        is_committed(path)


def test_without_git_the_message_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(path.parent))
    with pytest.raises(ConfigurationError, match="there is no git here; install git"):
        is_committed(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_somebody_elses_repository_is_told_in_gits_own_words(path: Path, tmp_path: Path) -> None:
    os.chown(tmp_path / ".git", 12345, 12345)
    os.chown(tmp_path, 12345, 12345)
    with pytest.raises(ConfigurationError, match="dubious ownership"):
        is_committed(path)
