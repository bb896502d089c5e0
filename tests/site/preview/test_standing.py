"""A preview of a site with our theme, after saves that change words alone: it shows what a build from nothing does."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import veillee.site.preview.rebuilding as rebuilding
from tests.conftest import ROOT
from tests.site.building import PNG, settings_of, tree_of, write_site
from veillee.site.building import build_site
from veillee.site.preview.live import LiveState
from veillee.site.preview.rebuilding import Preview

STORY = "---\ntitle: Night\ndate: 2026-11-02\nauthor: ada\ntags: [loom, night]\n---\nThe first words of it.\n"
QUESTION = """title: How many threads?
date: 2026-11-03
author: ada
tags: [loom]
body: |
  I count forty.
answers:
- author: ben
  date: 2026-11-04 10:00
  accepted: true
  body: |
    Forty-two, with the border.
"""
BUZZ = "---\ndate: 2026-11-05\nauthor: ben\ntags: [night]\n---\nA lamp was found in the store. It works.\n"
PICTURE = "![A lamp]({static}/images/lamp.png)"
FILES: dict[str, str | bytes] = {
    "members/ada.md": "---\nname: Ada\n---\nWeaver.\n",
    "members/ben.md": "---\nname: Ben\njoined: 2026-11-01\n---\n",
    "stories/night.md": STORY,
    "stories/seen.md": f"---\ntitle: Seen\ndate: 2026-11-01\ntags: [night]\n---\nLook:\n\n{PICTURE}\n",
    "stories/other.md": "---\ntitle: Other\ndate: 2026-10-01\ntags: [night]\n---\nSee [it]({filename}night.md).\n",
    "stories/night.en.md": "---\ntitle: By night\ndate: 2026-11-02\nslug: night\nlang: en\n---\nEnglish words.\n",
    "questions/threads.yaml": QUESTION,
    "knowledge/threads.md": "---\ntitle: Threads\ndate: 2026-11-06\nfrom_question: threads\n---\nForty-two.\n",
    "buzz/lamp.md": BUZZ,
    "announcements/fair.md": "---\ntitle: Fair\ndate: 2026-11-07\nevent: {start: 2026-12-01 10:00}\n---\nCome.\n",
    "stories/draft.md": "---\ntitle: Draft\ndate: 2026-11-02\nstatus: hidden\n---\nNot yet.\n",
    "pages/about.md": "---\ntitle: About\n---\nWho we are.\n",
    "images/lamp.png": PNG,
}
EDITION = """---
digest: weekly
edition: 2026-W46
from: 2026-11-02 08:00
until: 2026-11-09 08:00
drafted: 2026-11-09 07:30
subject:
  fr: Des fils
sections:
  story:
  - stories/night
  questions:
  - questions/threads
  buzz:
  - buzz/lamp
---

