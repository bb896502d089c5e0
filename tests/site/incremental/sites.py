"""Two sites that are easy to change: one with our theme, one with a theme of somebody else that does all it can."""

from __future__ import annotations

import random
import shutil
import struct
import zlib
from pathlib import Path

from veillee.shipped import theme_folder

WORDS = (
    *("learn", "team", "share", "note", "query", "table", "index", "week", "story"),
    *("answer", "model", "practice", "code", "review", "graph", "plan", "value"),
)
TAGS = ("sql", "excel", "budget", "maps", "Élan")
KINDS = ("stories", "announcements")
AUTHORS = ("amina", "bruno", "chloe")
DIGEST = """\
title: {en: The week, fr: La semaine}
schedule: {every: week, on: friday, at: "08:00"}
sections: [story, announcements, questions, zapping]
minimum: 1
"""


def picture(shade: int, *, width: int = 1) -> bytes:
    """A PNG of one row of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, 1, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes([0] + [shade] * width))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(count))


def write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def write_our_site(folder: Path, chance: random.Random) -> None:
    """Our theme, in the site's own folder: posts of every kind, members, pages, translations, pictures, a digest."""
    write(
        folder / "pelicanconf.py",
        'SITENAME = "Veillée"\nSITEURL = "https://veillee.example"\nTIMEZONE = "Europe/Paris"\nDEFAULT_LANG = "fr"\n'
        'PATH = "content"\nTHEME = "theme"\nPLUGINS = ["veillee.plugin"]\nVEILLEE_LANGUAGES = ["fr", "en"]\n'
        'VEILLEE_TAGLINE = {"fr": "On apprend", "en": "We learn"}\n',
    )
    _copy_theme(folder / "theme")
    for place, author in enumerate(AUTHORS):
        write(folder / f"content/images/{author}.png", picture(place, width=3))
        write_member(folder, author, f"{author.title()} Diallo", "Writes **much**.")
    for number in range(8):
        write_post(folder, chance, number)
    write_post(folder, chance, 8, date="2026-11-21 08:00")
    write_post(folder, chance, 9, expires="2026-11-22")
    write_post(folder, chance, 10, status="draft")
    write_post(folder, chance, 11, image="images/dot.png", image_alt="A dot")
    write(folder / "content/stories/post-4.en.md", (folder / "content/stories/post-4.md").read_text())
    write(
        folder / "content/questions/how.yaml",
        "title: How do I count?\ndate: 2026-11-02 10:00\nauthor: amina\ntags: [sql]\nbody: |\n  With what?\n"
        "answers:\n  - author: bruno\n    date: 2026-11-03 10:00\n    body: |\n      With `count(*)`.\n",
    )
    write(folder / "content/questions/why.yaml", "title: Why?\ndate: 2026-11-12 10:00\nauthor: chloe\nbody: |\n  So.\n")
    write(folder / "content/buzz/few.yaml", _buzz(chance))
    write(
        folder / "content/pages/charter.md",
        "---\ntitle: Charter\n---\n\nBe kind; see [a post](../stories/post-2.md).\n",
    )
    write(folder / "content/images/dot.png", picture(7))
    write(folder / "digests/weekly/digest.yaml", DIGEST)
    write_edition(folder, chance, "2026-W45", story="stories/post-4", items=("announcements/post-5",))
    write_edition(folder, chance, "2026-W46", story="stories/post-2", items=("announcements/post-1", "questions/how"))


def _copy_theme(folder: Path) -> None:
    """Without its fonts, which are large."""
    shutil.copytree(theme_folder(), folder, ignore=shutil.ignore_patterns("*.woff2", "*.txt", "*.png"))


def write_member(folder: Path, name: str, shown: str, bio: str) -> None:
    picture = f"avatar: images/{name}.png\n" if (folder / f"content/images/{name}.png").exists() else ""
    write(folder / f"content/members/{name}.yaml", f"name: {shown}\njoined: 2024-01-01\n{picture}bio: |\n  {bio}\n")


def write_edition(folder: Path, chance: random.Random, name: str, *, story: str, items: tuple[str, ...]) -> None:
    """An edition of one week, as it was committed."""
    start = {"2026-W45": "2026-10-30", "2026-W46": "2026-11-06", "2026-W47": "2026-11-13"}[name]
    end = {"2026-W45": "2026-11-06", "2026-W46": "2026-11-13", "2026-W47": "2026-11-20"}[name]
    listed = {"announcements": [], "questions": []}
    for item in items:
        listed[item.partition("/")[0]].append(item)
    sections = "".join(f"  {kind}: [{', '.join(ids)}]\n" for kind, ids in listed.items() if ids)
    header = f"digest: weekly\nedition: {name}\nfrom: {start} 08:00\nuntil: {end} 08:00\ndrafted: {end} 07:30\n"
    text = f"{words(chance, 9)}.\n\n<!-- en -->\n\nIn English.\n"
    lists = f"sections:\n  story: [{story}]\n{sections}"
    write(folder / f"digests/weekly/editions/{name}.md", f"---\n{header}{lists}---\n\n{text}")


