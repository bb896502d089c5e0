"""A post that is newer than all others is added to the last build, with all that hangs on it; anything else is not."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.site.incremental import post_edits
from tests.site.incremental.runs import NOW, build_from_nothing, differences, site_files
from tests.site.incremental.sites import picture, write
from tests.site.incremental.test_hidden_reads import (
    ARTICLE,
    CATEGORY_WORDS,
    CLOUD,
    HEAD,
    INDEX,
    PLUGIN,
    RELATED,
    RENAMES,
    SETTINGS,
    WITH_PLUGIN,
    Files,
    change,
    post,
)
from tests.site.incremental.test_replay import OTHER, OTHERS, TEXTS, built, count_done_over, is_done_over
from tests.site.incremental.test_walks import IS_FULL, SEED, STEPS
from tests.site.incremental.walks import begin_walk
from veillee.site.preview.rebuilding import Preview

LISTS = "{% for one in articles %}{{ one.title }} {{ one.summary }}{% endfor %}"
PARTS = (
    "{% for one in articles_page.object_list %}{{ one.url }} {{ one.next_article and one.next_article.title }} "
    "{{ one.summary }}{% endfor %}{{ articles_page.number }}/{{ articles_paginator.num_pages }} "
    "{{ articles_next_page.url }}"
)
OF_PELICAN = SETTINGS.replace("TEMPLATE_PAGES = {}", "DEFAULT_PAGINATION = 2")
BOTH_WAYS = f"""{HEAD}from itertools import pairwise

def link(generator):
    for article in generator.articles:
        article.next_article = article.prev_article = None
    for newer, older in pairwise(generator.articles):
        newer.prev_article, older.next_article = older, newer

def register():
    signals.article_generator_finalized.connect(link)
"""
OF_ITS_CATEGORY = f"""{HEAD}
def link(generator):
    for category, articles in generator.categories:
        for newer, older in zip(articles, articles[1:]):
            older.newer_here = newer if newer.category == category else None

def register():
    signals.article_generator_finalized.connect(link)
"""
NUMBERS = f"""{HEAD}
def count(generator):
    for number, article in enumerate(generator.articles):
        article.number = number

def register():
    signals.article_generator_finalized.connect(count)
"""
SORTS = f"""{HEAD}
def sort(generator):
    generator.articles.sort(key=lambda article: article.title)

def register():
    signals.article_generator_finalized.connect(sort)
"""
ADDS = f"""{HEAD}
def add(generator):
    for article in generator.articles:
        article.metadata["count"] = len(generator.articles)

def register():
    signals.article_generator_finalized.connect(add)
