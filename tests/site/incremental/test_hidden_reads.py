"""What a page may hang on without saying so: a site, one edit somewhere far from the page, and the comparison."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.site.incremental.runs import build, build_from_nothing, differences, site_files
from tests.site.incremental.sites import write

SETTINGS = """\
SITENAME = "Bare"
SITEURL = "https://bare.example"
TIMEZONE = "Europe/Paris"
DEFAULT_LANG = "en"
PATH = "content"
THEME = "theme"
PLUGIN_PATHS = ["plugins"]
PLUGINS = ["veillee.plugin"]
TEMPLATE_PAGES = {}
"""
ARTICLE = "theme/templates/article.html"
INDEX = "theme/templates/index.html"
PLUGIN = "plugins/mine.py"
WITH_PLUGIN = f'{SETTINGS}PLUGINS.append("mine")\n'
HEAD = "from pelican import signals\n\n"


def post(number: int, *, text: str = "Some words.", **header: str) -> str:
    names = {"Title": f"Post {number}", "Date": f"2026-10-{number:02} 10:00", "Category": "misc", **header}
    return "".join(f"{name}: {value}\n" for name, value in names.items()) + f"\n{text}\n"


BARE = {
    "pelicanconf.py": SETTINGS,
    ARTICLE: "{{ article.title }}",
    INDEX: "{{ articles|length }}",
    "theme/static/style.css": "p {}",
    "theme/static/old.css": "b {}",
    "content/pages/about.md": "Title: About\n\nText.\n",
    **{f"content/post-{number}.md": post(number, Tags="sql") for number in range(1, 5)},
}

Files = Mapping[str, str | None]
"""What files hold; None takes one away."""


@dataclass(frozen=True, slots=True)
class Trap:
    """Files beside those of the bare site, and what becomes of some of them between two builds."""

    claim: str
    first: Files
    then: Files


RELATED = f"""{HEAD}
def relate(generator):
    for one in generator.articles:
        one.related = [other for other in generator.articles if other is not one]

def register():
    signals.article_generator_finalized.connect(relate)
"""
FILTER = f"""{HEAD}
def add(generator):
    generator.env.filters["shout"] = lambda text: text + "!"

def register():
    signals.generator_init.connect(add)
"""
EXTENSION = """\
from markdown import Extension
from markdown.postprocessors import Postprocessor

class Mark(Postprocessor):
    def run(self, text):
        return text + "<i>one</i>"

class Marks(Extension):
    def extendMarkdown(self, md):
        md.postprocessors.register(Mark(md), "mark", 1)

def makeExtension(**options):
    return Marks(**options)
"""
SNIPPETS = EXTENSION.replace('text + "<i>one</i>"', 'text + open("snippet.txt").read()')
BRINGS_EXTENSION = f"""{HEAD}{EXTENSION}
def bring(site):
    site.settings["MARKDOWN"]["extensions"] = [*site.settings["MARKDOWN"].get("extensions", []), Marks()]

def register():
    signals.initialized.connect(bring)
"""
CATEGORY_WORDS = f"""{HEAD}
def describe(generator):
    for category, _ in generator.categories:
        category.words = "one"

def register():
    signals.article_generator_finalized.connect(describe)
"""
STATISTICS = f"""{HEAD}from pathlib import Path

def count(generator):
    generator.context["motto"] = Path(__file__).with_name("motto.txt").read_text()

def register():
    signals.article_generator_finalized.connect(count)
"""
RENAMES = f"""{HEAD}
def rename(generator, metadata):
    metadata["title"] = metadata["title"] + " one"

def register():
    signals.article_generator_context.connect(rename)
"""
CLOUD = f"""{HEAD}
def weigh(generator):
    generator.context["cloud"] = [(tag, len(articles)) for tag, articles in generator.tags.items()]

def register():
    signals.article_generator_finalized.connect(weigh)
"""
COUNTED = f"""{HEAD}
def count(generator):
    generator.env.globals["total"] = len(generator.articles)

def register():
    signals.article_generator_finalized.connect(count)
