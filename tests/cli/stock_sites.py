"""A Pelican site that knows nothing of Veillée but its plugin, written into a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from veillee.cli.main import app
from veillee.shipped import digests_folder

NOW = "2026-11-20T09:00"

SETTINGS = """\
SITENAME = "Les voisins"
SITEURL = "https://voisins.example"
AUTHOR = "Jo"
PATH = "content"
TIMEZONE = "Europe/Paris"
DEFAULT_LANG = "en"
PLUGINS = ["veillee.plugin"]
"""

DIGEST = """\
title: The month of the neighbours
schedule: {every: month, on: 1, at: "07:30"}
minimum: 1
sender: {name: The neighbours, address: news@voisins.example}
"""


def write_stock_site(folder: Path, *, days: tuple[int, ...] = (14, 15, 16, 17)) -> Path:
    """Articles of these days of November 2026, by different authors, with Pelican's own header."""
    (folder / "content").mkdir(parents=True)
    (folder / "pelicanconf.py").write_text(SETTINGS)
    for day in days:
        header = f"Title: Day {day}\nDate: 2026-11-{day:02} 10:00\nCategory: Misc\nAuthors: Author {day}\n\n"
        (folder / "content" / f"day{day}.md").write_text(header + "Some text.\n" * day)
    return folder


def write_digest(folder: Path, text: str = DIGEST, *, name: str = "monthly") -> Path:
    path = folder / "digests" / name / "digest.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def write_mail_digest(folder: Path, text: str = DIGEST, *, name: str = "monthly") -> Path:
    """The same with templates, so that it can be mailed."""
    path = write_digest(folder, text, name=name)
    shipped = digests_folder()
    shutil.copytree(shipped / "shared", folder / "digests" / "shared", dirs_exist_ok=True)
    for template in ("newsletter.mjml", "newsletter.txt"):
        shutil.copy(shipped / "weekly" / template, path.parent / template)
    return path


def veillee(site: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    """The command as run in the site's folder, at the same instant every time."""
    monkeypatch.chdir(site)
    return CliRunner().invoke(app, ["digest", *arguments, "--now", NOW])
