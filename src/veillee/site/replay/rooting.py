"""Rooting: a build that has ended well -> what new posts will hang on, where they can be added to its plan.

That is so where the order of posts is Pelican's own, and where plugins do nothing to articles but set attributes.
"""

from __future__ import annotations

import inspect
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from pelican.contents import Content
from pelican.generators import ArticlesGenerator
from pelican.plugins import signals

from veillee.site.listeners import others_among
from veillee.site.outputs.records import PageRecord
from veillee.site.programs import attributes_set_by
from veillee.site.reading import Session
from veillee.site.replay.ties import ABSENT, Ties

_AS_USUAL = {
    "ARTICLE_ORDER_BY": "reversed-date",
    "ARTICLE_TRANSLATION_ID": "slug",
    "NEWEST_FIRST_ARCHIVES": True,
    "STATIC_EXCLUDE_SOURCES": True,
}
_HARMLESS = ("initialized", "article_generator_finalized")
"""Signals that plugins may listen to: that a site begins, and that articles are in their lists."""
_OTHER_SIGNALS = tuple(
    one for name, one in vars(signals).items() if name not in _HARMLESS and isinstance(one, signals.Signal)
)


def ties_of(session: Session, pages: Mapping[str, PageRecord], sources: Mapping[str, str]) -> Ties | None:
    """None where a new post may change anything; `sources` are the files of contents, by their path in the output."""
    generator, run = session.articles, session.run
    names = _names_set(generator)
    is_usual = all(session.settings.get(name) == value for name, value in _AS_USUAL.items())
    has_others = bool(run.unshown or run.left_out or run.lost or run.spoiled)
    if names is None or not is_usual or has_others or any(others_among(_OTHER_SIGNALS)):
        return None
    articles = list(_articles(generator))
    if any(name in article.metadata for article in articles for name in names):
        return None
    columns = [[_set_to(article, name) for article in articles] for name in names]
    if any(value is not None and value is not ABSENT and not isinstance(value, Content) for value in chain(*columns)):
        return None
    files = [article.get_relative_source_path() for article in articles]
    ties = Ties(
        names=names,
        contents=articles,
        columns=columns,
        slugs={article.slug for article in articles},
        folders={(posixpath.dirname(name), posixpath.splitext(name)[1]) for name in files},
        sources=dict(sources),
        chosen={*session.settings["TEMPLATE_PAGES"].values(), *_chosen(run.contents)},
    )
    known: dict[Any, int] = {}
    for path, page in pages.items():
        ties.note(path, page.facts, known)
    return ties


def _articles(generator: ArticlesGenerator) -> Iterable[Any]:
    return chain(
        *(generator.articles, generator.translations, generator.hidden_articles, generator.hidden_translations),
        *(generator.drafts, generator.drafts_translations),
    )


def _chosen(contents: Iterable[Any]) -> Iterator[str]:
    return (content.save_as for content in contents if hasattr(content, "override_save_as"))


def _set_to(article: Any, name: str) -> Any:
    return article.__dict__.get(name, ABSENT)


def _names_set(generator: ArticlesGenerator) -> tuple[str, ...] | None:
    """The attributes that plugins give to articles that are in their lists; None where they may do more."""
    names: set[str] = set()
    for source in _sources(others_among([signals.article_generator_finalized])):
        found = attributes_set_by(source) if source else None
        if found is None or found & generator.__dict__.keys():
            return None
        names |= found
    return tuple(sorted(names))


def _sources(functions: Iterable[Any]) -> Iterator[Path | None]:
    for function in functions:
        code = getattr(inspect.unwrap(function), "__code__", None)
        yield Path(code.co_filename) if code else None
