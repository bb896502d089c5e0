"""`veillee digest preview`, as a command, on a small site."""

from __future__ import annotations

import email
import email.policy
import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import run_veillee
from veillee.shipped import digests_folder

NOW = ("--now", "2026-11-20T09:00")
SETTINGS = """SITENAME = "The Fire"
SITEURL = "https://fire.example"
PATH = "content"
TIMEZONE = "Europe/Paris"
DEFAULT_LANG = "en"
VEILLEE_LANGUAGES = ["en", "fr"]
PLUGINS = ["veillee.plugin"]
"""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with four posts, our digests, and no edition yet."""
    site = tmp_path_factory.mktemp("site")
    (site / "pelicanconf.py").write_text(SETTINGS, encoding="utf-8")
    picture = "summary: Three people and a lamp.\nimage: images/lamp.png\nimage_alt: A lamp"
    write(site / "content/stories/night.md", f"title: The night shift\n{picture}")
    write(site / "content/announcements/room.md", "title: A room")
    write(site / "content/announcements/desk.md", "title: A desk")
    write(site / "content/questions/duplicates.md", "title: How do I count?")
    (site / "content/images").mkdir()
    Image.new("RGB", (64, 40), "orange").save(site / "content/images/lamp.png")
    shutil.copytree(digests_folder(), site / "digests", ignore=shutil.ignore_patterns("editions"))
    return site


def write(path: Path, header: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"---\n{header}\ndate: 2026-11-18 09:00\nauthor: Amina\n---\n\nOnce upon a shift.\n"
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def drafted(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with this week's edition."""
    site = tmp_path_factory.mktemp("drafted") / "site"
    shutil.copytree(empty, site)
    made = run_veillee("digest", "draft", "weekly", "--edition", "2026-W47", *NOW, cwd=site)
    assert (site / "digests/weekly/editions/2026-W47.md").is_file(), made.stdout + made.stderr
    return site


@pytest.fixture(scope="module")
def previewed(drafted: Path) -> tuple[Path, str]:
    """The folder of the preview, and what the command said."""
    code, out, err = preview(drafted)
    assert code == 0, err
    return drafted / "var/preview/weekly/2026-W47", out


def preview(site: Path, *arguments: str) -> tuple[int, str, str]:
    done = run_veillee("digest", "preview", "weekly", *NOW, *arguments, cwd=site)
    return done.returncode, done.stdout, done.stderr


def test_without_an_edition_it_says_to_draft_one(empty: Path) -> None:
    code, out, err = preview(empty)
    assert (code, out) == (1, "")
    assert "veillee digest draft weekly" in err


def test_every_form_is_written_in_every_language_and_named(previewed: tuple[Path, str]) -> None:
    folder, said = previewed
    for lang in ("en", "fr"):
        for form in (".page.html", ".html", ".txt", ".eml"):
            assert (folder / f"{lang}{form}").stat().st_size > 300
            assert f"var/preview/weekly/2026-W47/{lang}{form}" in said
    assert "var/preview/weekly/2026-W47/index.html" in said
    assert "bytes" in said


def test_the_message_holds_both_parts_and_the_way_out(previewed: tuple[Path, str]) -> None:
    message = email.message_from_bytes((previewed[0] / "en.eml").read_bytes(), policy=email.policy.default)
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    assert html is not None and text is not None
    assert "The night shift" in html.get_content() and "The night shift" in text.get_content()
    assert "mailto:" in html.get_content() and "mailto:" in text.get_content()
    assert "https://fire.example/images/lamp.png" in html.get_content()


def test_pictures_of_the_site_are_shown_before_it_is_on_line(previewed: tuple[Path, str]) -> None:
    folder, _ = previewed
    assert 'src="pictures/images/lamp.png"' in (folder / "en.html").read_text(encoding="utf-8")
    assert (folder / "pictures/images/lamp.png").is_file()


def test_the_index_page_shows_day_and_night_whatever_the_machine_prefers(previewed: tuple[Path, str]) -> None:
    folder, _ = previewed
    index = (folder / "index.html").read_text(encoding="utf-8")
    for name in ("en.day.html", "en.night.html", "fr.page.html"):
        assert f'src="{name}"' in index
        assert (folder / name).is_file()
    assert "prefers-color-scheme" not in (folder / "en.day.html").read_text(encoding="utf-8")


def test_the_report_as_json_names_files_and_sizes(drafted: Path, tmp_path: Path) -> None:
    code, out, _ = preview(drafted, "--json", "--lang", "fr", "--output", str(tmp_path / "elsewhere"))
    report = json.loads(out)
    assert code == 0
    assert report["index"] == str(tmp_path / "elsewhere/index.html")
    (only,) = report["languages"]
    assert only["lang"] == "fr" and 5_000 < only["html_bytes"] < 80_000
    assert all(Path(path).is_file() for path in only["files"].values())
    assert not (tmp_path / "elsewhere/en.html").exists()


def test_a_language_that_the_digest_does_not_have_is_a_slip_of_the_command(drafted: Path) -> None:
    code, _, err = preview(drafted, "--lang", "de")
    assert code == 2 and "en, fr" in err


def test_a_broken_template_is_named_with_its_line(drafted: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(drafted, site)
    template = site / "digests/shared/footer.mjml"
    template.write_text(template.read_text(encoding="utf-8") + "<mj-secton></mj-secton>\n", encoding="utf-8")
    line = template.read_text(encoding="utf-8").count("\n")
    code, _, err = preview(site)
    assert code == 1
    assert f"digests/shared/footer.mjml:{line}: <mj-secton> is not an MJML component; did you mean <mj-section>?" in err
