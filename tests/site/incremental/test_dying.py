"""Builds that are killed, that meet another one, or that find what they kept damaged: the next one is right."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.site.incremental.post_edits import add_newest, add_post, delete_post, edit_text
from tests.site.incremental.runs import NOW, build_from_nothing, differences, run, running, site_files
from tests.site.incremental.site_edits import edit_template, put_foreign_file
from tests.site.incremental.test_walks import IS_FULL, SEED
from tests.site.incremental.walks import SETTLED_S, Walk, begin_walk

KILLS = 150 if IS_FULL else 3
COMMAND = ("build", "--now", NOW)
STILL = "Nothing has changed since the last build"


def walk_in(folder: Path, *, is_ours: bool, seed: int = 7) -> Walk:
    """A site that was built once."""
    walk = begin_walk(folder, random.Random(seed), is_ours=is_ours)
    walk.history.append(f"VEILLEE_SEED={seed}")
    time.sleep(SETTLED_S)
    assert run(walk.site, *COMMAND).code == 0
    return walk


@pytest.mark.parametrize("is_ours", [True, False], ids=["our theme", "another theme"])
def test_the_build_after_one_that_was_killed_is_right(tmp_path: Path, is_ours: bool) -> None:
    walk = walk_in(tmp_path, is_ours=is_ours, seed=SEED)
    for number in range(KILLS):
        walk.history += [edit(walk) for edit in (add_post, add_post, edit_text, edit_template, delete_post)]
        if number % 2:  # everything is read and rendered, in several processes; the list of files stays
            for path in (walk.site / "var/build").glob("*.re*"):
                path.unlink()
        _kill_a_build(walk)
        walk.history.append(delete_post(walk))
        walk.check()
        assert not list((walk.site / "output").rglob(".veillee-part-*")), "nothing half written stays"


def test_the_build_after_a_new_post_that_was_killed_is_right(tmp_path: Path) -> None:
    walk = begin_walk(tmp_path, random.Random(SEED), is_ours=False, attaches=False)
    walk.history.append(f"VEILLEE_SEED={SEED}")
    walk.check()
    for _ in range(KILLS):
        walk.step(add_newest)
        walk.history.append(add_newest(walk))
        _kill_a_build(walk)
        walk.step(walk.chance.choice([edit_text, add_newest, delete_post]))


def _kill_a_build(walk: Walk) -> None:
    """At some moment between its beginning and its end."""
    time.sleep(SETTLED_S)
    lasts_s = _seconds_of(walk.site)
    moment_s = walk.chance.uniform(0.0, lasts_s)
    with running(walk.site, *COMMAND) as victim:
        time.sleep(moment_s)
        victim.process.kill()
        victim.process.join()
    walk.history.append(f"killed after {moment_s:.3f} of {lasts_s:.3f} s")


def _seconds_of(site: Path) -> float:
    """How long the build would take that is about to be killed."""
    twin = site.with_name("twin")
    shutil.copytree(site, twin, symlinks=True)
    try:
        began_s = time.monotonic()
        run(twin, *COMMAND)
        return time.monotonic() - began_s
    finally:
        shutil.rmtree(twin)


@pytest.mark.parametrize("lag_s", [0.0, 0.1])
def test_two_builds_at_once_leave_one_right_site(tmp_path: Path, lag_s: float) -> None:
    walk = begin_walk(tmp_path, random.Random(1), is_ours=True)
    with running(walk.site, *COMMAND) as one:
        time.sleep(lag_s)
        with running(walk.site, *COMMAND) as other:
            said = [one.ran(), other.ran()]
    assert [ran.code for ran in said] == [0, 0], said
    expected = build_from_nothing(walk.site)[1]
    wrong = differences(expected, site_files(walk.site / "output"))
    assert not wrong, wrong
    walk.check()


def test_two_builds_at_once_with_different_settings_leave_one_site_or_the_other(tmp_path: Path) -> None:
    walk = begin_walk(tmp_path, random.Random(1), is_ours=False)
    settings = (walk.site / "pelicanconf.py").read_text()
    (walk.site / "publishconf.py").write_text(f"{settings}SITENAME = 'Other'\n")
    with running(walk.site, *COMMAND) as one, running(walk.site, *COMMAND, "--settings", "publishconf.py") as other:
        said = [one.ran(), other.ran()]
    assert [ran.code for ran in said] == [0, 0], said
    found = site_files(walk.site / "output")
    names = ((), ("--settings", "publishconf.py"))
    assert not all(differences(build_from_nothing(walk.site, *name)[1], found) for name in names), "a mixture"


def kept_files(site: Path) -> list[Path]:
    """Whatever a build made beside the site's sources and pages: found, not listed."""
    made = [path for path in site.rglob("*") if path.is_file()]
    sources = {site / name for name in ("content", "theme", "digests", "overrides", "output")}
    beside = [path for path in made if not sources.intersection(path.parents) and path.name != "pelicanconf.py"]
    return sorted([*beside, *(site / "output").glob(".veillee*")])


def _as_folder(path: Path) -> None:
    path.unlink()
    (path / "in the way").mkdir(parents=True)


