from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.site.building import NOW, tree_of
from veillee.cli.main import app
from veillee.errors import UsageError
from veillee.site.building import build_site
from veillee.site.checking import check_site
from veillee.site.settings import load_settings

RUNNER = CliRunner()


def init(*arguments: str) -> str:
    result = RUNNER.invoke(app, ["init", *arguments], catch_exceptions=True)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_new_site_builds_without_a_problem(tmp_path: Path, lang: str) -> None:
    folder = tmp_path / "my-site"
    init(str(folder), "--lang", lang, "--now", NOW, "--timezone", "Europe/Paris", "--url", "https://a.example")
    report = build_site(load_settings(folder, overrides={"VEILLEE_NOW": NOW}))
    assert (report.faults, report.notes) == ((), ())
    assert (report.published, report.pages, report.scheduled) == (5, 2, 0)
    assert check_site(load_settings(folder, overrides={"VEILLEE_NOW": NOW})).faults == ()


def test_the_site_looks_alive_on_the_day_it_is_made(tmp_path: Path) -> None:
    init(str(tmp_path / "a"), "--lang", "en", "--now", "2026-03-01T00:10", "--timezone", "Asia/Tokyo")
    files = {name: text.decode() for name, text in tree_of(tmp_path / "a").items()}
    assert "date: 2026-03-01 00:10" in files["content/stories/the-first-evening.md"]
    assert "date: 2026-02-28 09:00" in files["content/announcements/we-are-open.md"]
    assert not [name for name, text in files.items() if "@1 days" in text or "@now@" in text or "@title@" in text]


def test_whatever_the_title_the_settings_can_be_read(tmp_path: Path) -> None:
    title = """L'« atelier » "de" \\nuit # {x}"""
    init(str(tmp_path / "a"), "--title", title, "--lang", "fr", "--url", "https://a.example/x/")
    settings = load_settings(tmp_path / "a")
    assert settings["SITENAME"] == title
    assert settings["SITEURL"] == "https://a.example/x"
    assert (settings["DEFAULT_LANG"], settings["VEILLEE_STRICT"]) == ("fr", True)


def test_the_title_comes_from_the_folder(tmp_path: Path) -> None:
    assert "Night-shift" not in init(str(tmp_path / "night-shift"), "--lang", "en")
    assert load_settings(tmp_path / "night-shift")["SITENAME"] == "Night shift"


def test_it_takes_the_digests_without_the_editions_of_others(tmp_path: Path) -> None:
    init(str(tmp_path / "a"), "--lang", "en")
    digests = sorted(tree_of(tmp_path / "a/digests"))
    assert {"weekly/digest.yaml", "weekly/newsletter.mjml", "weekly/newsletter.txt", "shared/head.mjml"} <= {*digests}
    assert not [name for name in digests if "editions" in name or name.endswith((".csv", ".md"))]


def test_it_says_what_comes_next(tmp_path: Path) -> None:
    said = init(str(tmp_path / "my site"), "--lang", "en")
    assert f"cd '{tmp_path}/my site'" in said
    assert "veillee serve" in said


def test_it_reports_as_json(tmp_path: Path) -> None:
    said = json.loads(init(str(tmp_path / "a"), "--lang", "en", "--json"))
    assert said["title"] == "A"
    assert "pelicanconf.py" in said["written"]
    assert set(said["written"]) == set(tree_of(tmp_path / "a"))


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"is not empty \(it holds notes.txt\)"):
        init(str(tmp_path), "--lang", "en")
    assert tree_of(tmp_path) == {"notes.txt": b"mine"}


def test_a_site_is_never_made_twice(tmp_path: Path) -> None:
    init(str(tmp_path / "a"), "--lang", "en")
    before = tree_of(tmp_path / "a")
    with pytest.raises(UsageError, match="is a site already"):
        init(str(tmp_path / "a"), "--lang", "fr")
    assert tree_of(tmp_path / "a") == before


def test_a_fresh_repository_keeps_what_it_has(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("mine\n")
    result = RUNNER.invoke(app, ["init", str(tmp_path), "--lang", "en"])
    assert ".gitignore was there already" in result.stderr
    assert (tmp_path / ".gitignore").read_text() == "mine\n"
    assert (tmp_path / "pelicanconf.py").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--lang", "de"], "allowed: en, fr"),
        (["--timezone", "Mars/Olympus"], "Europe/Paris"),
        (["--timezone", "../etc/passwd"], "Europe/Paris"),
        (["--url", "javascript:alert(1)"], "https://news.example.org"),
        (["--now", "soon"], "2026-11-20T08:00"),
        (["--title", "\n \t"], "the title is empty"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_written(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        init(str(tmp_path / "a"), *arguments)
    assert not (tmp_path / "a").exists()


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        init(str(tmp_path / "a"), "--lang", "en")
