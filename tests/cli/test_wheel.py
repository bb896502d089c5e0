"""The wheel in an environment that has never seen this checkout: `veillee init` and `veillee build` work from it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.feeds.rss_rules import problems_of_rss

FRIDAY = ("--now", "2026-11-20T09:00")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`veillee` in an environment of its own: the wheel, and what it depends on taken from that of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin/python"
    packages = Path(_run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    dependencies = folder / "dependencies"
    dependencies.mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if "veillee" not in path.name and path.suffix != ".pth":
            (dependencies / path.name).symlink_to(path)
    (packages / "dependencies.pth").write_text(f"{dependencies}\n", encoding="utf-8")
    _run(sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "-q", str(wheel))
    return folder / "bin/veillee"


def _run(*command: str | Path, cwd: Path | None = None) -> str:
    """What the command says; a failure is shown whole. Nothing of this process's own environment leaks in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VEILLEE", "VIRTUAL"))}
    environ = {**kept, "PYTHONDONTWRITEBYTECODE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "LANG": "C.UTF-8"}
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=environ, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_carries_theme_digests_starter_and_catalogues(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "veillee/shipped/theme/veillee.toml",
        "veillee/shipped/theme/templates/base.html",
        "veillee/shipped/theme/static/css/veillee.css",
        "veillee/shipped/digests/weekly/digest.yaml",
        "veillee/shipped/digests/weekly/newsletter.mjml",
        "veillee/starter/en/pelicanconf.txt",
        "veillee/starter/fr/content/stories/la-premiere-veillee.md",
        "veillee/languages/fr.po",
        "veillee/database/migrations/env.py",
        "veillee/preflight/support.json",
        "veillee/py.typed",
    } <= names


def test_a_newcomer_gets_a_working_site_from_the_wheel(command: Path, tmp_path: Path) -> None:
    python = command.parent / "python"
    where = _run(python, "-c", "import veillee; print(veillee.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(command.parents[1])
    tuesday = ("--now", "2026-11-17T10:00", "--timezone", "Europe/Paris")
    _run(command, "init", "mysite", "--lang", "en", "--url", "https://news.example", *tuesday, cwd=tmp_path)
    site = tmp_path / "mysite"
    assert "5 published" in _run(command, "build", *FRIDAY, cwd=site)
    assert "The first evening" in (site / "output/index.html").read_text(encoding="utf-8")
    assert (site / "output/theme/css/veillee.css").is_file()
    assert list((site / "output/theme/fonts").glob("*.woff2"))
    url = "https://news.example/feeds/all.rss.xml"
    assert problems_of_rss((site / "output/feeds/all.rss.xml").read_bytes(), url) == []
    assert "No problems" in _run(command, "check", *FRIDAY, cwd=site)
    assert "weekly" in _run(command, "digest", "list", *FRIDAY, cwd=site)
    assert "the-first-evening" in _run(command, "digest", "draft", "weekly", "--print", *FRIDAY, cwd=site)