def _rewritten(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def rewrite(path: Path) -> None:
        path.write_bytes(change(path.read_bytes()))

    return rewrite


def _without_last(content: bytes) -> bytes:
    return content[:-1]


DAMAGE: dict[str, Callable[[Path], None]] = {
    "gone": Path.unlink,
    "empty": _rewritten(lambda content: b""),
    "cut": _rewritten(lambda content: content[: len(content) // 2]),
    "cut by a byte": _rewritten(_without_last),
    "garbage": _rewritten(lambda content: bytes(reversed(content))),
    "zeros": _rewritten(lambda content: bytes(len(content))),
    "one byte": _rewritten(
        lambda content: content[:-9] + bytes([content[-9] ^ 255]) + content[-8:] if content else b""
    ),
    "another form": _rewritten(lambda content: content.replace(b"build 1", b"build 9")),
    "a folder": _as_folder,
}


@pytest.mark.parametrize("is_ours", [True, False] if IS_FULL else [False])
@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_kept_may_be_damaged(tmp_path: Path, damage: str, is_ours: bool) -> None:
    walk = walk_in(tmp_path, is_ours=is_ours)
    assert {".records", ".reads", ".standstill"} <= {path.suffix for path in kept_files(walk.site)}
    for path in kept_files(walk.site):
        DAMAGE[damage](path)
    walk.history += [damage, put_foreign_file(walk), edit_text(walk)]
    walk.check()
    walk.step(edit_text)


@pytest.mark.skipif(not IS_FULL, reason="takes minutes: VEILLEE_TORTURE=full")
@pytest.mark.parametrize("is_ours", [True, False], ids=["our theme", "another theme"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_one_file_of_what_is_kept_may_be_damaged(tmp_path: Path, damage: str, is_ours: bool) -> None:
    walk = walk_in(tmp_path, is_ours=is_ours)
    for path in kept_files(walk.site):
        if not path.is_file():  # a picture that lies in the output needs not be kept again
            continue
        DAMAGE[damage](path)
        walk.history.append(f"{damage}: {path.name}")
        walk.check()
        walk.step(edit_text)
        if path.is_dir():
            shutil.rmtree(path)
            walk.check()


def test_what_another_site_kept_is_of_no_use(tmp_path: Path) -> None:
    walk, other = walk_in(tmp_path / "a", is_ours=False), walk_in(tmp_path / "b", is_ours=False, seed=8)
    put_foreign_file(walk)
    theirs = {path.suffix or path.name: path for path in kept_files(other.site)}
    for mine in kept_files(walk.site):
        shutil.copy(theirs[mine.suffix or mine.name], mine)
    walk.check()


def test_a_folder_that_may_not_be_written_keeps_nothing_and_the_site_is_right(tmp_path: Path) -> None:
    walk = begin_walk(tmp_path, random.Random(3), is_ours=False)
    (walk.site / "var").write_text("a file where the folder should be")
    walk.check()
    walk.step(edit_text)


@pytest.mark.parametrize("is_ours", [True, False], ids=["our theme", "another theme"])
def test_a_page_goes_with_its_post_though_the_list_of_files_is_lost(tmp_path: Path, is_ours: bool) -> None:
    walk = walk_in(tmp_path, is_ours=is_ours)
    lists = [path for path in kept_files(walk.site) if path.suffix == ".files" or path.name == ".veillee-files"]
    assert lists
    for path in lists:
        path.write_bytes(b"")
    next((walk.site / "content").rglob("post-7.md")).unlink()
    walk.check()
    assert walk.compared_count == 1


def test_nothing_is_begun_where_nothing_has_changed(tmp_path: Path) -> None:
    walk = begin_walk(tmp_path, random.Random(3), is_ours=True)
    time.sleep(SETTLED_S)
    first, second = run(walk.site, *COMMAND), run(walk.site, *COMMAND)
    assert STILL not in first.stdout
    assert STILL in second.stdout
    before = site_files(walk.site / "output")
    next((walk.site / "output").rglob("*.html")).unlink()
    assert STILL not in run(walk.site, *COMMAND).stdout
    assert site_files(walk.site / "output") == before


@pytest.mark.parametrize("is_ours", [True, False], ids=["our theme", "another theme"])
def test_an_edit_that_keeps_size_and_clock_of_its_file_is_seen(tmp_path: Path, is_ours: bool) -> None:
    walk = walk_in(tmp_path, is_ours=is_ours)
    post = next((walk.site / "content").rglob("post-2.md"))
    names = [post, walk.site / "content/images/dot.png", walk.site / "pelicanconf.py"]
    names.append(next((walk.site / "theme/templates").rglob("base.html")))
    for path in names[:2] if is_ours else names:
        was, content = path.stat(), path.read_bytes()
        path.write_bytes(_other_byte(content, path.suffix))
        os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
        assert (path.stat().st_size, path.stat().st_mtime_ns) == (was.st_size, was.st_mtime_ns)
        walk.history.append(f"edited {path.name}, and put its clock back")
        before = site_files(walk.site / "output")
        walk.check()
        assert site_files(walk.site / "output") != before, path


OTHER_WORDS = {
    ".md": (b"See [", b"Saw ["),
    ".py": (b'SITENAME = "', b'SITENAME ="1'),
    ".html": (b"<!doctype", b"<!DOCTYPE"),
    ".png": (b"IEND", b"IEnD"),
}


def _other_byte(content: bytes, suffix: str) -> bytes:
    """Another content of the same size, which shows on the site."""
    old, new = OTHER_WORDS[suffix]
    assert old in content and len(old) == len(new)
    return content.replace(old, new)
