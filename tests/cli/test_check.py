"""`veillee check` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.site.building import tree_of, write_settings, write_site
from veillee.cli.main import app

GOOD = "---\ntitle: One\ndate: 2026-11-01\n---\nText.\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_settings(tmp_path, THEME="veillee", PATH="content", SITENAME="Test", SITEURL="https://test.example")
    return write_site(tmp_path, {"stories/one.md": GOOD, "members/ana.yaml": "name: Ana\n"})


def check(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["check", "--now", "2026-11-20", *arguments])


def test_a_site_without_problems_ends_with_zero_and_says_what_was_read(site: Path) -> None:
    result = check()
    assert result.exit_code == 0, result.output
    assert result.stdout == "No problems: 1 post, 1 member.\n"


def test_every_problem_is_named_and_nothing_is_written(site: Path) -> None:
    write_site(
        site, {"stories/two.md": "[x]({filename}/no.md)\n", "stories/2026-11-02-three.md": "[x]({filename}/no.md)\n"}
    )
    before = tree_of(site)
    result = check()
    assert result.exit_code == 1
    assert "content/stories/two.md:1: the post has no date" in result.stderr
    assert 'content/stories/2026-11-02-three.md:1: the link "{filename}/no.md" leads to a file that' in result.stderr
    assert 'content/stories/two.md:1: the link "{filename}/no.md" leads to a file that' in result.stderr
    assert "3 problems found." in result.stderr
    assert tree_of(site) == before


def test_digests_are_looked_at_too(site: Path) -> None:
    (site / "digests/weekly").mkdir(parents=True)
    (site / "digests/weekly/digest.yaml").write_text("titel: Weekly\n")
    result = check()
    assert result.exit_code == 1
    assert "digests/weekly/digest.yaml:1: " in result.stderr


def test_json_holds_every_fault(site: Path) -> None:
    write_site(site, {"stories/two.md": "No date.\n"})
    result = check("--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [fault["path"] for fault in report["faults"]] == ["content/stories/two.md"]
