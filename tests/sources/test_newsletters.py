"""Reading a digest's templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from veillee.errors import ContentError
from veillee.shipped import digests_folder
from veillee.sources.newsletters import read_templates


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A digest's folder with both templates, below the folder in which the command runs."""
    folder = tmp_path / "digests" / "weekly"
    folder.mkdir(parents=True)
    (folder / "newsletter.mjml").write_text("<mjml></mjml>", encoding="utf-8")
    (folder / "newsletter.txt").write_text("text", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def test_both_templates_are_read_and_named_as_the_reader_knows_them(digest: Path) -> None:
    templates = read_templates(digest)
    assert (templates.mjml, templates.text) == ("<mjml></mjml>", "text")
    assert templates.mjml_path == "digests/weekly/newsletter.mjml"


def test_includes_come_from_the_shared_folder_beside(digest: Path) -> None:
    shared = digest.parent / "shared"
    shared.mkdir()
    (shared / "head.mjml").write_text("head", encoding="utf-8")
    (shared / "notes.md").write_text("not for templates", encoding="utf-8")
    templates = read_templates(digest)
    assert dict(templates.includes) == {"head.mjml": "head"}
    assert templates.path_of("head.mjml") == "digests/shared/head.mjml"


def test_a_site_without_a_shared_folder_uses_the_one_that_comes_with_veillee(digest: Path) -> None:
    assert set(read_templates(digest).includes) == {
        path.name for path in (digests_folder() / "shared").iterdir() if path.suffix in (".mjml", ".txt")
    }


def test_missing_templates_are_named_both_at_once_with_what_to_do(digest: Path) -> None:
    for path in digest.iterdir():
        path.unlink()
    with pytest.raises(ContentError) as caught:
        read_templates(digest)
    found = [str(fault) for fault in caught.value.faults]
    assert [line.split(";")[0] for line in found] == [
        "digests/weekly/newsletter.mjml: the template is missing",
        "digests/weekly/newsletter.txt: the template is missing",
    ]
    assert all("copy newsletter." in line for line in found)


def test_a_template_that_is_not_utf_8_is_named_with_its_line(digest: Path) -> None:
    (digest / "newsletter.txt").write_bytes("a\nété".encode("latin-1"))
    with pytest.raises(ContentError, match=r"digests/weekly/newsletter\.txt:2: the template is not UTF-8"):
        read_templates(digest)


def test_a_byte_order_mark_is_no_part_of_the_template(digest: Path) -> None:
    (digest / "newsletter.txt").write_bytes("\ufefftext".encode())
    assert read_templates(digest).text == "text"


def test_a_folder_in_the_place_of_a_template_is_named(digest: Path) -> None:
    (digest / "newsletter.txt").unlink()
    (digest / "newsletter.txt").mkdir()
    with pytest.raises(ContentError, match=r"newsletter\.txt: the template cannot be read"):
        read_templates(digest)
