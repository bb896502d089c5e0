"""`veillee build` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.conftest import run_veillee
from tests.site.building import write_settings, write_site
from veillee.cli.main import app

GOOD = "---\ntitle: One\ndate: 2026-11-01\n---\nText.\n"
BAD = "---\ntitle: Two\ndate: 2026-11-31\n---\nText.\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_settings(tmp_path, THEME="veillee", PATH="content", SITENAME="Test", SITEURL="https://test.example")
    return write_site(tmp_path, {"stories/one.md": GOOD})


def veillee(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_a_good_site_is_built_and_the_command_says_what_to_do_next(site: Path) -> None:
    result = veillee("build", "--now", "2026-11-20")
    assert result.exit_code == 0, result.output
    assert "1 post: 1 published." in result.stdout
    assert "Look at it: veillee serve, or open output/index.html" in result.stdout
    assert (site / "output/index.html").exists()


def test_a_fault_is_printed_and_the_exit_code_is_one_and_the_rest_is_built(site: Path) -> None:
    write_site(site, {"stories/two.md": BAD})
    result = veillee("build", "--now", "2026-11-20")
    assert result.exit_code == 1
    assert 'content/stories/two.md:3: date "2026-11-31" is not a date' in result.stderr
    assert "2 posts: 1 published, 1 left out with a problem." in result.stdout
    assert (site / "output/stories/one.html").exists()


def test_json_says_the_same_and_nothing_else_is_on_stdout(site: Path) -> None:
    write_site(site, {"stories/two.md": BAD})
    result = veillee("build", "--json", "--now", "2026-11-20")
    report = json.loads(result.stdout)
    assert (report["read"], report["published"], report["lost"]) == (2, 1, 1)
    assert report["faults"][0]["path"] == "content/stories/two.md"
    assert report["faults"][0]["message"].startswith("content/stories/two.md:3: ")


def test_content_and_output_can_be_named(site: Path, tmp_path: Path) -> None:
    other = write_site(tmp_path / "other", {"stories/else.md": GOOD})
    result = veillee("build", "--content", str(other / "content"), "--output", "public", "--now", "2026-11-20")
    assert result.exit_code == 0, result.output
    assert (site / "public/stories/else.html").exists()
    assert not (site / "output").exists()


def test_the_clock_can_be_set(site: Path) -> None:
    assert "1 post: 1 scheduled." in veillee("build", "--now", "2026-10-31").stdout
    assert "1 post: 1 published." in veillee("build", "--now", "2026-11-01").stdout


def test_wrong_settings_end_with_three_and_nothing_is_written(site: Path) -> None:
    result = run_veillee("build", "--content", "nowhere", cwd=site)
    assert result.returncode == 3
    assert "there is no content folder nowhere; make the folder" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (site / "output").exists()


def test_a_folder_that_is_no_site_is_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run_veillee("build", cwd=tmp_path)
    assert result.returncode == 3
    assert "there is no site in this folder" in result.stderr
    assert "veillee init mysite" in result.stderr


def test_a_word_that_is_no_option_ends_with_two(site: Path) -> None:
    assert veillee("build", "--contents", "x").exit_code == 2


def test_the_help_shows_an_example() -> None:
    assert "veillee build --content notes --output public" in " ".join(veillee("build", "--help").stdout.split())


def test_a_folder_without_settings_needs_no_more_than_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_site(tmp_path, {"_posts/2026-11-01-one.md": GOOD})
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    result = veillee("build", "--content", "../content", "--output", "out")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "here/out/stories/one.html").exists()
