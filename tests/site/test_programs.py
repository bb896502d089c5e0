"""What is told of a plugin by its text alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from veillee.site.programs import attributes_set_by

NEIGHBOURS = """\
from itertools import pairwise
from pelican.plugins import signals

def register():
    signals.article_generator_finalized.connect(link)

def link(generator):
    for newer, older in pairwise(generator.articles):
        newer.older, older.newer = older, newer
"""


def test_the_attributes_that_a_plugin_sets(tmp_path: Path) -> None:
    source = tmp_path / "mine.py"
    source.write_text(NEIGHBOURS)
    assert attributes_set_by(source) == {"newer", "older"}


@pytest.mark.parametrize(
    "line",
    [
        "article.tags.append(1)",
        "article.metadata['x'] = 1",
        "article.tags += [1]",
        "del article.title",
        "setattr(article, 'x', 1)",
        "print(article)",
        "sorted(articles, key=articles.append)",
        "article.__dict__",
        "article.__class__ = Other",
        "generator.context",
        "for article.metadata['x'] in articles: pass",
        "global articles",
        "class Other: pass",
        "with article: pass",
        "import os",
        "from os import walk as sorted",
        "from pelican.utils import slugify as sorted",
        "@article\n    def other(): pass",
        "async def other(): pass",
        "this is no program",
    ],
)
def test_a_plugin_that_may_do_more(tmp_path: Path, line: str) -> None:
    source = tmp_path / "mine.py"
    source.write_text(f"{NEIGHBOURS}    {line}\n")
    assert attributes_set_by(source) is None


def test_a_plugin_that_is_not_there(tmp_path: Path) -> None:
    assert attributes_set_by(tmp_path / "gone.py") is None
