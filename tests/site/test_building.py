"""Building: what is written, what is left alone, what is taken away, and what stops a build."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pelican import Pelican
from pelican.settings import read_settings

from tests.site.building import PNG, settings_of, tree_of, write_site
from veillee.errors import ConfigurationError, ContentError, SourceError
from veillee.shipped import theme_folder
from veillee.site.building import build_site
from veillee.site.logs import collected_logs
from veillee.site.report import BuildReport


def story(title: str, date: str = "2026-11-01", body: str = "A text.", keys: str = "") -> str:
    return f"---\ntitle: {title}\ndate: {date}\n{keys}---\n{body}\n"


def built(folder: Path, files: dict[str, str | bytes], **settings: object) -> BuildReport:
    write_site(folder, files)
    return build_site(settings_of(folder, OUTPUT_PATH="output", **settings))


def test_every_post_is_accounted_for(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "stories/one.md": story("One"),
        "stories/hidden.md": story("Hidden", keys="status: hidden\n"),
        "stories/draft.md": story("Draft", keys="status: draft\n"),
        "stories/later.md": story("Later", date="2030-01-01"),
        "stories/gone.md": story("Gone", keys="expires: 2026-11-02\n"),
        "stories/wrong.md": story("Wrong", date="someday"),
        "buzz/many.yaml": "- {author: A, date: 2026-11-01, body: Good}\n- {author: A, date: never, body: Bad}\n",
        "pages/about.md": "# About\n",
    }
    report = built(tmp_path, files)
    counts = (report.published, report.hidden, report.drafts, report.scheduled, report.expired, report.lost)
    assert counts == (2, 1, 1, 1, 1, 2)
    assert report.read == sum(counts) == 8
    assert report.pages == 1
    assert report.exit_code == 1


def test_only_what_may_be_seen_is_written(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "stories/one.md": story("One"),
        "stories/hidden.md": story("Unlisted", keys="status: hidden\n"),
        "stories/draft.md": story("Unfinished", keys="status: draft\n"),
        "stories/later.md": story("Not yet", date="2030-01-01"),
        "stories/gone.md": story("No more", keys="expires: 2026-11-02\n"),
    }
    assert built(tmp_path, files).faults == ()
    output = tree_of(tmp_path / "output")
    assert {name for name in output if name.startswith("stories/") and "index" not in name} == {
        "stories/one.html",
        "stories/hidden.html",
    }
    everything = b"".join(text for name, text in output.items() if name != "stories/hidden.html")
    for words in (b"Unlisted", b"Unfinished", b"Not yet", b"No more"):
        assert words not in everything


def test_drafts_are_written_when_they_are_asked_for(tmp_path: Path) -> None:
    built(tmp_path, {"stories/draft.md": story("Unfinished", keys="status: draft\n")}, _VEILLEE_DRAFTS=True)
    assert b"Unfinished" in (tmp_path / "output/drafts/stories/draft.html").read_bytes()
    assert b"Unfinished" not in (tmp_path / "output/index.html").read_bytes()


def test_building_again_changes_no_file(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "stories/one.md": story("One"),
        "buzz/a.yaml": "- {author: A, date: 2026-11-01, body: Hi}\n",
    }
    built(tmp_path, files)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "output").rglob("*.html")}
    report = built(tmp_path, files)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "output").rglob("*.html")} == before
    assert report.files_written == 0
    assert report.files_unchanged > 0


def test_a_second_build_in_one_process_is_that_of_a_fresh_folder(tmp_path: Path) -> None:
    first = built(tmp_path / "a", {"stories/one.md": story("One")})
    built(tmp_path / "b", {"stories/two.md": story("Two", body="![x]({static}/images/none.png)")})
    again = built(tmp_path / "c", {"stories/one.md": story("One")})
    assert (first.faults, first.notes) == (again.faults, again.notes)
    assert tree_of(tmp_path / "a/output") == tree_of(tmp_path / "c/output")


def test_the_page_of_a_post_that_went_is_taken_away(tmp_path: Path) -> None:
    built(tmp_path, {"stories/one.md": story("One"), "stories/two.md": story("Two")})
    stranger = tmp_path / "output/stories/by-hand.html"
    stranger.write_text("mine")
    (tmp_path / "content/stories/two.md").unlink()
    report = build_site(settings_of(tmp_path))
    assert report.files_removed > 0
    assert not (tmp_path / "output/stories/two.html").exists()
    assert (tmp_path / "output/stories/one.html").exists()
    assert stranger.read_text() == "mine"


def test_the_last_good_page_of_a_post_with_a_fault_stays(tmp_path: Path) -> None:
    built(tmp_path, {"stories/one.md": story("One"), "stories/two.md": story("Two")})
    write_site(tmp_path, {"stories/two.md": story("Two", date="oops")})
    assert build_site(settings_of(tmp_path)).exit_code == 1
    assert (tmp_path / "output/stories/two.html").exists()


def test_an_expired_post_is_taken_away_even_beside_faults(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"stories/one.md": story("One", keys="expires: 2026-11-10\n")}
    built(tmp_path, files, VEILLEE_NOW="2026-11-09")
    assert (tmp_path / "output/stories/one.html").exists()
    built(tmp_path, {"stories/two.md": story("Two", date="oops")}, VEILLEE_NOW="2026-11-11")
    assert not (tmp_path / "output/stories/one.html").exists()


def test_what_members_type_cannot_become_markup(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    text = f"""
title: "{evil}"
author: "{evil}"
date: 2026-11-01
tags: ["{evil}"]
body: |
  {evil} <img src=x onerror=alert(2)> [x](javascript:alert(3))
answers:
  - {{author: "{evil}", date: 2026-11-02, body: "{evil}"}}
