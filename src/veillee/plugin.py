"""The front door for Pelican: `PLUGINS = ["veillee.plugin"]`.

Pelican's signals -> the rooms of `veillee.site`. Signals are shared by all sites of a process: each receiver asks
first whether the site in question has a run of ours.
"""

from __future__ import annotations

import logging
from itertools import chain
from pathlib import Path
from typing import Any

from pelican.generators import ArticlesGenerator, PagesGenerator, StaticGenerator
from pelican.plugins import signals
from pelican.readers import Readers
from pelican.utils import file_suffix

from veillee.render.lexing import hasten_lexers
from veillee.site.content.articles import (
    arrange_articles,
    arrange_pages,
    finish_metadata,
    hasten_stock_pages,
    skip_stock_pages,
)
from veillee.site.content.checks import check_contents
from veillee.site.content.community import community_from
from veillee.site.content.groups import hasten_groups
from veillee.site.content.learning import end_reading_ahead, read_ahead
from veillee.site.content.listing import hasten_listing
from veillee.site.content.members import contents_of_members, finish_members, load_members
from veillee.site.content.once import hasten_contents
from veillee.site.content.pure import hasten_functions
from veillee.site.content.python_markdown import hasten_highlighting
from veillee.site.content.questions import missing_questions
from veillee.site.content.readers import PostFileReader, add_readers
from veillee.site.content.redirects import redirects_of
from veillee.site.content.remembering import memory_of
from veillee.site.content.texts import watch_texts
from veillee.site.content.translations import hasten_translations
from veillee.site.leftovers import LIST_NAME, Leftovers
from veillee.site.outputs.book import Book
from veillee.site.outputs.collecting import CollectingWriter, may_wait
from veillee.site.outputs.finishing import finish
from veillee.site.outputs.writing import WholeFileWriter
from veillee.site.run import RUN_KEY, Run, run_of
from veillee.site.search.index import Search, refresh_search
from veillee.site.settings import PLUGIN, ROOT_KEY, open_run

logger = logging.getLogger(__name__)


def register() -> None:
    """Connects us to Pelican; called once for each site that names the plugin."""
    hasten_contents()
    hasten_functions()
    hasten_groups()
    hasten_highlighting()
    hasten_lexers()
    hasten_listing()
    hasten_translations()
    watch_texts()
    signals.initialized.connect(_begin)
    signals.readers_init.connect(_add_readers)
    signals.generator_init.connect(_furnish_templates)
    signals.get_generators.connect(_our_generators)
    signals.get_writer.connect(_our_writer)
    signals.article_generator_init.connect(_read_ahead)
    signals.article_generator_context.connect(_finish_metadata)
    signals.page_generator_context.connect(_finish_metadata)
    signals.article_generator_pretaxonomy.connect(_arrange_articles)
    signals.article_generator_finalized.connect(_skip_stock_pages)
    signals.page_generator_finalized.connect(_arrange_pages)
    signals.all_generators_finalized.connect(_finish_reading)
    signals.finalized.connect(_finish)


def _begin(pelican: Any) -> None:
    settings = pelican.settings
    settings.pop(RUN_KEY, None)
    if PLUGIN not in settings["PLUGINS"]:
        return
    run = open_run(settings)
    load_members(run)
    if run.is_ours and not run.site.url:
        run.note(f"SITEURL is not set: feeds and mails say {run.url}; write SITEURL in the settings")


def _add_readers(readers: Readers) -> None:
    if run_of(readers.settings):
        add_readers(readers)


def _furnish_templates(generator: Any) -> None:
    run = run_of(generator.settings)
    if run and run.is_ours:
        from veillee.site.pages.interface import install_interface  # a site with another theme does without

        install_interface(generator.env)


def _our_generators(pelican: Any) -> tuple[type, ...]:
    run = run_of(pelican.settings)
    if run is None or not run.is_ours:
        return ()
    from veillee.site.discovery import DiscoveryGenerator  # a site with another theme does without
    from veillee.site.feeds import FeedsGenerator
    from veillee.site.pages.plan import CommunityPagesGenerator
    from veillee.site.pictures.developing import PicturesGenerator, SocialCardsGenerator

    return (PicturesGenerator, SocialCardsGenerator, CommunityPagesGenerator, FeedsGenerator, DiscoveryGenerator)


def _our_writer(pelican: Any) -> type | None:
    """Ours waits until every page is known, if nobody listens to each; one that another plugin brings goes first."""
    if run_of(pelican.settings) is None or signals.get_writer.receivers.keys() - {id(_our_writer)}:
        return None
    return CollectingWriter if may_wait() else WholeFileWriter


