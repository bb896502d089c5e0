"""What is done to Pelican's articles between reading and listing: the posts that share a file, the clock, addresses.

ArticlesGenerator after reading -> the same generator with every post, without those that may not be shown now.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from pelican.contents import Article, Content
from pelican.generators import ArticlesGenerator, PagesGenerator
from pelican.plugins import signals
from pelican.readers import default_metadata, parse_path_metadata, path_metadata
from pelican.utils import order_content

from veillee.site.content.apart import tell_apart
from veillee.site.content.collisions import find_collisions, taken_by_articles, taken_by_theme
from veillee.site.content.files import files_asked_for, settle_files
from veillee.site.content.groups import Members
from veillee.site.content.metadata import metadata_of
from veillee.site.content.records import Record, record_of
from veillee.site.content.translations import process_translations
from veillee.site.run import Run, SourceFile, Unshown


@dataclass(slots=True)
class Pool:
    """Articles by what Pelican does with them."""

    published: list[Any] = field(default_factory=list)
    hidden: list[Any] = field(default_factory=list)
    drafts: list[Any] = field(default_factory=list)

    def add(self, article: Any) -> None:
        {"hidden": self.hidden, "draft": self.drafts}.get(article.status, self.published).append(article)

    def keep(self, wanted: Any) -> None:
        """Only those articles that `wanted` is true of."""
        for articles in (self.published, self.hidden, self.drafts):
            articles[:] = [article for article in articles if wanted(article)]

    def __iter__(self) -> Iterator[Any]:
        return chain(self.published, self.hidden, self.drafts)


def finish_metadata(metadata: dict[str, Any]) -> None:
    """What the header of a post does not say and our reading found out: its title from a heading, a date."""
    record = metadata.get("veillee")
    if not isinstance(record, Record) or not record.is_pelicans:
        return
    if record.raw.title:
        metadata.setdefault("title", record.raw.title)
    if record.raw.published_at:
        metadata.setdefault("date", record.raw.published_at)


def arrange_articles(generator: ArticlesGenerator, run: Run) -> None:
    """Every post of every file, those shown now in their lists, each address once."""
    pool = _pool_of(generator)
    extras = _articles_of_lists(pool, generator, run)
    before = len(list(pool)) + len(extras)
    for article in extras:
        pool.add(article)
    _withdraw(pool, run)
    _mark_lost(generator.context, run)
    is_moved = tell_apart(pool, taken_by_theme(run), run)
    _leave_out_collisions(pool, generator, run)
    if run.is_ours:
        generator.context["static_links"] |= {*files_asked_for(pool, run), *run.asked_files}
        _list_as_ours(pool, generator)
    elif extras or is_moved or before != len(list(pool)):
        _list_as_pelican(pool, generator)
    _count(pool, run)


def skip_stock_pages(generator: ArticlesGenerator) -> None:
    """Our theme has pages of its own for tags, categories and authors; Pelican's take quadratic time even unwritten."""
    generator.tags = {}
    generator.categories = []
    generator.authors = []


def hasten_stock_pages(generator: ArticlesGenerator) -> None:
    """Pelican's pages for tags, categories and authors take linear time."""
    generator.tags = {tag: Members(articles) for tag, articles in generator.tags.items()}
    generator.categories = [(category, Members(articles)) for category, articles in generator.categories]
    generator.authors = [(author, Members(articles)) for author, articles in generator.authors]


def arrange_pages(generator: PagesGenerator, run: Run) -> None:
    """Pages whose address is taken are left out and named; drafts are not written unless asked for."""
    lists = (generator.pages, generator.hidden_pages, generator.draft_pages)
    translations = (generator.translations, generator.hidden_translations, generator.draft_translations)
    everything = list(chain(*lists, *translations))
    run.tally.pages = len(generator.pages) + len(generator.translations)
    taken = {**taken_by_theme(run), **taken_by_articles(generator.context, run)}
    lost = find_collisions(everything, taken, run)
    for group in (*lists, *translations):
        group[:] = [page for page in group if id(page) not in lost]
    if run.is_ours and not run.with_drafts:
        generator.draft_pages.clear()
        generator.draft_translations.clear()
    _mark_lost(generator.context, run)
    settle_files(generator.context, run)


def _pool_of(generator: ArticlesGenerator) -> Pool:
    return Pool(
        published=[*generator.articles, *generator.translations],
        hidden=[*generator.hidden_articles, *generator.hidden_translations],
        drafts=[*generator.drafts, *generator.drafts_translations],
    )


def _articles_of_lists(pool: Pool, generator: ArticlesGenerator, run: Run) -> list[Any]:
    """Articles for the posts that stand behind the first one of their file."""
    found: list[Any] = []
    for article in pool:
        record = getattr(article, "veillee", None)
        if not isinstance(record, Record) or not record.rest:
            continue
        source = run.source_file(article.source_path)
        article.veillee = replace(record, rest=())
        found.extend(filter(None, (_article(raw, source, generator, run) for raw in record.rest)))
    return found


