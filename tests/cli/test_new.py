from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.site.building import settings_of, write_site
from veillee.cli.main import app
from veillee.errors import UsageError
from veillee.model import Kind
from veillee.model.places import slug_of
from veillee.shown import one_line
from veillee.site.blanks import LONGEST_SLUG, Blank, BlankKind
from veillee.site.blanks import text_of as blank_text
from veillee.site.preview.rebuilding import Preview
from veillee.site.reading import read_site
from veillee.sources.posts import PostRules, read_posts

RUNNER = CliRunner()
FILES = {"members/amina.yaml": "name: Amina\n"}
POST_KINDS = [kind for kind in BlankKind if kind.is_post]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_site(tmp_path, FILES)
    settings_of(tmp_path, VEILLEE_STRICT=True, VEILLEE_LANGUAGES=["en", "fr"])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def new(*arguments: str) -> str:
    result = RUNNER.invoke(app, ["new", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("story", "content/stories/the-night-shift.md"),
        ("announcement", "content/announcements/the-night-shift.md"),
        ("question", "content/questions/the-night-shift.yaml"),
        ("buzz", "content/buzz/2026-11-20-the-night-shift.yaml"),
        ("member", "content/members/the-night-shift.yaml"),
        ("page", "content/pages/the-night-shift.md"),
    ],
)
def test_each_kind_lands_in_its_folder_and_builds_as_it_is(site: Path, kind: str, path: str) -> None:
    said = new(kind, "The night shift")
    assert said.startswith(f"{path} is there.")
    assert (site / path).is_file()
    outcome = Preview(None, {}, session="x").rebuild()
    assert (outcome.faults, outcome.message) == ((), "")
    assert outcome.report
    assert outcome.report.published == (0 if kind in ("member", "page") else 1)


def test_what_was_said_on_the_command_line_is_in_the_post(site: Path) -> None:
    new("story", 'A "title": with #all', "--author", "amina", "--tags", "sql, c++,no", "--lang", "fr")
    assert (site / "content/stories/a-title-with-sharp-all.fr.md").is_file()
    community = read_site(settings_of(site, VEILLEE_LANGUAGES=["en", "fr"])).community
    post = community.posts[0]
    assert (post.title, post.lang, post.tags) == ("A «\u202ftitle\u202f»\u202f: with #all", "fr", ("c++", "no", "sql"))
    assert [author.member_id for author in post.authors] == ["amina"]
    assert post.published_at.isoformat() == "2026-11-20T08:00:00+00:00"


def test_a_title_needs_no_quotes(site: Path) -> None:
    assert new("story", "The", "night", "shift").startswith("content/stories/the-night-shift.md is there.")
    assert "title: The night shift" in (site / "content/stories/the-night-shift.md").read_text().replace('"', "")


def test_nothing_is_written_over(site: Path) -> None:
    new("story", "One")
    (site / "content/stories/one.md").write_text("mine")
    with pytest.raises(UsageError, match=r"^content/stories/one.md is there already"):
        new("story", "One!")
    assert (site / "content/stories/one.md").read_text() == "mine"


def test_a_post_of_the_same_address_in_another_form_is_found(site: Path) -> None:
    write_site(site, {"questions/one.md": "---\ntitle: One\ndate: 2026-11-01\n---\nText\n"})
    with pytest.raises(UsageError, match=r"questions/one.md is there already"):
        new("question", "One")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["story", "x", "--author", "amin"], 'did you mean "amina"'),
        (["story", "x", "--lang", "de"], "VEILLEE_LANGUAGES"),
        (["story", "!?"], "neither a letter nor a digit"),
        (["member", "Zoé", "--tags", "sql"], "neither author nor tags"),
    ],
)
def test_what_cannot_be_meant_is_refused(site: Path, arguments: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        new(*arguments)
    assert not (site / "content/stories").exists()


def test_it_reports_as_json(site: Path) -> None:
    assert json.loads(new("story", "One", "--json")) == {
        "kind": "story",
        "path": "content/stories/one.md",
        "lang": "en",
    }


def test_a_long_title_has_a_short_name(site: Path) -> None:
    new("story", "word " * 200)
    name = next((site / "content/stories").iterdir()).stem
    assert 20 < len(name) <= LONGEST_SLUG
    assert name.endswith("word")


@given(
    words=st.text(min_size=1).filter(lambda text: bool(slug_of(one_line(text)))),
    tag=st.text(),
    kind=st.sampled_from(POST_KINDS),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_give_a_post_that_can_be_read(tmp_path: Path, words: str, tag: str, kind: BlankKind) -> None:
    write_site(tmp_path, FILES)
    loaded = Preview(_settings_file(tmp_path), {}, session="x").site
    tags = tuple(filter(None, [one_line(tag)]))
    assert loaded.now
    blank = Blank(kind, one_line(words), "en", loaded.now, authors=("amina",), tags=tags)
    path = tmp_path / ("post.yaml" if kind in (BlankKind.QUESTION, BlankKind.BUZZ) else "post.md")
    path.write_text(blank_text(blank, loaded), encoding="utf-8", newline="\n")
    rules = PostRules(
        is_strict=True,
        fields=(),
        timezone=loaded.timezone,
        default_lang="en",
        member_ids=frozenset({"amina"}),
        kind=Kind(kind.value),
    )
    read = read_posts(path, shown="post", rules=rules)
    assert read.faults == ()
    (post,) = read.posts
    assert (post.body if kind is BlankKind.BUZZ else post.title).strip() == blank.words
    assert post.tags == tags


def _settings_file(folder: Path) -> Path:
    if not (folder / "pelicanconf.py").exists():
        settings_of(folder)
    return folder / "pelicanconf.py"


def test_a_folder_that_may_not_be_written_is_named(site: Path) -> None:
    if os.geteuid() == 0:
        (site / "content/stories").write_text("a file where the folder should be")
    else:
        (site / "content").chmod(0o500)
    result = RUNNER.invoke(app, ["new", "story", "One"])
    assert "cannot be written" in str(result.exception)