"""
NEIGHBOURS = f"""{HEAD}
def relate(generator):
    for one, older in zip(generator.articles, generator.articles[1:]):
        one.older = older

def register():
    signals.article_generator_finalized.connect(relate)
"""
SHELVES = f"""{HEAD}
def relate(generator):
    for one in generator.articles:
        one.shelf = {{"tags": [str(tag) for tag in getattr(one, "tags", ())]}}
        one.related = [other for other in generator.articles if other is not one]

def register():
    signals.article_generator_finalized.connect(relate)
"""
TAG_OF_TEMPLATES = """\
from jinja2 import nodes
from jinja2.ext import Extension

class Mark(Extension):
    tags = {"mark"}

    def parse(self, parser):
        return nodes.Output([nodes.TemplateData("one")], lineno=next(parser.stream).lineno)
"""
BRINGS_TAG = f"""{HEAD}{TAG_OF_TEMPLATES}
def add(generator):
    generator.env.add_extension(Mark)

def register():
    signals.generator_init.connect(add)
"""
PROPERTY = f"""{HEAD}from pelican.contents import Article

Article.mark = property(lambda self: self.title + "one")

def register():
    pass
"""
SIBLINGS = f"""{HEAD}from pelican.contents import Article

Article.siblings = property(lambda self: [one for one in self._context["articles"] if one is not self])

def register():
    pass