"""
    report = built(tmp_path, {"questions/evil.yaml": text, "members/eve.yaml": f'name: "{evil}"\nbio: "{evil}"\n'})
    assert report.published == 1
    for name, page in tree_of(tmp_path / "output").items():
        if name.endswith(".html"):
            assert b"<script>alert" not in page, name
            assert b"onerror=" not in page, name
            assert b'="javascript:' not in page, name


def test_what_members_type_is_harmless_in_themes_that_do_not_escape(tmp_path: Path) -> None:
    evil = "'</title><script>alert(1)</script> & \" onclick=alert(2)'"
    built(tmp_path, {"stories/evil.md": story(evil, keys="author: '<b>x'\ntags: ['<i>y']\n")}, THEME="simple")
    for name, page in tree_of(tmp_path / "output").items():
        assert b"<script>alert" not in page and b"<b>x" not in page and b"<i>y" not in page, name
        assert b'" onclick' not in page, name


def test_files_that_posts_name_are_copied_wherever_they_stand(tmp_path: Path) -> None:
    text = "title: How?\ndate: 2026-11-01\nauthor: A\nbody: Text\nimage: questions/deep/pot.png\nanswers:\n"
    text += '  - {author: B, date: 2026-11-02, body: "See [it]({static}/questions/deep/notes%20%C3%A9.txt)"}\n'
    files: dict[str, str | bytes] = {
        "questions/how.yaml": text,
        "questions/deep/notes é.txt": "notes",
        "questions/deep/pot.png": PNG,
        "stories/one.md": story("One", body="[plan]({static}/far/plan%20%C3%A0%20trois.txt) [b](../far/b.txt)"),
        "far/plan à trois.txt": "plan",
        "far/b.txt": "b",
    }
    assert built(tmp_path, files).faults == ()
    output = tree_of(tmp_path / "output")
    assert output["questions/deep/notes é.txt"] == b"notes"
    assert output["questions/deep/pot.png"] == PNG
    assert (output["far/plan à trois.txt"], output["far/b.txt"]) == (b"plan", b"b")


@pytest.mark.parametrize("link", ["{static}/../secret.txt", "{attach}../../secret.txt", "{static}/%2e%2e/secret.txt"])
def test_no_link_takes_a_file_from_outside_of_the_content(tmp_path: Path, link: str) -> None:
    (tmp_path / "secret.txt").write_text("for nobody", encoding="utf-8")
    write_site(tmp_path, {"stories/one.md": story("One", body=f"[it]({link})")})
    output = tmp_path / "far/away/output"
    report = build_site(settings_of(tmp_path, OUTPUT_PATH=str(output)))
    assert [(fault.path.rpartition("/")[2], fault.found.endswith("not there")) for fault in report.faults] == [
        ("one.md", True)
    ]
    assert [path for path in tmp_path.rglob("secret.txt") if path.parent != tmp_path] == []


def test_a_template_that_fails_is_named_with_its_line(tmp_path: Path) -> None:
    shutil.copytree(theme_folder(), tmp_path / "theme")
    (tmp_path / "theme/templates/post.html").write_text("<p>\n{{ post.title.nothing.at_all }}\n")
    with pytest.raises(ContentError) as caught:
        built(tmp_path, {"stories/one.md": story("One")}, THEME=str(tmp_path / "theme"))
    assert "theme/templates/post.html:2: this template fails: " in str(caught.value)


def test_a_template_that_is_wrong_is_named_with_its_line(tmp_path: Path) -> None:
    shutil.copytree(theme_folder(), tmp_path / "theme")
    (tmp_path / "theme/templates/article.html").write_text("<p>\n{% if %}\n")
    with pytest.raises(ContentError) as caught:
        built(tmp_path, {"stories/one.md": story("One")}, THEME=str(tmp_path / "theme"))
    assert "theme/templates/article.html:2: this template is wrong: " in str(caught.value)


def test_nothing_is_written_where_the_configuration_is_wrong(tmp_path: Path) -> None:
    write_site(tmp_path, {"stories/one.md": story("One")})
    settings = settings_of(tmp_path, PLUGINS=["no_such_plugin"])
    with pytest.raises(ConfigurationError):
        build_site(settings)
    assert not (tmp_path / "output").exists()


def test_progress_counts_files(tmp_path: Path) -> None:
    write_site(tmp_path, {"stories/one.md": story("One"), "stories/two.md": story("Two")})
    steps: list[tuple[str, int]] = []
    report = build_site(settings_of(tmp_path), report=lambda phase, count: steps.append((phase, count)))
    assert ("Reading", 2) in steps
    assert ("Writing", report.files_written) in steps


def test_a_disk_that_refuses_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "output/stories").write_text("a file where a folder must be")
    with pytest.raises(SourceError, match="output/stories: this cannot be read or written"):
        built(tmp_path, {"stories/one.md": story("One")})


def test_pelicans_own_command_writes_the_same_site_and_says_the_faults(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"stories/one.md": story("One"), "stories/two.md": story("Two", date="never")}
    built(tmp_path, files, THEME=str(theme_folder()))
    ours = tree_of(tmp_path / "output")
    chosen = {"PLUGINS": ["veillee.plugin"], "OUTPUT_PATH": str(tmp_path / "direct")}
    with collected_logs() as logs:
        Pelican(read_settings(str(tmp_path / "pelicanconf.py"), override=chosen)).run()
    theirs = tree_of(tmp_path / "direct")
    for files_of in (ours, theirs):
        files_of.pop(".veillee-files", None)
    assert theirs == ours
    assert [record.getMessage().rpartition("/")[2][:6] for record in logs.errors()] == ["two.md"]
