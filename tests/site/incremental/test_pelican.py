"""Pelican's own command on a site with its own theme and plugins: our plugin changes no byte of what it writes."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.building import tree_of
from tests.site.incremental.post_edits import (
    add_post,
    delete_post,
    edit_date,
    edit_summary,
    edit_tags,
    edit_text,
    edit_title,
    rename_post,
)
from tests.site.incremental.runs import differences
from tests.site.incremental.site_edits import edit_template
from tests.site.incremental.sites import write
from tests.site.incremental.walks import Walk, begin_walk

NEIGHBOURS = '''\
"""Gives articles their neighbours and a number, and every page the length of the longest article."""

from pelican import signals

def count(generator, metadata):
    metadata["note"] = f"{metadata.get('note', '')} ({len(metadata['title'])} letters)"
    metadata["shelf"] = sorted(str(tag) for tag in metadata.get("tags", ()))

def relate(generator):
    row = generator.articles
    for place, one in enumerate(row):
        one.newer = row[place - 1] if place else None
        one.older = row[place + 1] if place + 1 < len(row) else None
    generator.context["longest"] = max(len(one.content) for one in row)

def sign(content):
    if content._content:
        content._content += "<hr>"

def register():
    signals.article_generator_context.connect(count)
    signals.article_generator_finalized.connect(relate)
    signals.content_object_init.connect(sign)
'''
SITEMAP = '''\
"""Writes a list of all pages when they are written, as sitemap plugins do."""

from pathlib import Path

from pelican import signals

found = []

def note(path, context):
    found.append(f"{Path(path).name} {Path(path).stat().st_size}")

def write(site):
    Path(site.output_path, "sitemap.txt").write_text("\\n".join(sorted(found)))

def register():
    signals.content_written.connect(note)
    signals.finalized.connect(write)
'''
SHOWN = """\
{{ longest }} {{ article.shelf|join("+") }} {% if article.newer %}{{ article.newer.title }}{% endif %}
{% if article.older %}{{ article.older.title }} {{ article.older.summary }}{% endif %}"""


def stock_walk(folder: Path, plugins: list[str], theme: str) -> Walk:
    """A site that knows nothing of us, with a second settings file that only adds our plugin."""
    walk = begin_walk(folder, random.Random(5), is_ours=False)
    settings = walk.site / "pelicanconf.py"
    names = f'PLUGIN_PATHS = ["plugins"]\nPLUGINS = {plugins!r}\nTHEME = {theme!r}\n'
    write(settings, settings.read_text() + names)
    added = 'PLUGINS = ["veillee.plugin", *PLUGINS]\nVEILLEE_MARKDOWN = "python-markdown"\n'
    write(walk.site / "withus.py", settings.read_text() + added)
    write(walk.site / "plugins/neighbours.py", NEIGHBOURS)
    write(walk.site / "plugins/sitemap.py", SITEMAP)
    template = walk.site / "theme/templates/article.html"
    write(template, template.read_text().replace("{{ article.note }}", f"{{{{ article.note }}}} {SHOWN}"))
    return walk


def pelican(walk: Walk, settings: str, output: str) -> dict[str, bytes]:
    """What Pelican's command leaves in the output folder."""
    command = [sys.executable, "-m", "pelican", "--settings", settings, "--output", output]
    done = subprocess.run(command, cwd=walk.site, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr + done.stdout and "CRITICAL" not in done.stderr + done.stdout, done.stderr
    return tree_of(walk.site / output)


@pytest.mark.parametrize(
    ("plugins", "theme"),
    [(["neighbours"], "theme"), (["neighbours", "sitemap"], "theme"), (["neighbours"], "simple")],
    ids=["a theme that looks everywhere", "a plugin that watches what is written", "Pelican's simple theme"],
)
def test_with_our_plugin_the_command_writes_the_same_bytes(tmp_path: Path, plugins: list[str], theme: str) -> None:
    walk = stock_walk(tmp_path, plugins, theme)
    before = pelican(walk, "pelicanconf.py", "before")
    wrong = differences(before, pelican(walk, "withus.py", "after"))
    assert not wrong, wrong


def test_after_edits_the_command_with_our_plugin_writes_what_it_writes_without(tmp_path: Path) -> None:
    walk = stock_walk(tmp_path, ["neighbours"], "theme")
    pelican(walk, "withus.py", "after")
    edits = (
        add_post,
        edit_title,
        edit_tags,
        edit_text,
        edit_template,
        edit_date,
        edit_summary,
        rename_post,
        delete_post,
    )
    for number, some in enumerate((edits[:3], edits[3:6], edits[6:])):
        walk.history += [edit(walk) for edit in some]
        before = pelican(walk, "pelicanconf.py", f"before-{number}")
        after = pelican(walk, "withus.py", "after")
        kept = {name: content for name, content in after.items() if name in before}  # Pelican leaves old pages, too
        wrong = differences(before, kept)
        assert not wrong, f"after {walk.story}{wrong}"
