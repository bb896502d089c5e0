"""Lists: what Pelican's generator of articles holds, and the names of the context that show it, with new posts first.

The two are lists of their own, as they are in Pelican's builds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pelican.generators import ArticlesGenerator

from veillee.site.content.groups import Members
from veillee.site.content.rereading import ChangedOtherwiseError
from veillee.site.replay.freezing import shortened

_KEPT = (
    *("articles", "translations", "hidden_articles", "hidden_translations", "drafts", "drafts_translations"),
    *("dates", "tags", "categories", "authors", "period_archives"),
)


def lists_of(generator: ArticlesGenerator) -> dict[str, Any]:
    """What a generator of articles holds, to be kept."""
    return shortened({name: getattr(generator, name) for name in _KEPT})


class Lists:
    """The lists that were kept, put back into a generator whose context is the plan's.

    `changed` are the long lists that are not as they were.
    """

    def __init__(self, generator: ArticlesGenerator, kept: Mapping[str, Any]) -> None:
        self._generator = generator
        self._context = generator.context
        self._kept = dict(kept)
        self._changed: dict[int, list[Any]] = {}
        self.put_back()

    @property
    def changed(self) -> Iterable[list[Any]]:
        return self._changed.values()

    def put_back(self) -> None:
        """The generator holds these lists, whatever became of its own."""
        for name in _KEPT:
            setattr(self._generator, name, self._kept[name])

    @contextmanager
    def of_articles(self, articles: list[Any]) -> Iterator[None]:
        """The generator holds these articles alone meanwhile, and no translations."""
        for name in ("translations", "hidden_articles", "hidden_translations"):
            setattr(self._generator, name, [])
        self._generator.articles = articles
        yield
        self.put_back()

    @contextmanager
    def of_entries(self, is_wanted: Callable[[Sequence[Any]], bool]) -> Iterator[None]:
        """The generator holds only the tags, categories, authors and periods whose articles are wanted meanwhile."""
        kept, generator = self._kept, self._generator
        generator.tags = {tag: row for tag, row in kept["tags"].items() if is_wanted(row)}
        generator.categories = [(category, row) for category, row in kept["categories"] if is_wanted(row)]
        generator.authors = [(author, row) for author, row in kept["authors"] if is_wanted(row)]
        generator.period_archives = {
            kind: [entry for entry in entries if is_wanted(entry["dates"])]
            for kind, entries in kept["period_archives"].items()
        }
        yield
        self.put_back()

    def put_first(self, article: Any) -> None:
        """An article that is newer than all others takes its place in every list."""
        generator, context = self._generator, self._context
        if not generator.articles or article.date <= generator.articles[0].date:
            raise ChangedOtherwiseError
        generator.add_source_path(article)
        generator.add_static_links(article)
        for name in ("articles", "dates"):
            self._put(article, getattr(generator, name))
            context[name].insert(0, article)
        self._list(article, [article.category], generator.categories, context["categories"])
        self._list(article, getattr(article, "authors", ()), generator.authors, context["authors"])
        tags = getattr(article, "tags", ())
        self._list(article, tags, generator.tags.items(), context["tags"])
        slugs = {tag.slug: place for place, tag in enumerate(tags)}

        def by_first_article(entry: tuple[Any, Any]) -> int:
            return slugs.get(entry[0].slug, len(slugs))

        self._kept["tags"] = generator.tags = dict(sorted(generator.tags.items(), key=by_first_article))
        context["tags"] = sorted(context["tags"], key=by_first_article)
        for periods in (generator.period_archives, context["period_archives"]):
            self._put_into_periods(article, periods)

    def _put(self, article: Any, row: list[Any]) -> None:
        if isinstance(row, Members):
            row.put_first(article)
        else:
            row.insert(0, article)
        self._changed[id(row)] = row

    def _list(self, article: Any, wrappers: Sequence[Any], *entries: Iterable[tuple[Any, list[Any]]]) -> None:
        """An article among those of its tags, its category or its authors, which all have articles already."""
        for several in entries:
            known = {wrapper.slug: (wrapper.name, row) for wrapper, row in several}
            if len({wrapper.slug for wrapper in wrappers}) != len(wrappers):
                raise ChangedOtherwiseError
            for wrapper in wrappers:
                name, row = known.get(wrapper.slug, (None, []))
                if name != wrapper.name:
                    raise ChangedOtherwiseError
                self._put(article, row)

    def _put_into_periods(self, article: Any, periods: Mapping[str, list[dict[str, Any]]]) -> None:
        own = self._generator._build_period_archives([article], [article], self._generator.settings)
        if own.keys() != periods.keys():
            raise ChangedOtherwiseError
        for kind, [entry] in own.items():
            newest = periods[kind][0]
            if newest["period_num"] != entry["period_num"]:
                periods[kind].insert(0, entry)
            elif (newest["save_as"], newest["url"]) != (entry["save_as"], entry["url"]):
                raise ChangedOtherwiseError
            else:
                newest["dates"].insert(0, article)
                newest["articles"].insert(0, article)