def _read_ahead(generator: ArticlesGenerator) -> None:
    """Every plugin has said by now how files are to be read; ours are read before they are asked for."""
    run, readers = run_of(generator.settings), generator.readers.readers
    if run is None:
        return
    run.memory = memory_of(run)
    if run.is_replayed:
        return
    settings = generator.settings
    names = generator.get_files(settings["ARTICLE_PATHS"], exclude=settings["ARTICLE_EXCLUDES"])
    paths = [f"{generator.path}/{name}" for name in names if isinstance(readers.get(file_suffix(name)), PostFileReader)]
    read_ahead(paths, lambda path: readers[file_suffix(path)].read_apart, run)


def _finish_metadata(generator: Any, metadata: dict[str, Any]) -> None:
    if run_of(generator.settings):
        finish_metadata(metadata)


def _arrange_articles(generator: ArticlesGenerator) -> None:
    run = run_of(generator.settings)
    if run:
        end_reading_ahead(run)
        arrange_articles(generator, run)


def _skip_stock_pages(generator: ArticlesGenerator) -> None:
    run = run_of(generator.settings)
    if run and run.is_ours:
        skip_stock_pages(generator)
    elif run:
        hasten_stock_pages(generator)


def _arrange_pages(generator: PagesGenerator) -> None:
    run = run_of(generator.settings)
    if run:
        arrange_pages(generator, run)


def _finish_reading(generators: list[Any]) -> None:
    """Everything is read: the links are looked at, and where the theme is ours its pages get the community."""
    articles = next(one for one in generators if isinstance(one, ArticlesGenerator))
    pages = next(one for one in generators if isinstance(one, PagesGenerator))
    run = run_of(articles.settings)
    if run is None:
        return
    bios = contents_of_members(run, articles.context)
    run.shared, run.contents = articles.context, _contents(articles, pages)
    check_contents([*run.contents, *bios], articles.context, run)
    finish_members(run, bios)
    if run.is_ours:
        run.community = community_from(articles, run)
        articles.context["community"] = run.community
        run.redirects = redirects_of(run)
        from veillee.site.pictures.asking import ask_for_pictures  # a site with another theme does without
        from veillee.site.pictures.cards import has_fonts
        from veillee.site.pictures.gallery import Gallery
        from veillee.site.pictures.plain import show_plain_copies

        run.gallery = articles.context["gallery"] = Gallery(run.site.content, run.site.var / "build" / "images")
        has_cards = run.site.has_social_cards and has_fonts(Path(run.settings["THEME"]))
        articles.context["has_social_cards"] = has_cards
        run.copiers = tuple(one for one in generators if isinstance(one, StaticGenerator))
        ask_for_pictures(run, articles.context.get("static_content", {}))
        run.community = show_plain_copies(run.contents, run.community, run.gallery)
        articles.context["community"] = run.community
        run.record(missing_questions(run, run.community))
    _say_faults(run)


def _contents(articles: ArticlesGenerator, pages: PagesGenerator) -> list[Any]:
    """Every article and page that is written."""
    return list(
        chain(
            chain(articles.articles, articles.translations, articles.hidden_articles, articles.hidden_translations),
            chain(articles.drafts, articles.drafts_translations),
            chain(pages.pages, pages.translations, pages.hidden_pages, pages.hidden_translations),
            chain(pages.draft_pages, pages.draft_translations),
        )
    )


def _finish(pelican: Any) -> None:
    """Pelican's own command has asked for every file; our commands finish their builds themselves."""
    run = run_of(pelican.settings)
    if run is None:
        return
    if run.memory is not None and ROOT_KEY not in run.settings:
        run.memory.save()
        run.memory.close()
    if isinstance(run.writer, CollectingWriter) and ROOT_KEY not in run.settings:
        book = Book(run.site.var, run.site.output, "pelican")
        with book.held(lambda: logger.warning("another build of this site is running; waiting for it")):
            finish(run.writer, book, run)
            if run.is_ours and run.site.has_search:
                refresh_search(
                    Search(run.site.output, book.search),
                    Leftovers(run.site.output, run.site.output / LIST_NAME, book.recorded_files),
                    run,
                )
            book.write(run.writer.records)
    _say_faults(run)


def _say_faults(run: Run) -> None:
    """Pelican's own command shows faults in its log; our commands report them themselves."""
    if ROOT_KEY in run.settings:
        return
    for fault in run.faults[run.said_count :]:
        logger.error("%s", fault)
    run.said_count = len(run.faults)