Bonjour.
"""
SETTINGS: dict[str, Any] = {"DEFAULT_LANG": "fr", "VEILLEE_LANGUAGES": ["fr", "en"]}

Save = Callable[[dict[str, str]], bool]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = write_site(tmp_path / "site", FILES)
    shutil.copytree(ROOT / "digests", folder / "digests", ignore=shutil.ignore_patterns("editions", "questions"))
    (folder / "digests/weekly/editions").mkdir()
    (folder / "digests/weekly/editions/2026-W46.md").write_text(EDITION, encoding="utf-8")
    return folder


@pytest.fixture
def save(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Save:
    return saver(site, tmp_path / "fresh", monkeypatch)


def saver(site: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> Save:
    """Saves files, and says whether the preview followed without a build of everything; what it shows is right."""
    built: list[bool] = []

    def build(*arguments: Any, **named: Any) -> Any:
        built.append(True)
        return build_site(*arguments, **named)

    monkeypatch.setattr(rebuilding, "build_site", build)
    settings_of(site, **SETTINGS, **settings)
    preview = Preview(site / "pelicanconf.py", {}, session="s")
    assert preview.rebuild().faults == ()

    def save_files(files: dict[str, str]) -> bool:
        count = len(built)
        write_site(site, files)
        outcome = preview.rebuild([site / "content" / name for name in files])
        assert outcome.report is not None, outcome
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(site, fresh, ignore=shutil.ignore_patterns("output", "var"))
        build_site(settings_of(fresh, **SETTINGS, **settings))
        shown, expected = tree_of(site / "output"), tree_of(fresh / "output")
        assert {path for path in shown.keys() | expected.keys() if shown.get(path) != expected.get(path)} == set()
        return len(built) == count

    return save_files


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("stories/night.md", STORY.replace("first words", "other words"), id="a text"),
        pytest.param("stories/night.md", STORY + "\nwords " * 900, id="one that takes longer to read"),
        pytest.param("stories/night.en.md", str(FILES["stories/night.en.md"]) + "More.\n", id="a translation"),
        pytest.param("stories/seen.md", str(FILES["stories/seen.md"]) + "A lamp.\n", id="one beside a picture"),
        pytest.param("stories/other.md", str(FILES["stories/other.md"]) + "More.\n", id="one with a link"),
        pytest.param("questions/threads.yaml", QUESTION.replace("forty", "thirty"), id="a question"),
        pytest.param("questions/threads.yaml", QUESTION.replace("border", "hem"), id="an answer"),
        pytest.param(
            "questions/threads.yaml",
            f"{QUESTION}- author: ada\n  date: 2026-11-08\n  body: Thanks!\n",
            id="one more answer",
        ),
        pytest.param("questions/threads.yaml", QUESTION.partition("answers:")[0], id="no answer any more"),
        pytest.param("questions/threads.yaml", QUESTION.replace("  accepted: true\n", ""), id="accepted no more"),
        pytest.param("knowledge/threads.md", str(FILES["knowledge/threads.md"]) + "Or more.\n", id="knowledge"),
        pytest.param("announcements/fair.md", str(FILES["announcements/fair.md"]) + "All of you.\n", id="an event"),
        pytest.param("buzz/lamp.md", BUZZ.replace("author", "reactions: {bravo: 3}\nauthor"), id="reactions"),
        pytest.param("buzz/lamp.md", BUZZ.replace("A lamp", "An old lamp"), id="words without a title"),
        pytest.param("pages/about.md", "---\ntitle: About\n---\nWho we were.\n", id="a page"),
    ],
)
def test_words_are_shown_without_a_build_of_everything(save: Save, name: str, text: str) -> None:
    assert save({name: text})
    assert save({name: str(FILES[name])}), "and back"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("stories/night.md", STORY.replace("title: Night", "title: Nights"), id="a title"),
        pytest.param("stories/night.md", STORY.replace("loom, ", ""), id="a tag"),
        pytest.param("stories/night.md", STORY.replace("2026-11-02", "2026-11-09"), id="a day"),
        pytest.param("stories/night.md", STORY + PICTURE, id="a picture"),
        pytest.param("stories/seen.md", str(FILES["stories/seen.md"]).replace(PICTURE, ""), id="no picture"),
        pytest.param("stories/night.md", STORY + "[it]({filename}seen.md)", id="a link"),
        pytest.param("stories/night.md", STORY.replace("tags", "digest: never\ntags"), id="a choice"),
        pytest.param("stories/night.md", STORY.replace("tags", "expires: 2026-11-10\ntags"), id="an end"),
        pytest.param("stories/draft.md", str(FILES["stories/draft.md"]) + "Soon.\n", id="what is in no list"),
        pytest.param("stories/new.md", STORY.replace("Night", "New"), id="a new post"),
        pytest.param("members/ada.md", "---\nname: Ada\n---\nSpinner.\n", id="a member"),
        pytest.param(
            "questions/threads.yaml",
            f"{QUESTION}- author: ada\n  date: 2026-12-08\n  body: Later.\n",
            id="an answer to come",
        ),
    ],
)
def test_where_more_hangs_on_it_everything_is_looked_at(save: Save, name: str, text: str) -> None:
    assert not save({name: text})


def test_saves_follow_each_other(save: Save) -> None:
    dice = random.Random(7)
    texts = ["stories/night.md", "stories/seen.md", "questions/threads.yaml", "knowledge/threads.md", "pages/about.md"]
    for number in range(6):
        chosen = dice.sample(texts, dice.randint(1, 2))
        followed = save({name: _with(str(FILES[name]), f"Words {number}.") for name in chosen})
        assert followed
        if number == 3:
            assert not save({"stories/later.md": STORY.replace("Night", "Later")})


def _with(text: str, words: str) -> str:
    return (
        text.replace("body: |\n", f"body: |\n  {words}\n\n", 1) if text.startswith("title:") else f"{text}\n{words}\n"
    )


@pytest.mark.parametrize(
    "footer",
    [
        "{% for post in community.posts_in('fr') %}{{ post.text }}{% endfor %}",
        "{% for one in articles %}{{ one.content }}{% endfor %}",
        "{{ (articles | first).post.text }}",
    ],
)
def test_a_template_may_look_at_every_post(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, footer: str
) -> None:
    own = write_site(tmp_path / "own", {"charter.html": "", "partials/footer.html": footer}) / "content"
    assert (ROOT / "theme/templates/partials/footer.html").is_file()
    save = saver(site, tmp_path / "fresh", monkeypatch, THEME_TEMPLATES_OVERRIDES=[str(own)])
    assert not save({"stories/night.md": STORY.replace("first words", "other words")})


def test_a_plugin_may_make_anything_of_words(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = tmp_path / "plugins/shouting.py"
    plugin.parent.mkdir()
    plugin.write_text("def register():\n    pass\n", encoding="utf-8")
    plugins = {"PLUGIN_PATHS": [str(plugin.parent)], "PLUGINS": ["veillee.plugin", "shouting"]}
    save = saver(site, tmp_path / "fresh", monkeypatch, **plugins)
    assert not save({"stories/night.md": STORY.replace("first words", "other words")})


def test_a_file_that_somebody_else_touched_is_put_right_by_the_next_build(site: Path, save: Save) -> None:
    assert save({"stories/night.md": STORY + "More.\n"})
    (site / "output/index.html").write_text("Mine.", encoding="utf-8")
    assert not save({"stories/night.md": STORY.replace("title: Night", "title: Nights")})


@pytest.mark.parametrize(
    "settings",
    [
        {"FEED_ALL_ATOM": "all.xml"},
        {"OUTPUT_SOURCES": True},
        {"VEILLEE_COMPRESS": True},
        {"VEILLEE_SOCIAL_CARDS": True},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_what_a_manager_has_set_besides_is_right_too(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]
) -> None:
    save = saver(site, tmp_path / "fresh", monkeypatch, **settings)
    save({"stories/night.md": STORY.replace("first words", "other words")})
    save({"stories/night.md": STORY})


def test_the_page_of_a_file_that_was_saved_is_shown_before_the_rest_of_the_site(site: Path) -> None:
    settings_of(site, **SETTINGS)
    shown: list[tuple[LiveState, bool, bool]] = []

    def look() -> None:
        page, home = (site / "output" / name for name in ("stories/night.html", "index.html"))
        shown.append((preview.board.state, b"other words" in page.read_bytes(), b"other words" in home.read_bytes()))

    preview = Preview(site / "pelicanconf.py", {}, session="s", shown=look)
    assert preview.rebuild().faults == ()
    first, night = preview.board.state, site / "content/stories/night.md"
    night.write_text(STORY.replace("first words", "other words"), encoding="utf-8")
    assert preview.rebuild([night]).report is not None
    ((soon, is_page_new, is_home_new),), last = shown, preview.board.state
    assert (is_page_new, is_home_new) == (True, False)
    assert (soon.since, soon.changed) == (first.id, {"stories/night.html"})
    assert last.since == soon.id and last.changed is not None
    assert "index.html" in last.changed and not last.changed & {"stories/night.html", "stories/seen.html"}
    assert [last.is_news("stories/night.html", one.id) for one in (first, soon, last)] == [True, False, False]
    assert preview.rebuild([night]).report is not None
    assert len(shown) == 1, "nothing new, nothing to show"


def test_what_has_a_problem_is_told_to_every_page(site: Path) -> None:
    settings_of(site, **SETTINGS)
    preview = Preview(site / "pelicanconf.py", {}, session="s")
    preview.rebuild()
    night = site / "content/stories/night.md"
    for text in (STORY.replace("title", "titel"), STORY):
        night.write_text(text, encoding="utf-8")
        before = preview.board.state
        preview.rebuild([night])
        assert preview.board.state.is_news("stories/seen.html", before.id)
