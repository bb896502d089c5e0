"""Whole small sites with one fault each: what is said about it, word for word; and all of them in one run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.site.building import SITES
from veillee.site.building import build_site
from veillee.site.checking import check_site
from veillee.site.reading import read_site
from veillee.site.settings import load_settings

INVALID = SITES / "invalid"
CASES = sorted(path.name for path in INVALID.iterdir() if path.is_dir())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which commands run."""
    shutil.copy(INVALID / "pelicanconf.py", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def expected_of(case: str) -> list[str]:
    return (INVALID / case / "expected.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("case", CASES)
def test_each_fault_is_named_with_file_and_line(case: str, here: Path) -> None:
    shutil.copytree(INVALID / case / "content", here / "content")
    assert [str(fault) for fault in check_site(load_settings()).faults] == expected_of(case)


def test_all_faults_are_named_in_one_run(here: Path) -> None:
    for case in CASES:
        shutil.copytree(INVALID / case / "content", here / "content", dirs_exist_ok=True)
    found = [str(fault) for fault in check_site(load_settings()).faults]
    assert sorted(found) == sorted(line for case in CASES for line in expected_of(case))


def test_good_posts_are_read_beside_faulty_ones(here: Path) -> None:
    for case in CASES:
        shutil.copytree(INVALID / case / "content", here / "content", dirs_exist_ok=True)
    ids = {post.id for post in read_site(load_settings()).community.posts}
    assert ids == {
        "buzz/good",
        "buzz/three-is-fine",
        "questions/asked",
        "stories/links",
        "stories/picnic",
        "stories/pictures",
        "stories/pointing",
    }


def test_a_file_of_ten_megabytes_is_named_and_not_read(here: Path) -> None:
    (here / "content" / "stories").mkdir(parents=True)
    huge = here / "content" / "stories" / "huge.md"
    huge.write_text(
        "---\ntitle: Huge\ndate: 2026-11-01\n---\n" + "All work and no play. \n" * 450_000, encoding="utf-8"
    )
    assert [str(fault) for fault in check_site(load_settings()).faults] == [
        "content/stories/huge.md: the file holds 10.4 MB; at most 2 MB of text; split it, and keep images in files"
    ]


def test_a_build_writes_what_is_good_and_leaves_no_half_of_the_rest(here: Path) -> None:
    for case in CASES:
        shutil.copytree(INVALID / case / "content", here / "content", dirs_exist_ok=True)
    report = build_site(load_settings())
    assert report.exit_code == 1
    assert (report.published, report.lost) == (7, report.read - 7)
    written = {path.name for path in (here / "output" / "stories").glob("*.html")}
    assert {"links.html", "picnic.html", "pictures.html", "pointing.html"} <= written
    assert not {"first.html", "second.html", "same.html", "faulty.html"} & written
    assert not list((here / "output").rglob(".veillee-part-*"))
