"""Gives each article its neighbours in time, as Pelican's plugin of that name does: for stock and ours."""

from itertools import pairwise
from typing import Any

from pelican.plugins import signals


def register() -> None:
    signals.article_generator_finalized.connect(_link)


def _link(generator: Any) -> None:
    for article in generator.articles:
        article.next_article = article.prev_article = None
    for newer, older in pairwise(generator.articles):
        newer.prev_article, older.next_article = older, newer