"""
WITH_PATH = "import sys\nsys.path.insert(0, '.')\n"
TRANSLATED = {
    "content/post-1.md": post(1, Slug="one"),
    "content/post-1-fr.md": post(1, Slug="one", Lang="fr", Tags="sql"),
}
PYTHON_MARKDOWN = f'{SETTINGS}import sys\nsys.path.insert(0, ".")\nVEILLEE_MARKDOWN = "python-markdown"\n'
WITH_EXTENSION = f'{PYTHON_MARKDOWN}MARKDOWN = {{"extensions": ["mark"]}}\n'

TRAPS = (
    Trap(
        "a macro that an imported macro imports",
        {
            ARTICLE: '{% import "macros.html" as macros %}{{ macros.card(article) }}',
            "theme/templates/macros.html": '{% from "deep.html" import dot %}'
            "{% macro card(one) %}{{ one.title }}{{ dot() }}{% endmacro %}",
            "theme/templates/deep.html": "{% macro dot() %}.{% endmacro %}",
        },
        {"theme/templates/deep.html": "{% macro dot() %}:{% endmacro %}"},
    ),
    Trap(
        "the tags of a translation",
        {**TRANSLATED, ARTICLE: "{% for one in article.translations %}{{ one.tags|join }}{% endfor %}"},
        {"content/post-1-fr.md": post(1, Slug="one", Lang="fr", Tags="maps")},
    ),
    Trap(
        "the text of a translation",
        {**TRANSLATED, ARTICLE: "{% for one in article.translations %}{{ one.content }}{% endfor %}"},
        {"content/post-1-fr.md": post(1, Slug="one", Lang="fr", text="Autre.")},
    ),
    Trap(
        "the tags of posts that a plugin relates",
        {
            "pelicanconf.py": WITH_PLUGIN,
            PLUGIN: RELATED,
            ARTICLE: "{% for one in article.related %}{{ one.tags|join }}{% endfor %}",
        },
        {"content/post-3.md": post(3, Tags="maps")},
    ),
    Trap(
        "the summary of posts that a plugin relates",
        {
            "pelicanconf.py": WITH_PLUGIN,
            PLUGIN: RELATED,
            ARTICLE: "{% for one in article.related %}{{ one.summary }}{% endfor %}",
        },
        {"content/post-3.md": post(3, text="Other words.")},
    ),
    Trap(
        "a summary among the metadata",
        {ARTICLE: "{{ article.metadata.summary }}", "content/post-2.md": post(2, Summary="one")},
        {"content/post-2.md": post(2, Summary="two")},
    ),
    Trap(
        "a summary of another post among its metadata",
        {INDEX: "{% for one in articles %}{{ one.metadata['summary'] }}{% endfor %}"},
        {"content/post-2.md": post(2, Summary="two")},
    ),
    Trap(
        "a setting by way of an article",
        {ARTICLE: "{{ article.settings.MOTTO }}", "pelicanconf.py": f"{SETTINGS}MOTTO = 'one'\n"},
        {"pelicanconf.py": f"{SETTINGS}MOTTO = 'two'\n"},
    ),
    Trap(
        "a list behind another list",
        {INDEX: "{% for one in pages + articles %}{{ one.title }} {% endfor %}"},
        {"content/post-2.md": post(2, Title="Other")},
    ),
    Trap(
        "a list behind one that the template made",
        {INDEX: "{% for one in [articles[0]] + articles %}{{ one.title }} {% endfor %}"},
        {"content/post-2.md": post(2, Title="Other")},
    ),
    Trap(
        "whether two lists are unlike",
        {ARTICLE: "{% if articles != [] %}some{% endif %}{{ articles != dates }}"},
        {"content/post-9.md": post(9)},
    ),
    Trap(
        "a dictionary made of a list",
        {INDEX: "{% set posts = dict(tags) %}{% for tag in posts %}{{ tag }}{{ posts[tag]|length }}{% endfor %}"},
        {"content/post-9.md": post(9, Tags="sql")},
    ),
    Trap(
        "the filter of a plugin",
        {"pelicanconf.py": WITH_PLUGIN, PLUGIN: FILTER, ARTICLE: "{{ article.title|shout }}"},
        {PLUGIN: FILTER.replace('"!"', '"?"')},
    ),
    Trap(
        "the filter of the settings",
        {
            "pelicanconf.py": f"{SETTINGS}JINJA_FILTERS = {{'shout': lambda text: text + '!'}}\n",
            ARTICLE: "{{ article.title|shout }}",
        },
        {"pelicanconf.py": f"{SETTINGS}JINJA_FILTERS = {{'shout': lambda text: text + '?'}}\n"},
    ),
    Trap(
        "a module that the filter of the settings stands on",
        {
            "pelicanconf.py": f"import sys\nsys.path.insert(0, '.')\nfrom filters import shout\n"
            f"{SETTINGS}JINJA_FILTERS = {{'shout': shout}}\n",
            "filters.py": "from marks import MARK\n\ndef shout(text):\n    return text + MARK\n",
            "marks.py": "MARK = '!'\n",
            ARTICLE: "{{ article.title|shout }}",
        },
        {"marks.py": "MARK = '?'\n"},
    ),
    Trap(
        "a file that the filter of the settings reads",
        {
            "pelicanconf.py": f"{SETTINGS}JINJA_FILTERS = {{'shout': lambda text: text + open('mark.txt').read()}}\n",
            "mark.txt": "!",
            ARTICLE: "{{ article.title|shout }}",
        },
        {"mark.txt": "?"},
    ),
    Trap(
        "a function of the settings",
        {
            "pelicanconf.py": f"{SETTINGS}JINJA_GLOBALS = {{'mark': lambda: open('mark.txt').read()}}\n",
            "mark.txt": "!",
            ARTICLE: "{{ mark() }}",
        },
        {"mark.txt": "?"},
    ),
    Trap(
        "an extension of Markdown",
        {"pelicanconf.py": WITH_EXTENSION, "mark.py": EXTENSION, ARTICLE: "{{ article.content }}"},
        {"mark.py": EXTENSION.replace("one", "two")},
    ),
    Trap(
        "a file that an extension of Markdown reads",
        {
            "pelicanconf.py": WITH_EXTENSION,
            "mark.py": SNIPPETS,
            "snippet.txt": "one",
            ARTICLE: "{{ article.content }}",
        },
        {"snippet.txt": "two"},
    ),
    Trap(
        "an extension of Markdown that a plugin brings",
        {
            "pelicanconf.py": f'{WITH_PLUGIN}VEILLEE_MARKDOWN = "python-markdown"\n',
            PLUGIN: BRINGS_EXTENSION,
            ARTICLE: "{{ article.content }}",
        },
        {PLUGIN: BRINGS_EXTENSION.replace("one", "two")},
    ),
    Trap(
        "an extension of Markdown that a plugin does not bring any more",
        {
            "pelicanconf.py": f'{WITH_PLUGIN}VEILLEE_MARKDOWN = "python-markdown"\n',
            PLUGIN: BRINGS_EXTENSION,
            ARTICLE: "{{ article.content }}",
        },
        {"pelicanconf.py": f'{SETTINGS}VEILLEE_MARKDOWN = "python-markdown"\n'},
    ),
    Trap(
        "what a plugin makes of metadata",
        {"pelicanconf.py": WITH_PLUGIN, PLUGIN: RENAMES},
        {PLUGIN: RENAMES.replace("one", "two")},
    ),
    Trap(
        "what a plugin says of a category",
        {"pelicanconf.py": WITH_PLUGIN, PLUGIN: CATEGORY_WORDS, ARTICLE: "{{ categories[0][0].words }}"},
        {PLUGIN: CATEGORY_WORDS.replace("one", "two")},
    ),
    Trap(
        "a file that a plugin reads",
        {"pelicanconf.py": WITH_PLUGIN, PLUGIN: STATISTICS, "plugins/motto.txt": "one", ARTICLE: "{{ motto }}"},
        {"plugins/motto.txt": "two"},
    ),
    Trap(
        "a file that the settings read",
        {
            "pelicanconf.py": f"import json\n{SETTINGS}LINKS = json.load(open('links.json'))\n",
            "links.json": '[["One", "https://one.example"]]',
            ARTICLE: "{% for name, url in LINKS %}{{ name }}{% endfor %}",
        },
        {"links.json": '[["Two", "https://two.example"]]'},
    ),
    Trap(
        "a module of a folder that the settings import",
        {
            "pelicanconf.py": f"import sys\nsys.path.insert(0, '.')\n{SETTINGS}from conf.shared import MOTTO\n",
            "conf/shared.py": "MOTTO = 'one'\n",
            ARTICLE: "{{ MOTTO }}",
        },
        {"conf/shared.py": "MOTTO = 'two'\n"},
    ),
    Trap("a file of the theme that is taken away", {}, {"theme/static/old.css": None}),
    Trap("a file of the theme that is new", {}, {"theme/static/new.css": "i {}"}),
    Trap("another folder for the files of the theme", {}, {"pelicanconf.py": f"{SETTINGS}THEME_STATIC_DIR = 'look'\n"}),
    Trap(
        "a template that was not there",
        {ARTICLE: '{% include ["extra.html", "plain.html"] %}', "theme/templates/plain.html": "plain"},
        {"theme/templates/extra.html": "extra"},
    ),
    Trap(
        "a template that need not be there",
        {ARTICLE: '{% include "extra.html" ignore missing %}'},
        {"theme/templates/extra.html": "extra"},
    ),
    Trap(
        "another theme with templates of the same names",
        {"other/templates/article.html": "other", "other/templates/index.html": "other"},
        {"pelicanconf.py": SETTINGS.replace('"theme"', '"other"')},
    ),
    Trap(
        "a file that stands beside the post that attaches it",
        {
            ARTICLE: "{{ article.content }}",
            "content/deep/plan.txt": "plan",
            "content/post-4.md": post(4, text="[plan]({attach}/deep/plan.txt)", Save_as="a/b.html", URL="a/b.html"),
            "content/post-1.md": post(1, text="[plan]({static}/deep/plan.txt)"),
        },
        {"content/post-4.md": post(4, text="[plan]({static}/deep/plan.txt)", Save_as="a/b.html", URL="a/b.html")},
    ),
    Trap(
        "a number beside a tag, in a list of a plugin",
        {
            "pelicanconf.py": WITH_PLUGIN,
            PLUGIN: CLOUD,
            ARTICLE: "{% for tag, count in cloud %}{{ tag }} {{ count }}{% endfor %}",
        },
        {"content/post-9.md": post(9, Tags="sql")},
    ),
    Trap(
        "a number that a plugin tells imported macros",
        {
            "pelicanconf.py": WITH_PLUGIN,
            PLUGIN: COUNTED,
            ARTICLE: '{% import "macros.html" as macros %}{{ macros.told() }}',
            "theme/templates/macros.html": "{% macro told() %}{{ total }}{% endmacro %}",
        },
        {"content/post-9.md": post(9)},
    ),
    Trap(
        "a macro that an imported macro imports by a name that it works out",
        {
            ARTICLE: '{% import "macros.html" as macros %}{{ macros.card(article) }}',
            "theme/templates/macros.html": '{% set kind = "deep" %}{% from kind ~ ".html" import dot %}'
            "{% macro card(one) %}{{ one.title }}{{ dot() }}{% endmacro %}",
            "theme/templates/deep.html": "{% macro dot() %}.{% endmacro %}",
        },
        {"theme/templates/deep.html": "{% macro dot() %}:{% endmacro %}"},
    ),
    Trap(
        "the neighbour of a neighbour",
        {
            "pelicanconf.py": WITH_PLUGIN,
            PLUGIN: NEIGHBOURS,
            ARTICLE: "{% if article.older and article.older.older %}{{ article.older.older.title }}{% endif %}",
        },
        {"content/post-2.md": post(2, Title="Other", Slug="post-2")},
    ),
    Trap(
        "what a plugin keeps beside a related post",
        {
            "pelicanconf.py": WITH_PLUGIN,
            PLUGIN: SHELVES,
            ARTICLE: "{% for one in article.related %}{{ one.shelf.tags|join }}{% endfor %}",
        },
        {"content/post-2.md": post(2, Tags="maps")},
    ),
    Trap(
        "the metadata of a related post",
        {
            "pelicanconf.py": WITH_PLUGIN,
            PLUGIN: RELATED,
            ARTICLE: "{% for one in article.related %}{{ one.metadata.summary }}{% endfor %}",
        },
        {"content/post-2.md": post(2, Summary="two")},
    ),
    Trap(
        "a list that is printed",
        {
            "pelicanconf.py": f"{SETTINGS}KEYWORDS = ['one']\n",
            ARTICLE: "{{ KEYWORDS }}",
        },
        {"pelicanconf.py": f"{SETTINGS}KEYWORDS = ['two']\n"},
    ),
    Trap(
        "a list that a script is given",
        {
            "pelicanconf.py": f"{SETTINGS}KEYWORDS = ['one']\n",
            ARTICLE: "{{ KEYWORDS|tojson }}",
        },
        {"pelicanconf.py": f"{SETTINGS}KEYWORDS = ['two']\n"},
    ),
    Trap(
        "a tag of templates that a plugin brings",
        {"pelicanconf.py": WITH_PLUGIN, PLUGIN: BRINGS_TAG, ARTICLE: "{% mark %}"},
        {PLUGIN: BRINGS_TAG.replace("one", "two")},
    ),
    Trap(
        "a tag of templates that the settings bring",
        {
            "pelicanconf.py": f"{WITH_PATH}{SETTINGS}JINJA_ENVIRONMENT = {{'extensions': ['marks.Mark']}}\n",
            "marks.py": TAG_OF_TEMPLATES,
            ARTICLE: "{% mark %}",
        },
        {"marks.py": TAG_OF_TEMPLATES.replace("one", "two")},
    ),
    Trap(
        "a property that a plugin gives articles",
        {"pelicanconf.py": WITH_PLUGIN, PLUGIN: PROPERTY, ARTICLE: "{{ article.mark }}"},
        {PLUGIN: PROPERTY.replace("one", "two")},
    ),
    Trap(
        "other articles by a property that a plugin gives articles",
        {
            "pelicanconf.py": WITH_PLUGIN,
            PLUGIN: SIBLINGS,
            ARTICLE: "{% for one in article.siblings %}{{ one.title }}{% endfor %}",
        },
        {"content/post-2.md": post(2, Title="Other", Slug="post-2")},
    ),
    Trap(
        "a file that the settings read without opening it",
        {
            "pelicanconf.py": f"import configparser\n{SETTINGS}conf = configparser.ConfigParser()\n"
            "conf.read('site.ini')\nMOTTO = conf['site']['motto']\n",
            "site.ini": "[site]\nmotto = one\n",
            ARTICLE: "{{ MOTTO }}",
        },
        {"site.ini": "[site]\nmotto = two\n"},
    ),
    Trap(
        "a module that stands elsewhere",
        {
            "pelicanconf.py": f"import sys\nsys.path.insert(0, 'lib')\nfrom shared import MOTTO\n{SETTINGS}",
            "lib/shared.py": "MOTTO = 'one'\n",
            ARTICLE: "{{ MOTTO }}",
        },
        {"lib/shared.py": "MOTTO = 'two'\n"},
    ),
    Trap(
        "the third neighbour, by the names of items",
        {
            "pelicanconf.py": WITH_PLUGIN,
            PLUGIN: NEIGHBOURS,
            INDEX: """{{ [articles[0]]|map(attribute="older.older.older.title")|join }}""",
        },
        {"content/post-1.md": post(1, Title="Changed")},
    ),
    Trap(
        "the neighbour of a neighbour, by filters",
        {
            "pelicanconf.py": WITH_PLUGIN,
            PLUGIN: NEIGHBOURS,
            INDEX: """{{ articles[0]|attr("older")|attr("older")|attr("title") }}""",
        },
        {"content/post-2.md": post(2, Title="Changed", Tags="sql")},
    ),
    Trap(
        "the versions of a neighbour",
        {
            "pelicanconf.py": WITH_PLUGIN,
            PLUGIN: NEIGHBOURS,
            INDEX: "{{ articles[0].older.translations|length }}",
            "content/post-3.md": post(3, Slug="same", Lang="en"),
        },
        {"content/other.md": post(3, Slug="same", Lang="fr")},
    ),
    Trap(
        "what leads to a neighbour of a neighbour",
        {
            "pelicanconf.py": WITH_PLUGIN,
            PLUGIN: NEIGHBOURS,
            ARTICLE: "{% if article.older and article.older.older %}{{ article.older.older.title }}{% endif %}",
        },
        {"content/new.md": post(3, Title="Between")},
    ),
    Trap(
        "where a link of another post's text leads",
        {INDEX: "{{ articles[0].content }}", "content/post-4.md": post(4, text="[one]({filename}post-1.md)")},
        {"content/post-1.md": post(1, Slug="moved")},
    ),
    Trap(
        "a link of a summary",
        {
            INDEX: "{% for one in articles %}{{ one.summary }}{% endfor %}",
            "content/post-4.md": post(4, Summary="[one]({filename}post-1.md)"),
        },
        {"content/post-1.md": post(1, Slug="moved")},
    ),
)


def change(site: Path, files: Files) -> None:
    for name, text in files.items():
        if text is None:
            (site / name).unlink()
        else:
            write(site / name, text)
    time.sleep(0.03)  # a file that was changed this instant may change again unseen: such a build is never remembered


@pytest.mark.parametrize("trap", TRAPS, ids=[trap.claim for trap in TRAPS])
def test_what_a_page_hangs_on_without_saying_so(tmp_path: Path, trap: Trap) -> None:
    site = tmp_path / "site"
    change(site, {**BARE, **trap.first})
    first = build(site)
    assert first.code == 0, first.stderr or first.counts
    before = site_files(site / "output")
    change(site, trap.then)
    assert build(site).code == 0
    fresh, expected = build_from_nothing(site)
    assert fresh.code == 0, fresh.stderr or fresh.counts
    assert expected != before, "the edit shows somewhere"
    wrong = differences(expected, site_files(site / "output"))
    assert not wrong, wrong


def test_a_file_of_the_theme_that_was_deleted_is_brought_back(tmp_path: Path) -> None:
    site = tmp_path / "site"
    change(site, BARE)
    build(site)
    (site / "output/theme/style.css").unlink()
    assert build(site).code == 0
    assert (site / "output/theme/style.css").exists()