def write_post(folder: Path, chance: random.Random, number: int, **changes: str) -> Path:
    """A story or an announcement; `changes` are lines of its header."""
    kind = KINDS[number % 2]
    day = 1 + number % 18
    header = {
        "title": f"{words(chance, 3).title()} {number}",
        "date": f"2026-11-{day:02} {8 + number % 10:02}:00",
        "author": chance.choice(AUTHORS),
        "tags": f"[{', '.join(chance.sample(TAGS, 2))}]",
        **changes,
    }
    lines = "".join(f"{name}: {value}\n" for name, value in header.items())
    link = f"See [another](../stories/post-{chance.randrange(0, 6) // 2 * 2}.md) and ![a dot](../images/dot.png)."
    path = folder / f"content/{kind}/post-{number}.md"
    write(path, f"---\n{lines}---\n\n{words(chance, 30)}\n\n{link}\n\n```python\nx = {number}\n```\n")
    return path


def _buzz(chance: random.Random) -> str:
    """More of them than one page of a list holds."""
    return "".join(
        f"- date: 2026-10-{day:02} 09:00\n  author: bruno\n  body: {words(chance, 6)}\n" for day in range(1, 24)
    )


def write_other_site(folder: Path, chance: random.Random) -> None:
    """A stock Pelican site with a theme that looks everywhere."""
    write(
        folder / "pelicanconf.py",
        'SITENAME = "Kitchen"\nSITEURL = "https://kitchen.example"\nTIMEZONE = "Europe/Paris"\nDEFAULT_LANG = "en"\n'
        'PATH = "content"\nTHEME = "theme"\nPLUGINS = ["veillee.plugin"]\nAUTHOR = "Ada"\nDEFAULT_PAGINATION = 3\n'
        'LINKS = [("One", "https://one.example")]\nMYSETTING = {"colour": "red"}\nSTATIC_PATHS = ["images", "data"]\n'
        'TAG_FEED_ATOM = "feeds/tag-{slug}.atom.xml"\nFEED_ALL_RSS = "feeds/all.rss.xml"\nVEILLEE_STRICT = False\n'
        'CATEGORY_FEED_RSS = "feeds/{slug}.rss.xml"\nFORMATTED_FIELDS = ["summary", "note"]\n'
        'YEAR_ARCHIVE_SAVE_AS = "{date:%Y}/index.html"\nMONTH_ARCHIVE_SAVE_AS = "{date:%Y}/{date:%m}/index.html"\n',
    )
    for name, text in THEME.items():
        write(folder / "theme" / name, text)
    for number in range(9):
        write_other_post(folder, chance, number)
    write(folder / "content/pages/about.md", "Title: About\n\nSee [one]({filename}/post-1.md).\n")
    write(folder / "content/images/dot.png", picture(7))
    write(folder / "content/data/list.txt", "one\n")
    write(folder / "content/plans/plan.txt", "a plan\n")
    attaches = "\n[The plan]({attach}plans/plan.txt), [the first]({filename}post-0.md), [tag]({tag}sql).\n"
    for name in ("post-3.md", "post-6.md"):
        write(folder / "content" / name, (folder / "content" / name).read_text() + attaches)
    twin = (folder / "content/post-4.md").read_text()
    write(folder / "content/post-4.md", f"Slug: four\n{twin}")
    write(folder / "content/post-4-fr.md", f"Slug: four\nLang: fr\n{twin}")


def write_other_post(folder: Path, chance: random.Random, number: int, **changes: str) -> Path:
    """A post in Pelican's own dialect; every other one has a summary of its own."""
    header = {
        "Title": f"{words(chance, 3).title()} {number}",
        "Date": f"2026-{1 + number % 11:02}-{1 + number % 27:02} 10:00",
        "Category": ("cooking", "travel")[number % 2],
        "Tags": ", ".join(chance.sample(TAGS, 2)),
        "Author": chance.choice(AUTHORS),
        "Note": f"see [that]({{filename}}/post-{chance.randrange(0, 6)}.md)",
        **({"Summary": words(chance, 8)} if number % 2 else {}),
        **changes,
    }
    lines = "".join(f"{name}: {value}\n" for name, value in header.items())
    link = f"See [another]({{filename}}/post-{chance.randrange(0, 6)}.md), ![a dot]({{static}}/images/dot.png)."
    path = folder / f"content/post-{number}.md"
    write(path, f"{lines}\n{words(chance, 40)}\n\n{link}\n")
    return path


