"""When a build may rest: where nothing has changed nothing is done, and where something has, no more than that."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import veillee
from tests.site.incremental.runs import NOW, run
from tests.site.incremental.sites import write
from tests.site.incremental.test_hidden_reads import BARE, SETTINGS, change, post
from veillee.shipped import theme_folder

STILL = "Nothing has changed since the last build"
COMMAND = ("build", "--now", NOW)


def test_a_newer_program_begins_again(tmp_path: Path) -> None:
    """As after an upgrade in place: the same interpreter, the same command, other files of the program."""
    package = Path(veillee.__file__).parent
    shutil.copytree(package, tmp_path / "src/veillee", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in (theme_folder(), theme_folder().with_name("digests")):
        shutil.copytree(folder, tmp_path / folder.name)
    site = tmp_path / "site"
    change(site, BARE)
    command = [sys.executable, "-m", "veillee.cli.entry", *COMMAND]
    surroundings = {**os.environ, "PYTHONPATH": str(tmp_path / "src")}

    def said() -> str:
        done = subprocess.run(command, cwd=site, env=surroundings, capture_output=True, text=True, check=True)
        return done.stdout

    assert STILL not in said()
    assert STILL in said()
    interface = tmp_path / "src/veillee/site/outputs/finishing.py"
    write(interface, interface.read_text() + "\nNEWER = True\n")
    assert STILL not in said()


def test_a_stock_post_that_comes_due_is_published_though_our_clock_stands(tmp_path: Path) -> None:
    site = tmp_path / "site"
    due = datetime.now().astimezone() + timedelta(seconds=4)
    late = post(9, Date=f"{due:%Y-%m-%d %H:%M:%S%z}")
    change(site, {**BARE, "content/post-9.md": late, "pelicanconf.py": f"{SETTINGS}WITH_FUTURE_DATES = False\n"})
    run(site, *COMMAND)
    assert not (site / "output/post-9.html").exists()
    time.sleep(max(0.0, due.timestamp() - time.time()) + 1)
    run(site, *COMMAND)
    assert (site / "output/post-9.html").exists()


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(SETTINGS, id="plain settings"),
        pytest.param(
            f"from datetime import datetime\n{SETTINGS}YEAR = datetime(2026, 1, 1).year\n",
            id="settings that know the clock",
        ),
    ],
)
def test_a_post_is_rendered_alone_where_it_alone_has_changed(tmp_path: Path, settings: str) -> None:
    site = tmp_path / "site"
    change(site, {**BARE, "pelicanconf.py": settings})
    run(site, *COMMAND)
    change(site, {"content/post-1.md": post(1, text="Other.", Tags="sql")})
    assert "post-3.html was right as it stood" in run(site, *COMMAND, "--explain", "post-3.html").stdout


def test_a_page_is_not_rendered_for_a_file_that_was_only_touched(tmp_path: Path) -> None:
    site = tmp_path / "site"
    change(site, BARE)
    run(site, *COMMAND)
    for path in sorted((site / "content").rglob("*.md")):
        os.utime(path, (random.Random(3).randrange(10**9), 10**9))
    before = {path: path.stat().st_mtime_ns for path in (site / "output").rglob("*.html")}
    assert "post-3.html was right as it stood" in run(site, *COMMAND, "--explain", "post-3.html").stdout
    assert {path: path.stat().st_mtime_ns for path in (site / "output").rglob("*.html")} == before
