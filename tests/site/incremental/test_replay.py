"""Where only texts have changed, the last build is done over in parts; where anything else has, it is not."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.site.incremental import post_edits, site_edits
from tests.site.incremental.runs import NOW, build, build_from_nothing, differences, site_files
from tests.site.incremental.sites import write
from tests.site.incremental.test_hidden_reads import (
    ARTICLE,
    BARE,
    FILTER,
    HEAD,
    INDEX,
    PLUGIN,
    SETTINGS,
    WITH_PLUGIN,
    Files,
    change,
    post,
)
from tests.site.incremental.test_walks import SEED, STEPS
from tests.site.incremental.walks import Edit, Walk, begin_walk
from veillee.site.preview.rebuilding import Preview

SHOWN: Files = {
    **BARE,
    ARTICLE: "{{ article.title }} {{ article.content }} {{ article.prev_article and article.prev_article.title }}",
    INDEX: "{% for one in articles %}{{ one.url }} {{ one.summary }} {{ one.category }}{% endfor %}",
}
NEIGHBOURS = f"""{HEAD}
def link(generator):
    for newer, older in zip(generator.articles, generator.articles[1:]):
        newer.prev_article = older

def register():
    signals.article_generator_finalized.connect(link)
"""
COUNTS_WORDS = f"""{HEAD}
def count(generator):
    for one in generator.articles:
        one.title = str(len(one.content.split()))

def register():
    signals.article_generator_finalized.connect(count)
"""
COUNTS_EARLY = f"""{HEAD}
def count(content):
    content.size = len(content._content or "")

def register():
    signals.content_object_init.connect(count)
