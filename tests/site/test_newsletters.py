"""Whether a site's newsletters can be rendered is known before there is an edition."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.render.newsletter.samples import DIGESTS, a_community, a_digest
from veillee.model import Digest
from veillee.site.archive import Archive
from veillee.site.newsletters import find_newsletter_faults


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Digest:
    """A digest with our templates in a folder of its own."""
    shutil.copytree(DIGESTS, tmp_path / "digests", ignore=shutil.ignore_patterns("editions"))
    monkeypatch.chdir(tmp_path)
    return a_digest(folder="digests/weekly")


def faults_of(digest: Digest, *, url: str = "https://veillee.example") -> list[str]:
    return [str(fault) for fault in find_newsletter_faults(Archive((digest,)), a_community(url=url))]


def test_our_templates_render_every_kind_of_section(digest: Digest) -> None:
    assert faults_of(digest) == []


def test_wrong_nesting_in_a_part_that_no_edition_has_used_is_named(digest: Digest) -> None:
    part = Path("digests/shared/sections.mjml")
    broken = part.read_text(encoding="utf-8").replace('<h2 class="zapping-name">', "<mj-column></mj-column><h2>")
    part.write_text(broken, encoding="utf-8")
    line = 1 + broken[: broken.index("<mj-column></mj-column>")].count("\n")
    (fault,) = faults_of(digest)
    assert fault.startswith(f"digests/shared/sections.mjml:{line}: <mj-column> stands inside <mj-text>; ")


def test_an_unknown_tag_and_a_missing_template_are_named(digest: Digest) -> None:
    Path("digests/weekly/newsletter.txt").unlink()
    assert [fault.split(":")[0] for fault in faults_of(digest)] == ["digests/weekly/newsletter.txt"]


def test_a_site_without_an_address_is_not_told_about_mails_it_cannot_send(digest: Digest) -> None:
    assert faults_of(digest, url="") == []