THEME = {
    "static/style.css": "body { color: black }\n",
    "templates/base.html": """<!doctype html><title>{% block title %}{{ SITENAME }}{% endblock %}</title>
{% import "macros.html" as macros %}
<nav>{% for page in pages %}<a href="{{ SITEURL }}/{{ page.url }}">{{ page.title }}</a>{% endfor %}
{% for category, posts in categories %}{{ category }} ({{ posts|length }}) {% endfor %}
{% for tag, posts in tags|sort if posts|length > 1 %}{{ tag.url }} {{ posts|length }}{% endfor %}</nav>
<aside>{% for one in articles[:5] %}{{ macros.link(one) }}{% endfor %}
{% include "parts/" ~ MYSETTING.colour ~ ".html" %}
{% for name, url in LINKS %}<a href="{{ url }}">{{ name }}</a>{% endfor %}</aside>
{% block content %}{% endblock %}
""",
    "templates/macros.html": """{% set shape = "round" %}{% macro link(one) %}{{ shape }}
<a href="{{ SITEURL }}/{{ one.url }}">{{ one.title }}</a>
{% include "parts/dot.html" %}{% endmacro %}""",
    "templates/parts/red.html": "red",
    "templates/parts/blue.html": "blue",
    "templates/parts/dot.html": ".",
    "templates/article.html": """{% extends "base.html" %}{% from "macros.html" import link %}
{% block title %}{{ article.title }}{% endblock %}
{% block content %}<h1>{{ article.title }}</h1>{{ article.content }} {{ article.locale_date }}
{% for tag in article.tags %}<a href="{{ tag.url }}">{{ tag }}</a>{% endfor %}
{{ article.note }} {{ article.author.url }} {{ article.authors|join(", ") }}
{% for other in article.translations %}{{ other.lang }} {{ other.url }} {{ other.title }}
{{ other.summary }}{% endfor %}
{% set related = articles|selectattr("category", "equalto", article.category) %}
{% for other in (related|sort(attribute="date", reverse=true))[:3] %}{{ other.summary }}{% endfor %}
{% for other in articles %}{% if other.slug == article.slug %}
{% if not loop.first %}newer {{ link(articles[loop.index0 - 1]) }}{% endif %}
{% if not loop.last %}older {{ link(articles[loop.index0 + 1]) }}{% endif %}{% endif %}{% endfor %}
{% for other in articles if other.category == article.category and other != article %}{{ other.title }};{% endfor %}
{% endblock %}""",
    "templates/page.html": """{% extends "base.html" %}{% block content %}{{ page.content }}{% endblock %}""",
    "templates/index.html": """{% extends "base.html" %}{% block content %}
{% for one in articles_page.object_list %}<h2>{{ one.title }}</h2>{{ one.summary }}{% endfor %}
{{ articles_page.number }} of {{ articles_paginator.num_pages }}
{% if articles_page.has_next() %}{{ articles_next_page.url }}{% endif %}{% endblock %}""",
    "templates/tag.html": """{% extends "index.html" %}
{% block title %}{{ tag }} {{ articles|length }}{% endblock %}""",
    "templates/category.html": """{% extends "index.html" %}{% block title %}{{ category }}{% endblock %}""",
    "templates/author.html": """{% extends "index.html" %}{% block title %}{{ author }}{% endblock %}""",
    "templates/tags.html": """{% extends "base.html" %}{% block content %}
{% for tag, posts in tags|sort %}{{ tag }} {{ posts|count }} {{ posts|map(attribute="title")|join(", ") }}{% endfor %}
{% endblock %}""",
    "templates/archives.html": """{% extends "base.html" %}{% block content %}
{% for one in dates %}{{ one.locale_date }} {{ one.title }}{% endfor %}
{% for one in articles|sort(attribute="title") %}{{ one.title }} {% endfor %}
{{ (articles|last).title }} {{ dates[:2]|map(attribute="slug")|join }}
{% for lang, group in articles|groupby("category") %}{{ lang }}: {{ group|length }}{% endfor %}
{% for row in articles|batch(4) %}{{ (row|first).title }}{% endfor %}{{ period_archives_url }}{% endblock %}""",
    "templates/period_archives.html": """{% extends "base.html" %}{% block content %}
{{ period }}{% for one in dates %}{{ one.title }} {{ one.summary|striptags }}{% endfor %}{% endblock %}""",
    "templates/categories.html": """{% extends "base.html" %}{% block content %}
{% for category, posts in categories %}{{ category }} {{ posts[0].title }}{% endfor %}{% endblock %}""",
    "templates/authors.html": """{% extends "base.html" %}{% block content %}
{% for author, posts in authors %}{{ author }} {{ posts|length }}{% endfor %}{% endblock %}""",
}
