"""Builds that are killed, that meet another one, or that find what they kept damaged: the next one is right."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.site.incremental.sites import write_other_site, write_our_site
from tests.site.incremental.walks import NOW, Walk, build, site_files

KILLS = 150 if os.environ.get("VEILLEE_TORTURE") == "full" else 4
COMMAND = [sys.executable, "-m", "veillee.cli.entry", "build", "--now", NOW]


def site_of(folder: Path, *, is_ours: bool) -> Path:
    site = folder / "site"
    (write_our_site if is_ours else write_other_site)(site, random.Random(7))
    return site


def run(site: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(COMMAND, cwd=site, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("is_ours", [True, False], ids=["our theme", "another theme"])
def test_the_build_after_one_that_was_killed_is_right(tmp_path: Path, is_ours: bool) -> None:
    chance = random.Random(11)
    site = site_of(tmp_path, is_ours=is_ours)
    began_s = time.monotonic()
    assert run(site).returncode == 0
    lasts_s = time.monotonic() - began_s
    walk = Walk(site, chance, is_ours)
    for _ in range(KILLS):
        walk.history += [walk.add_post(), walk.edit_text(), walk.delete_post()]
        victim = subprocess.Popen(COMMAND, cwd=site, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.0, lasts_s))
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        walk.history += ["killed", walk.delete_post()]
        walk.check()
    assert not list((site / "output").rglob(".veillee-part-*")), "nothing half written stays"


def test_two_builds_at_once_leave_one_right_site(tmp_path: Path) -> None:
    site = site_of(tmp_path, is_ours=True)
    builds = [
        subprocess.Popen(COMMAND, cwd=site, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [one.communicate() for one in builds]
    assert [one.returncode for one in builds] == [0, 0], said
    Walk(site, random.Random(1), is_ours=True).check()


def kept_files(site: Path) -> list[Path]:
    return sorted(
        path for path in (site / "var/build").iterdir() if path.suffix in (".records", ".reads", ".standstill")
    )


KINDS = {".records", ".reads", ".standstill"}
DAMAGE = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "garbage": lambda content: bytes(reversed(content)),
    "one byte": lambda content: content[:-9] + bytes([content[-9] ^ 255]) + content[-8:],
    "another form": lambda content: content.replace(b"build 1", b"build 9"),
}


@pytest.mark.parametrize("damage", list(DAMAGE))
def test_what_is_kept_may_be_damaged(tmp_path: Path, damage: str) -> None:
    site = site_of(tmp_path, is_ours=False)
    assert run(site).returncode == 0
    assert [path.suffix for path in kept_files(site)] == [".reads", ".records", ".standstill"] or len(
        kept_files(site)
    ) == 3
    for path in kept_files(site):
        path.write_bytes(DAMAGE[damage](path.read_bytes()))
    walk = Walk(site, random.Random(3), is_ours=False)
    walk.edit_text()
    done = run(site)
    assert done.returncode == 0, done.stderr
    walk.check()


def test_what_another_site_kept_is_of_no_use(tmp_path: Path) -> None:
    site, other = site_of(tmp_path / "a", is_ours=False), site_of(tmp_path / "b", is_ours=True)
    run(site), run(other)
    for mine in kept_files(site):
        theirs = next(path for path in kept_files(other) if path.suffix == mine.suffix)
        shutil.copy(theirs, mine)
    Walk(site, random.Random(3), is_ours=False).check()


def test_a_folder_that_may_not_be_written_keeps_nothing_and_the_site_is_right(tmp_path: Path) -> None:
    site = site_of(tmp_path, is_ours=False)
    (site / "var").write_text("a file where the folder should be")
    assert build(site, NOW) == ()
    Walk(site, random.Random(3), is_ours=False).check()


def test_nothing_is_begun_where_nothing_has_changed(tmp_path: Path) -> None:
    site = site_of(tmp_path, is_ours=True)
    time.sleep(0.1)
    first, second = run(site), run(site)
    assert "Nothing has changed" not in first.stdout
    assert "Nothing has changed since the last build" in second.stdout
    before = site_files(site / "output")
    victim = next((site / "output").rglob("*.html"))
    victim.unlink()
    assert "Nothing has changed" not in run(site).stdout
    assert site_files(site / "output") == before


@pytest.mark.parametrize("what", ["content/stories/post-2.md", "content/images/dot.png", "pelicanconf.py"])
def test_a_file_whose_clock_was_put_back_is_seen(tmp_path: Path, what: str) -> None:
    site = site_of(tmp_path, is_ours=True)
    time.sleep(0.1)
    run(site)
    path = site / what
    was = path.stat()
    content = path.read_bytes()
    path.write_bytes(content[:-3] + content[-2:] + b"\n" if what.endswith(".md") else content[:-1] + b" ")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert path.stat().st_size == was.st_size
    assert "Nothing has changed" not in run(site).stdout
