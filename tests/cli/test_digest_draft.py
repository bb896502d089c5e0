"""`veillee digest draft` on a site that has nothing of ours but the plugin."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from tests.cli.stock_sites import NOW, veillee, write_digest, write_stock_site
from tests.conftest import run_veillee
from veillee.errors import ContentError, UsageError

Draft = Callable[..., Result]
FILE = Path("digests/weekly/editions/2026-W47.md")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_stock_site(tmp_path / "site")


@pytest.fixture
def draft(site: Path, monkeypatch: pytest.MonkeyPatch) -> Draft:
    def run(*arguments: str) -> Result:
        return veillee(site, monkeypatch, "draft", *arguments)

    return run


def test_a_stock_site_gets_an_edition_file_and_is_told_what_comes_next(site: Path) -> None:
    """In a process of its own, as the guide says it."""
    done = run_veillee("digest", "draft", "weekly", "--now", NOW, cwd=site)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"Drafted {FILE}: 4 posts, to appear on Friday, 20 November 2026, 08:00.\n"
    assert "the last period that has ended" in done.stderr
    assert "veillee digest preview weekly" in done.stderr
    text = (site / FILE).read_text()
    assert "    - stories/day-17                          # Day 17 (Author 17): story of the week: the longest" in text
    assert {path.name for path in site.iterdir()} == {"content", "digests", "pelicanconf.py"}


def test_an_edition_that_is_there_is_never_overwritten(site: Path, draft: Draft) -> None:
    draft("weekly")
    (site / FILE).write_text("mine")
    again = draft("weekly", "--edition", "2026-W47")
    assert isinstance(again.exception, UsageError)
    assert "is there already, and stays as it is. To see a new proposal: --print" in again.exception.message
    assert (site / FILE).read_text() == "mine"


def test_made_anew_by_force_it_keeps_what_was_there(site: Path, draft: Draft) -> None:
    draft("weekly")
    text = (site / FILE).read_text()
    (site / FILE).write_text(text + "Bonjour\n")
    done = draft("weekly", "--edition", "2026-W47", "--force")
    assert done.exit_code == 0, done.output
    assert (site / FILE).read_text() == text
    assert (site / FILE).with_name("2026-W47.md.old").read_text() == text + "Bonjour\n"


def test_printing_writes_nothing(site: Path, draft: Draft) -> None:
    done = draft("weekly", "--print")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("---\n# Proposed")
    assert not (site / "digests").exists()


def test_the_explanation_shows_choices_the_mix_and_refusals(site: Path, draft: Draft) -> None:
    (site / "content" / "old.md").write_text("Title: Long ago\nDate: 2026-05-01\n\nText.\n")
    (site / "content" / "no.md").write_text("Title: Not this\nDate: 2026-11-15\nDigest: never\n\nText.\n")
    (site / "content" / "half.md").write_text("Title: Half done\nDate: 2026-11-15\nStatus: draft\n\nText.\n")
    lines = draft("weekly", "--print", "--explain").stdout.splitlines()
    whole = "\n".join(lines)
    assert "The story of the week, 2026-W47: appears on Friday, 20 November 2026, 08:00" in lines
    assert "Mix: announcements 3 of 3, questions 0 of 0, buzz 0 of 0 (equal parts, 9 slots)." in lines
    assert "Long ago [stories/long-ago]\n               of 1 May 2026, before the period" in whole
    assert "its author wants it in no digest (digest: never)" in whole
    assert "it is a draft" in whole


def test_the_explanation_of_an_edition_that_is_there_leaves_it_alone(site: Path, draft: Draft) -> None:
    draft("weekly")
    (site / FILE).write_text((site / FILE).read_text() + "Bonjour\n")
    done = draft("weekly", "--edition", "2026-W47", "--explain")
    assert done.exit_code == 0, done.output
    assert "Chosen:" in done.stdout
    assert (site / FILE).read_text().endswith("Bonjour\n")


def test_as_json_every_choice_and_refusal_has_its_reason(site: Path, draft: Draft) -> None:
    (site / "content" / "old.md").write_text("Title: Long ago\nDate: 2026-05-01\n\nText.\n")
    found = json.loads(draft("weekly", "--json").stdout)
    assert (found["edition"], found["written"], found["enough"], found["news"]) == ("2026-W47", True, True, 4)
    assert found["file"] == str(FILE)
    assert all(choice["reason"] for choice in found["choices"])
    assert [refusal["post"] for refusal in found["refusals"]] == ["stories/long-ago"]
    assert (site / FILE).exists()


def test_too_little_proposes_nothing_says_why_and_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = write_stock_site(tmp_path / "site", days=(1, 2, 3, 17))
    done = veillee(site, monkeypatch, "draft", "weekly")
    assert done.exit_code == 0, done.output
    assert "there is too little, 1 post, and weekly needs 3." in done.stdout
    assert "There is enough for 2026-W45: veillee digest draft weekly --edition 2026-W45" in done.stdout
    assert not (site / "digests").exists()
    assert veillee(site, monkeypatch, "draft", "weekly", "--edition", "2026-W45").exit_code == 0
    assert (site / FILE).with_name("2026-W45.md").exists()


def test_what_one_edition_carried_the_next_one_does_not(site: Path, draft: Draft) -> None:
    draft("weekly")
    found = json.loads(draft("weekly", "--json").stdout)
    assert (found["edition"], found["enough"], found["choices"]) == ("2026-W48", False, [])
    assert {refusal["reason"] for refusal in found["refusals"]} == {"carried by 2026-W47"}


def test_posts_that_could_not_be_read_are_named_and_set_the_exit_code(site: Path, draft: Draft) -> None:
    (site / "content" / "bad.md").write_text("Title: Bad\nDate: 31 Feb 2026\n\nText.\n")
    done = draft("weekly")
    assert done.exit_code == ContentError.exit_code
    assert "content/bad.md:2: " in done.stderr
    assert (site / FILE).exists()


def test_a_broken_earlier_edition_stops_the_draft_since_it_might_be_repeated(site: Path, draft: Draft) -> None:
    path = site / FILE.with_name("2026-W46.md")
    path.parent.mkdir(parents=True)
    path.write_text("---\nsections:\n  storys: [stories/day-14]\n---\n")
    done = draft("weekly")
    assert isinstance(done.exception, ContentError)
    assert str(done.exception).startswith('digests/weekly/editions/2026-W46.md:3: unknown key "storys"')
    assert not (site / FILE).exists()


def test_a_digest_of_the_sites_own_replaces_those_that_come_with_veillee(site: Path, draft: Draft) -> None:
    write_digest(site)
    done = draft("monthly", "--edition", "2026-12")
    assert done.exit_code == 0, done.output
    assert (site / "digests/monthly/editions/2026-12.md").exists()
    assert isinstance(draft("weekly").exception, UsageError)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("wekly",), 'there is no digest "wekly"; did you mean "weekly"?'),
        (("weekly", "--edition", "2026-47"), '"2026-47" names no edition; a name is like 2026-W47'),
    ],
)
def test_a_slip_in_the_command_is_answered_with_what_was_meant(
    draft: Draft, arguments: tuple[str, ...], words: str
) -> None:
    done = draft(*arguments)
    assert isinstance(done.exception, UsageError)
    assert words in str(done.exception)


def test_a_faulty_definition_is_named_with_its_line(site: Path, draft: Draft) -> None:
    write_digest(site, "title: x\nschedul: {every: day}\n", name="weekly")
    done = draft("weekly")
    assert isinstance(done.exception, ContentError)
    assert 'digests/weekly/digest.yaml:2: unknown key "schedul"' in str(done.exception)
    assert 'did you mean "schedule"?' in str(done.exception)
