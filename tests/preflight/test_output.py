"""The built site: what is in its folder, and nothing outside of it."""

from __future__ import annotations

from pathlib import Path

from veillee.preflight.output import BuiltSite


def test_files_folders_and_anchors_are_found(tmp_path: Path) -> None:
    root = tmp_path / "output"
    (root / "en").mkdir(parents=True)
    (root / "index.html").write_text('<h2 id="été">x</h2><a name="b"></a>')
    (root / "en" / "index.html").write_text("x")
    (tmp_path / "secret.html").write_text("x")
    site = BuiltSite(root)
    assert site.is_built
    assert [site.has_file(path) for path in ("", "index.html", "en/", "en", "no.html")] == [
        True,
        True,
        True,
        True,
        False,
    ]
    assert site.anchors("") == {"été", "b", "top"}
    assert not site.has_file("../secret.html")
    assert not site.has_file("a\x00b")


def test_a_site_that_was_not_built_has_nothing(tmp_path: Path) -> None:
    site = BuiltSite(tmp_path / "output")
    assert not site.is_built
    assert not site.has_file("")
    assert site.anchors("") is None