"""
TEXTS = (post_edits.edit_text, post_edits.edit_first_words, post_edits.edit_page)
OTHERS = (*post_edits.EVERYWHERE, *site_edits.EVERYWHERE)
OTHER = post(2, text="Some *other* words.", Tags="sql")


def is_done_over(site: Path, *, is_compared: bool = True) -> bool:
    """Builds, compares with a build from nothing, and says whether the last build was done over for it."""
    records = next((site / "var/build").glob("*.records"))
    before = records.stat().st_mtime_ns
    ran = build(site)
    if is_compared:
        fresh, expected = build_from_nothing(site)
        assert ran.counts == fresh.counts, ran.stderr
        wrong = differences(expected, site_files(site / "output"))
        assert not wrong, wrong
    return records.stat().st_mtime_ns == before


def count_done_over(walk: Walk, edits: Iterable[Edit]) -> int:
    """Walks, and says after how many of these edits the last build was done over."""
    count = 0
    for edit in edits:
        records = next((walk.site / "var/build").glob("*.records"), None)
        before = records and records.stat().st_mtime_ns
        walk.step(edit)
        count += records is not None and records.exists() and records.stat().st_mtime_ns == before
    return count


def built(folder: Path, files: Files) -> Path:
    site = folder / "site"
    change(site, {**SHOWN, **files})
    first = build(site)
    assert first.code == 0, first.stderr or first.counts
    return site


def test_what_a_page_hangs_on_since_its_text_has_changed(tmp_path: Path) -> None:
    """Its bytes stay the same for now, so that nothing but what it reads tells."""
    counts = """{{ article.title }}{% if "magic" in article.content and articles|length > 4 %}many{% endif %}"""
    site = built(tmp_path, {ARTICLE: counts})
    change(site, {"content/post-1.md": post(1, text="Some magic.", Tags="sql")})
    assert is_done_over(site)
    change(site, {"content/post-5.md": post(5, Tags="sql", Category="other")})
    assert not is_done_over(site)


@pytest.mark.parametrize(
    ("files", "then"),
    [
        pytest.param({}, {"content/post-2.md": OTHER}, id="one text"),
        pytest.param({}, {f"content/post-{n}.md": post(n, text="New.", Tags="sql") for n in (1, 3)}, id="two texts"),
        pytest.param({}, {"content/pages/about.md": "Title: About\n\nOther.\n"}, id="a page"),
        pytest.param(
            {"pelicanconf.py": WITH_PLUGIN, PLUGIN: NEIGHBOURS}, {"content/post-2.md": OTHER}, id="neighbours"
        ),
        pytest.param(
            {
                "pelicanconf.py": f'{SETTINGS}FEED_ALL_ATOM = "all.xml"\nTAG_FEED_ATOM = "{{slug}}.xml"\n'
                'DEFAULT_PAGINATION = 2\nTEMPLATE_PAGES = {}\nVEILLEE_MARKDOWN = "comrak"\n',
                INDEX: "{% for one in articles_page.object_list %}{{ one.summary }}{% endfor %}"
                "{{ articles_paginator.num_pages }}{{ articles_next_page.url }}",
            },
            {"content/post-2.md": OTHER},
            id="feeds and pages of lists",
        ),
    ],
)
def test_a_text_is_all_that_is_read_and_shown(tmp_path: Path, files: Files, then: Files) -> None:
    site = built(tmp_path, files)
    change(site, then)
    assert is_done_over(site)
    change(site, {name: f"{text}\nOnce more.\n" for name, text in then.items()})
    assert is_done_over(site), "and again"
    change(site, {name: {**SHOWN, **files}[name] for name in then})
    assert is_done_over(site), "and back"
    change(site, {"content/post-9.md": post(9, Category="other")})
    assert not is_done_over(site)


@pytest.mark.parametrize(
    ("files", "then"),
    [
        pytest.param({}, {"content/post-2.md": post(2, Title="Other", Slug="post-2")}, id="a title"),
        pytest.param({}, {"content/post-2.md": post(2, Tags="new")}, id="a tag"),
        pytest.param({}, {"content/post-2.md": post(2, text="[one]({filename}post-1.md)")}, id="a link"),
        pytest.param({}, {"content/post-2.md": post(2, text="![x]({static}/x.png)")}, id="a picture"),
        pytest.param({}, {"content/post-2.md": post(2, Status="draft")}, id="a draft"),
        pytest.param({}, {"content/post-2.md": None}, id="a post that is gone"),
        pytest.param({}, {"content/post-2.md": OTHER, ARTICLE: "{{ article.content }}"}, id="a template, too"),
        pytest.param({}, {"content/post-2.md": OTHER, "pelicanconf.py": f"{SETTINGS}A = 1\n"}, id="a setting, too"),
        pytest.param({}, {"content/post-2.md": OTHER, "output/index.html": "Mine."}, id="an output, too"),
        pytest.param({"pelicanconf.py": WITH_PLUGIN, PLUGIN: COUNTS_WORDS}, {"content/post-2.md": OTHER}, id="words"),
        pytest.param(
            {
                "pelicanconf.py": WITH_PLUGIN,
                PLUGIN: COUNTS_EARLY,
                INDEX: "{% for a in articles %}{{a.size}}{% endfor %}",
            },
            {"content/post-2.md": OTHER},
            id="sizes",
        ),
        pytest.param({"pelicanconf.py": WITH_PLUGIN, PLUGIN: FILTER}, {"content/post-2.md": OTHER}, id="a filter"),
        pytest.param(
            {INDEX: "{% for a in articles if a.category is sameas articles[0].category %}{{ a.summary }}{% endfor %}"},
            {"content/post-2.md": OTHER},
            id="the same object",
        ),
        pytest.param(
            {ARTICLE: "{% if 'Some' in article.content %}{% else %}{{ articles[0].content }}{% endif %}"},
            {"content/post-2.md": post(2, text="Other.", Tags="sql")},
            id="a page that looks elsewhere now",
        ),
    ],
)
def test_with_anything_else_the_site_is_built_as_ever(tmp_path: Path, files: Files, then: Files) -> None:
    site = built(tmp_path, files)
    change(site, then)
    assert not is_done_over(site)
    change(site, {"content/post-1.md": post(1, text="And this.", Tags="sql")})
    is_done_over(site)


@pytest.mark.parametrize("what", ["gone", "damaged", "cut", "of another build"])
@pytest.mark.parametrize("kind", ["plan", "reads", "standstill"])
def test_a_lost_or_broken_state_costs_nothing_but_time(tmp_path: Path, what: str, kind: str) -> None:
    site = built(tmp_path, {})
    [file] = (site / "var/build").glob(f"*.{kind}")
    content = file.read_bytes()
    if what == "gone":
        file.unlink()
    elif what == "damaged":
        place = random.Random(SEED).randrange(len(content) // 2, len(content))
        file.write_bytes(content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :])
    elif what == "cut":
        file.write_bytes(content[: len(content) // 2])
    else:
        change(site, {"content/post-1.md": post(1, Title="Before", Slug="post-1", Tags="sql")})
        build(site)
        file.write_bytes(content)
    change(site, {"content/post-2.md": OTHER})
    is_done_over(site)
    change(site, {"content/post-3.md": post(3, text="And this.", Tags="sql")})
    is_done_over(site)


def test_a_walk_of_texts_among_other_edits(tmp_path: Path) -> None:
    """The site of the walks, where no file is attached, so that it can be done over."""
    chance = random.Random(SEED)
    walk = begin_walk(tmp_path, chance, is_ours=False, attaches=False)
    walk.history.append(f"VEILLEE_SEED={SEED} VEILLEE_STEPS={STEPS}")
    walk.check()
    which = (TEXTS if number < 3 or chance.random() < 0.7 else OTHERS for number in range(2 * STEPS))
    assert count_done_over(walk, map(chance.choice, which)) or STEPS < 5


def test_a_killed_replay_is_made_good(tmp_path: Path) -> None:
    """The mark of a build that did not come to its end: nothing is done over on top of it."""
    site = built(tmp_path, {})
    change(site, {"content/post-2.md": OTHER})
    lock = next((site / "var/build").glob("*.lock"))
    lock.with_suffix(".running").touch()
    assert not is_done_over(site)


def test_files_that_only_got_another_time_are_settled(tmp_path: Path) -> None:
    site = built(tmp_path, {})
    os.utime(site / "content/post-2.md", (time.time(), 10**9))
    time.sleep(0.03)
    is_done_over(site)
    shutil.rmtree(site / "var")
    build(site)
    change(site, {"content/post-2.md": OTHER})
    assert is_done_over(site)


@pytest.mark.usefixtures("no_plugins_stay")
def test_a_preview_follows_each_save(tmp_path: Path) -> None:
    """Where only texts are saved, it does its last build over, too; whatever an editor leaves behind meanwhile."""
    site = built(tmp_path, {"pelicanconf.py": WITH_PLUGIN, PLUGIN: NEIGHBOURS})
    preview = Preview(site / "pelicanconf.py", {"VEILLEE_NOW": NOW}, session="x")
    shutil.rmtree(site / "var")
    preview.rebuild()
    [records] = (site / "var/build").glob("*.records")

    def saved(files: Files, *others: str) -> bool:
        before = records.stat().st_mtime_ns
        change(site, files)
        outcome = preview.rebuild([site / name for name in (*files, *others)])
        assert outcome.report, outcome.trace or outcome.faults
        _, expected = build_from_nothing(site)
        wrong = differences(expected, site_files(site / "output"))
        assert outcome.faults or not wrong, wrong
        return records.stat().st_mtime_ns == before

    assert saved({"content/post-2.md": OTHER})
    assert saved(
        {"content/post-2.md": f"{OTHER}More.\n"}, "content/.post-2.md.swp", "content/4913", "content/post-2.md~"
    )
    assert not saved({"content/post-9.md": post(9, Category="other")})
    assert saved({"content/post-9.md": post(9, Category="other", text="Other.")})
    assert not saved({"content/post-2.md": post(2, Title="Other", Tags="sql")})
    assert not saved({"content/post-2.md": post(2, Tags="sql")}), "the title as it was is another one again"
    assert not saved({"content/post-9.md": "Title: Post 9\nDate: never\n\nText.\n"})
    assert not saved({"content/post-9.md": post(9, text="Mended.")})
    assert saved({"content/post-9.md": post(9, text="And on."), "content/post-1.md": post(1, Tags="sql", text="On.")})


@pytest.mark.parametrize("is_ours", [True, False], ids=["our theme", "another theme"])
def test_a_preview_sees_that_others_have_built_meanwhile(tmp_path: Path, is_ours: bool) -> None:
    """By another settings file, into the same folder: what they wrote is not what the preview has in mind."""
    walk = begin_walk(tmp_path, random.Random(SEED), is_ours=is_ours, attaches=False)
    settings = (walk.site / "pelicanconf.py").read_text()
    write(walk.site / "publishconf.py", f'{settings}SITENAME = "Other"\n')
    preview = Preview(walk.site / "pelicanconf.py", {"VEILLEE_NOW": NOW}, session="x")
    post = next((walk.site / "content").rglob("post-7.md"))
    for is_alone in (True, False):
        if not is_alone:
            build(walk.site, "--settings", "publishconf.py")
        write(post, f"{post.read_text()}\nMore.\n")
        preview.rebuild([post])
        _, expected = build_from_nothing(walk.site)
        wrong = differences(_but_search(expected), _but_search(site_files(walk.site / "output")))
        assert not wrong, wrong


def _but_search(files: dict[str, bytes]) -> dict[str, bytes]:
    """A preview makes the index of the search in its own time."""
    return {name: content for name, content in files.items() if not name.startswith("pagefind/")}


def test_a_template_that_fails_on_a_text_is_told_as_ever(tmp_path: Path) -> None:
    site = built(tmp_path, {ARTICLE: "{{ article.content.count('Some') or article.fails.at_once }}"})
    change(site, {"content/post-2.md": post(2, text="Other.", Tags="sql")})
    ran, (fresh, _) = build(site), build_from_nothing(site)
    assert ran.code == 1
    assert "article.html:1: this template fails" in ran.stderr
    assert ran.counts == fresh.counts
    change(site, {"content/post-2.md": post(2, text="Some others.", Tags="sql")})
    is_done_over(site)