def _article(raw: Any, source: SourceFile, generator: ArticlesGenerator, run: Run) -> Any | None:
    record = record_of(raw, source, run)
    reader = generator.readers.readers[source.path.suffix[1:]]
    settings = generator.settings
    metadata = default_metadata(settings=settings, process=reader.process_metadata)
    metadata.update(path_metadata(full_path=str(source.path), source_path=source.relative, settings=settings))
    metadata.update(
        parse_path_metadata(source_path=source.relative, settings=settings, process=reader.process_metadata)
    )
    metadata.update({"reader": "recordfile", **metadata_of(record, source, run, is_alone=False)})
    signals.article_generator_context.send(generator, metadata=metadata)
    article = Article(
        content=record.body.html,
        metadata=metadata,
        settings=settings,
        source_path=str(source.path),
        context=generator.context,
    )
    if not article.is_valid():
        run.tally.lost += 1
        return None
    generator.add_static_links(article)
    return article


def _withdraw(pool: Pool, run: Run) -> None:
    """Takes out what may not be shown at the run's instant, and remembers why."""

    def is_shown(article: Any) -> bool:
        reason = _reason_to_withdraw(article, run)
        if reason:
            run.unshown.append(Unshown(article, reason))
        return not reason

    pool.keep(is_shown)


def _reason_to_withdraw(article: Any, run: Run) -> str:
    """Why an article is not shown; on other people's sites, only where our own reader read an end for it."""
    record = getattr(article, "veillee", None)
    is_ours = isinstance(record, Record) and not record.is_pelicans
    expires_at = record.raw.expires_at if isinstance(record, Record) else None
    if article.status == "draft":
        return "draft" if run.is_ours and not run.with_drafts else ""
    if expires_at and expires_at <= run.now and (run.is_ours or is_ours):
        return "expired"
    if run.is_ours and article.status == "published" and article.date > run.now:
        return "scheduled"
    return ""


def _leave_out_collisions(pool: Pool, generator: ArticlesGenerator, run: Run) -> None:
    lost = find_collisions(list(pool), taken_by_theme(run), run)
    run.tally.lost += len(lost)
    run.left_out.extend(lost.values())
    pool.keep(lambda article: id(article) not in lost)
    generated = generator.context["generated_content"]
    for article in lost.values():
        if generated.get(article.get_relative_source_path()) is article:
            generated[article.get_relative_source_path()] = None


def _mark_lost(context: dict[str, Any], run: Run) -> None:
    """Files that gave nothing are known, so that they are not copied as they are and links to them are named."""
    for relative in run.lost:
        context["generated_content"][relative] = None


def _list_as_pelican(pool: Pool, generator: ArticlesGenerator) -> None:
    generator.articles, generator.translations = _as_pelican(pool.published, generator.settings)
    generator.hidden_articles, generator.hidden_translations = _as_pelican(pool.hidden, generator.settings)
    generator.drafts, generator.drafts_translations = _as_pelican(pool.drafts, generator.settings)


def _as_pelican(articles: list[Any], settings: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    originals, translations = process_translations(articles, translation_id=settings["ARTICLE_TRANSLATION_ID"])
    return order_content(originals, settings["ARTICLE_ORDER_BY"]), translations


def _list_as_ours(pool: Pool, generator: ArticlesGenerator) -> None:
    generator.articles, generator.translations = with_translations(pool.published)
    generator.hidden_articles, generator.hidden_translations = with_translations(pool.hidden)
    generator.drafts, generator.drafts_translations = with_translations(pool.drafts)


def with_translations(articles: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """Originals and translations, newest first: articles of one kind and slug are versions of each other."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for article in sorted(articles, key=_by_date):
        groups.setdefault((str(article.category), article.slug), []).append(article)
    originals: list[Any] = []
    translations: list[Any] = []
    for versions in groups.values():
        original = next((one for one in versions if one.in_default_lang), versions[-1])
        for version in versions:
            version.translations = [other for other in versions if other is not version]
            (originals if version is original else translations).append(version)
    return sorted(originals, key=_by_date), sorted(translations, key=_by_date)


def _by_date(article: Any) -> tuple[float, str, str]:
    return -article.date.timestamp(), article.slug, str(article.source_path)


def _count(pool: Pool, run: Run) -> None:
    tally = run.tally
    tally.published, tally.hidden, tally.drafts = len(pool.published), len(pool.hidden), len(pool.drafts)
    for one in run.unshown:
        if one.reason == "draft":
            tally.drafts += 1
        elif one.reason == "expired":
            tally.expired += 1
        elif one.reason == "scheduled":
            tally.scheduled += 1


def forget_rendered() -> None:
    """Pelican remembers the rendered content of every article for as long as the process lives."""
    for name in ("get_content", "get_summary"):
        with contextlib.suppress(AttributeError):
            Content.__dict__[name].cache.clear()