"""
FAR = "{% set far = article.prev_article and article.prev_article.prev_article %}{{ far and far.next_article.title }}"
NEIGHBOURS = {
    "pelicanconf.py": WITH_PLUGIN,
    PLUGIN: BOTH_WAYS,
    ARTICLE: "{{ article.content }} {% if article.prev_article %}{{ article.prev_article.title }}{% endif %}"
    "{% if article.next_article %}{{ article.next_article.title }}{% endif %}",
}
MORE = 'DEFAULT_PAGINATION = 3\nDIRECT_TEMPLATES = ["index", "archives"]\n'
CARDS = {
    "pelicanconf.py": f"{SETTINGS}{MORE}",
    INDEX: "{% for article in articles_page.object_list %}{% include 'card.html' %}{% endfor %}",
    "theme/templates/card.html": "{{ article.title }} {{ article.url }} {{ article.summary }} "
    "{% for tag in article.tags %}{{ tag.url }}{% endfor %}",
    "theme/templates/archives.html": "{% for year in dates|groupby('date.year') %}{% for one in year.list %}"
    "{{ one.date.isoformat() }} {{ one.title }} {{ one.slug }}{% endfor %}{% endfor %}",
}
EVERY_LIST = {
    "pelicanconf.py": f'{OF_PELICAN}YEAR_ARCHIVE_SAVE_AS = "{{date:%Y}}.html"\n'
    'MONTH_ARCHIVE_SAVE_AS = "{date:%m}.html"\n'
    'TAG_FEED_ATOM = "{slug}.tag.xml"\nFEED_ALL_RSS = "all.xml"\nFEED_ATOM = "own.xml"\nFEED_MAX_ITEMS = 3\n'
    'DIRECT_TEMPLATES = ["index", "tags", "categories", "authors", "archives"]\n',
    INDEX: PARTS,
    "theme/templates/tag.html": f"{{{{ tag }}}} {PARTS}",
    "theme/templates/category.html": f"{PARTS} {{{{ articles|length }}}}",
    "theme/templates/author.html": f"{PARTS} {{{{ all_articles[0].title }}}}",
    "theme/templates/tags.html": "{% for tag, posts in tags %}{{ tag }} {{ posts|length }}{% endfor %}",
    "theme/templates/categories.html": "{% for name, posts in categories %}{{ name }} {{ posts|length }}{% endfor %}",
    "theme/templates/authors.html": "{% for name, posts in authors %}{{ name }} {{ posts|length }}{% endfor %}",
    "theme/templates/archives.html": "{% for one in dates %}{{ one.locale_date }}{% endfor %}",
    "theme/templates/period_archives.html": "{{ period }} {% for one in dates %}{{ one.title }}{% endfor %}",
    "theme/templates/page.html": "{{ page.title }} {{ articles[0].title }} {{ period_archives.year|length }}",
    **{f"content/post-{n}.md": post(n, Tags="sql, maps", Author=("Ada", "Bo")[n % 2]) for n in range(1, 5)},
}


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="as it is"),
        pytest.param({INDEX: LISTS, ARTICLE: "{{ article.title }} {{ articles[0].title }}"}, id="every page lists it"),
        pytest.param(NEIGHBOURS, id="neighbours"),
        pytest.param(
            {**NEIGHBOURS, ARTICLE: FAR},
            id="neighbours of neighbours",
        ),
        pytest.param(
            {
                "pelicanconf.py": WITH_PLUGIN,
                PLUGIN: OF_ITS_CATEGORY,
                ARTICLE: "{{ article.newer_here and article.newer_here.title }}",
            },
            id="a plugin that looks at articles",
        ),
        pytest.param(EVERY_LIST, id="every list"),
        pytest.param(CARDS, id="cards"),
        pytest.param({**CARDS, **NEIGHBOURS, "pelicanconf.py": f"{WITH_PLUGIN}{MORE}"}, id="cards and neighbours"),
        pytest.param(
            {**EVERY_LIST, **NEIGHBOURS, "pelicanconf.py": f'{EVERY_LIST["pelicanconf.py"]}PLUGINS.append("mine")\n'},
            id="both",
        ),
        pytest.param(
            {**EVERY_LIST, "pelicanconf.py": f"{EVERY_LIST['pelicanconf.py']}RELATIVE_URLS = True\n"}, id="relative"
        ),
        pytest.param({"pelicanconf.py": f'{OF_PELICAN}VEILLEE_MARKDOWN = "comrak"\n', INDEX: PARTS}, id="comrak"),
        pytest.param(
            {"content/post-3.md": post(3, Status="draft"), "content/post-2.md": post(2, Status="hidden")}, id="drafts"
        ),
        pytest.param({"content/post-4-fr.md": post(4, Lang="fr", Slug="post-4")}, id="translations"),
    ],
)
def test_a_newest_post_is_added(tmp_path: Path, files: Files) -> None:
    site = built(tmp_path, files)
    tags = {"Tags": "maps, sql", "Author": "Bo"} if "theme/templates/author.html" in files else {"Tags": "sql"}
    change(site, {"content/post-11.md": post(11, **tags)})
    assert is_done_over(site)
    change(site, {f"content/post-{number}.md": post(number, text="Two at *once*.", **tags) for number in (13, 12)})
    assert is_done_over(site), "two at once, on top of that"
    change(site, {"content/post-12.md": post(12, text="Mended.", **tags), "content/post-1.md": post(1, text="Other.")})
    is_done_over(site)
    change(site, {"content/post-13.md": post(13, text="Once more.", **tags)})
    assert is_done_over(site), "its text"
    change(site, {"content/post-14.md": post(14, **tags)})
    assert is_done_over(site), "below a text that has changed before"


@pytest.mark.parametrize(
    ("files", "then"),
    [
        pytest.param({}, {"content/post-9.md": post(9, Tags="new")}, id="a tag that nobody had"),
        pytest.param({}, {"content/post-9.md": post(9, Tags="SQL")}, id="a tag in other letters"),
        pytest.param({}, {"content/post-9.md": post(9, Category="other")}, id="a category that nobody had"),
        pytest.param({}, {"content/post-9.md": post(9, Author="Cleo")}, id="an author that nobody knows"),
        pytest.param({}, {"content/post-9.md": post(9, Date="2026-10-03 12:00")}, id="not the newest"),
        pytest.param({}, {"content/post-9.md": post(9, Date="2026-10-04 10:00")}, id="as new as the newest"),
        pytest.param({}, {"content/post-9.md": post(9, Date="2027-01-01")}, id="to come"),
        pytest.param({}, {"content/post-9.md": post(9, Status="draft")}, id="a draft"),
        pytest.param({}, {"content/post-9.md": post(9, Status="hidden")}, id="hidden"),
        pytest.param({}, {"content/post-9.md": post(9, Slug="post-1", Lang="fr")}, id="a translation"),
        pytest.param({}, {"content/post-9.md": post(9, Title="Post 1")}, id="an address that is taken"),
        pytest.param({}, {"content/post-9.md": post(9, Save_as="index.html", Url="")}, id="a chosen address"),
        pytest.param(
            {},
            {"content/post-9.md": "---\ntitle: Nine\ndate: 2026-10-09\nexpires: 2026-12-01\n---\n\nX.\n"},
            id="an end",
        ),
        pytest.param({}, {"content/post-9.md": post(9, text="[x]({filename}gone.md)")}, id="a link to nowhere"),
        pytest.param(
            {},
            {"content/post-9.md": post(9, text="[x]({attach}/images/a.png)"), "content/images/a.png": "x"},
            id="a file",
        ),
        pytest.param({}, {"content/post-9.md": post(9), "content/post-2.md": OTHER}, id="a text, too"),
        pytest.param({}, {"content/post-9.md": post(9), "content/post-2.md": None}, id="instead of another"),
        pytest.param(
            {}, {"content/post-9.md": post(9), "content/pages/more.md": "Title: More\n\nText.\n"}, id="a page, too"
        ),
        pytest.param({}, {"content/post-9.md": post(9), INDEX: LISTS}, id="a template, too"),
        pytest.param({}, {"content/post-9.md": "Title: Nine\nDate: never\n\nText.\n"}, id="a fault"),
        pytest.param(
            {"pelicanconf.py": f'{SETTINGS}IGNORE_FILES = ["my-*"]\n'}, {"content/my-9.md": post(9)}, id="no content"
        ),
        pytest.param({}, {"content/apart/post-9.md": post(9)}, id="a folder of its own"),
        pytest.param({}, {"content/post-9.yaml": "title: Nine\ndate: 2026-10-09\nbody: Text.\n"}, id="a record"),
        pytest.param({}, {"content/post-9.md": post(9), "output/post-9.html": "Mine."}, id="where something else is"),
        pytest.param(
            {
                "pelicanconf.py": f'{SETTINGS}VEILLEE_MARKDOWN = "comrak"\n',
                "content/post-1.md": post(1, text="[x](post-9.md)", Tags="sql"),
            },
            {"content/post-9.md": post(9)},
            id="somebody links to it already",
        ),
        pytest.param(
            {"pelicanconf.py": f'{SETTINGS}ARTICLE_ORDER_BY = "title"\n', INDEX: LISTS},
            {"content/post-9.md": post(9)},
            id="another order",
        ),
        pytest.param(
            {"pelicanconf.py": f"{SETTINGS}NEWEST_FIRST_ARCHIVES = False\n"},
            {"content/post-9.md": post(9)},
            id="oldest first",
        ),
        *(
            pytest.param(
                {"pelicanconf.py": WITH_PLUGIN, PLUGIN: plugin, INDEX: shown}, {"content/post-9.md": post(9)}, id=name
            )
            for name, plugin, shown in (
                ("related", RELATED, "{% for one in articles %}{{ one.related|length }}{% endfor %}"),
                ("numbers", NUMBERS, "{% for one in articles %}{{ one.number }}{% endfor %}"),
                ("sorts", SORTS, LISTS),
                ("metadata", ADDS, "{% for one in articles %}{{ one.metadata.count }}{% endfor %}"),
                ("words of categories", CATEGORY_WORDS, "{% for name, _ in categories %}{{ name.words }}{% endfor %}"),
                ("a cloud", CLOUD, "{{ cloud|length }}"),
                ("renames", RENAMES, LISTS),
            )
        ),
    ],
)
def test_any_other_file_is_built_as_ever(tmp_path: Path, files: Files, then: Files) -> None:
    site = built(tmp_path, files)
    change(site, then)
    assert not is_done_over(site, is_compared=IS_FULL)


def test_a_walk_of_new_posts_among_other_edits(tmp_path: Path) -> None:
    """The site of the walks, with a theme that looks everywhere, where no file is attached."""
    chance = random.Random(SEED)
    walk = begin_walk(tmp_path, chance, is_ours=False, attaches=False)
    write(walk.site / PLUGIN, BOTH_WAYS)
    settings = walk.site / "pelicanconf.py"
    write(settings, f'{settings.read_text()}PLUGIN_PATHS = ["plugins"]\nPLUGINS.append("mine")\n')
    index = walk.site / INDEX
    far = "{% set older = articles_page.object_list[0].prev_article %}{{ older and older.prev_article.title }}"
    write(index, index.read_text() + far)
    walk.history.append(f"VEILLEE_SEED={SEED} VEILLEE_STEPS={STEPS}")
    walk.check()
    newest = (post_edits.add_newest,)
    kinds = [(newest, newest, TEXTS, OTHERS)[min(number, chance.randrange(4))] for number in range(STEPS)]
    assert count_done_over(walk, map(chance.choice, kinds)) or STEPS < 5


@pytest.mark.usefixtures("no_plugins_stay")
def test_a_preview_shows_a_new_post(tmp_path: Path) -> None:
    site = built(tmp_path, NEIGHBOURS)
    preview = Preview(site / "pelicanconf.py", {"VEILLEE_NOW": NOW}, session="x")
    shutil.rmtree(site / "var")
    preview.rebuild()
    [records] = (site / "var/build").glob("*.records")
    before = records.stat().st_mtime_ns
    for files in (
        {"content/post-9.md": post(9, Tags="sql")},
        {"content/post-9.md": post(9, Tags="sql", text="Other.")},
        {"content/post-10.md": post(10, Tags="sql")},
    ):
        change(site, files)
        outcome = preview.rebuild([site / name for name in files])
        assert outcome.report, outcome.trace or outcome.faults
        _, expected = build_from_nothing(site)
        wrong = differences(expected, site_files(site / "output"))
        assert not wrong, wrong
        assert records.stat().st_mtime_ns == before
    assert outcome.report.published == 6


def test_a_static_picture_that_the_site_has_may_be_shown(tmp_path: Path) -> None:
    site = built(tmp_path, {"content/images/dot.png": picture(7).decode("latin-1")})
    change(
        site,
        {"content/post-9.md": post(9, Tags="sql", text="![a dot]({static}/images/dot.png) [x]({filename}post-1.md)")},
    )
    assert is_done_over(site)
    change(
        site,
        {
            "content/post-10.md": post(10, Tags="sql", text="![another]({static}/images/x.png)"),
            "content/images/x.png": "x",
        },
    )
    assert not is_done_over(site)
