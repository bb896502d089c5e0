"""`veillee digest list`: when each digest appears, what came last and what comes next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.stock_sites import veillee, write_digest, write_stock_site
from veillee.errors import ContentError


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_stock_site(tmp_path / "site")


def test_a_stock_site_has_the_two_digests_that_come_with_veillee(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = veillee(site, monkeypatch, "list")
    assert done.exit_code == 0, done.output
    assert done.stdout == (
        "questions  Questions of the day\n"
        "  appears   every day at 18:00 (Europe/Paris), in en\n"
        "  last      none yet; begin with: veillee digest draft questions\n"
        "  next      2026-11-20, Friday, 20 November 2026, 18:00 (not drafted yet)\n"
        "  sent      nothing yet\n"
        "  a run now drafts 2026-11-19, where there is at least 1 post, and sends it\n"
        "weekly  The story of the week\n"
        "  appears   every Friday at 08:00 (Europe/Paris), in en\n"
        "  last      none yet; begin with: veillee digest draft weekly\n"
        "  next      2026-W48, Friday, 27 November 2026, 08:00 (not drafted yet)\n"
        "  sent      nothing yet\n"
        "  a run now drafts 2026-W47, where there are at least 3 posts, and sends it\n"
    )
    assert "these come with Veillée" in done.stderr


def test_a_drafted_edition_is_the_last_one_once_its_time_has_come(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    veillee(site, monkeypatch, "draft", "weekly")
    weekly = json.loads(veillee(site, monkeypatch, "list", "--json").stdout)[1]
    assert weekly["id"] == "weekly"
    assert weekly["last"] == {"edition": "2026-W47", "at": "2026-11-20T07:00:00+00:00"}
    assert weekly["next"] == {"edition": "2026-W48", "at": "2026-11-27T07:00:00+00:00", "drafted": False}
    assert weekly["sender"] == "Les voisins <veillee@voisins.example>"
    assert weekly["editions"] == 1
    assert weekly["a_run_now"] == ["sends 2026-W47"]
    assert weekly["sent"] is None
    assert not (site / "var").exists(), "who only looks makes no database"


def test_a_faulty_definition_is_named_beside_those_that_are_right(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_digest(site)
    write_digest(site, "title: x\n", name="broken")
    done = veillee(site, monkeypatch, "list")
    assert done.exit_code == ContentError.exit_code
    assert "every month on day 1 at 07:30 (Europe/Paris)" in done.stdout
    assert "digests/broken/digest.yaml:1: there is no schedule" in done.stderr


def test_a_segment_that_cannot_be_asked_is_named_with_its_line(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_digest(site)
    path.write_text(path.read_text() + "segment: langue=fr\n")
    done = veillee(site, monkeypatch, "list")
    assert done.exit_code == ContentError.exit_code
    assert 'digests/monthly/digest.yaml:5: segment is "langue=fr"; ' in done.stderr, done.stderr
    assert "lang" in done.stderr
