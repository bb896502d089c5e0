"""Growing: a plan, and posts that are newer than all others -> the plan with them, and the files that show them.

Pelican reads each post and plans the lists that it stands in; plugins have their turn at the articles as ever. Pages
that list neither a new post nor one that a plugin has changed are looked for among the plan's ties.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pelican.paginator import Page

from veillee.site.content.rereading import ChangedOtherwiseError
from veillee.site.leftovers import Leftovers
from veillee.site.outputs.fragments.lasting import Lasting, add_fragments, load_fragments, save_fragments
from veillee.site.outputs.jobs import FeedJob, Job, PageJob
from veillee.site.outputs.making import Made
from veillee.site.outputs.rendering import Rendered
from veillee.site.outputs.tracking import NAME
from veillee.site.replay.freezing import Grown, pack_grown, save_grown
from veillee.site.replay.lists import Lists, lists_of
from veillee.site.replay.newcomers import check_newcomers, read_newcomers
from veillee.site.replay.planning import as_plain, texts_of
from veillee.site.replay.plugins import changed_by_plugins
from veillee.site.replay.stage import Stage
from veillee.site.replay.ties import Ties
from veillee.site.workers import meanwhile, worker_count

LEAST_FILES = 50
"""Below so many for each process, a fork costs more than it brings."""
REASON = "a new post stands in one of its lists, or next to what it shows"


def grow(stage: Stage, mark: bytes, paths: Iterable[Path]) -> tuple[tuple[Made, ...], bytes]:
    """The files that show these posts, in their places, and the mark of the plan with them; `mark` is the plan's.

    Raises ChangedOtherwiseError, and whatever a template raises, where the site has to be built as ever.
    """
    ties = stage.plan.uses.ties
    if ties is None:
        raise ChangedOtherwiseError
    lists = Lists(stage.session.articles, stage.plan.lists())
    new = read_newcomers(paths, stage, ties)
    for article in new:
        lists.put_first(article)
    changed = changed_by_plugins(new, lists, stage, ties)
    check_newcomers(new, stage)
    planned = {**_planned(new, changed, lists, stage, ties), **_feeds(new, stage)}
    _announce(planned, stage)
    return _Growth(stage, ties, new, changed, lists, mark).made(planned)


def _planned(new: Sequence[Any], changed: Sequence[Any], lists: Lists, stage: Stage, ties: Ties) -> dict[str, Job]:
    """The pages of these articles, and those of lists that a new one stands in, or that show a changed one."""
    generator, writer = stage.session.articles, stage.writer
    writer.leave_out(ties.chosen)
    write = partial(writer.write_file, relative_urls=stage.session.settings["RELATIVE_URLS"])
    has_new, has_changed, is_shown = _having(new), _having(changed), _showing(changed)
    with lists.of_articles([*new, *changed]):
        generator.generate_articles(write)
    generator.generate_direct_templates(write)
    with lists.of_entries(has_new):
        _plan_entries(generator, write)
    planned, writer.jobs = writer.jobs, {}
    with lists.of_entries(lambda row: has_changed(row) and not has_new(row)):
        _plan_entries(generator, write)
    return planned | {path: job for path, job in writer.jobs.items() if path in ties.whole or is_shown(job)}


def _plan_entries(generator: Any, write: Callable[..., None]) -> None:
    generator.generate_period_archives(write)
    generator.generate_tags(write)
    generator.generate_categories(write)
    generator.generate_authors(write)


def _feeds(new: Sequence[Any], stage: Stage) -> dict[str, Job]:
    """The feeds that carry these articles."""
    shown: dict[str, tuple[tuple[Any, ...], str]] = {}
    settings = stage.session.settings
    for article in new:
        for path in _feeds_of(article, settings):
            if path not in stage.thawing.files:
                raise ChangedOtherwiseError
            (items, *rest), site_url = shown.get(path) or stage.plan.job_of(path)
            if items and article.date <= items[0].date:
                raise ChangedOtherwiseError
            shown[path] = ([article, *items][: settings["FEED_MAX_ITEMS"]], *rest), site_url
    make, context = stage.writer.feed_job, stage.session.context
    return {path: make(path, source, context, site_url) for path, (source, site_url) in shown.items()}


def _feeds_of(article: Any, settings: Mapping[str, Any]) -> Iterator[str]:
    """Where the feeds are that carry an article, as Pelican names them."""
    wrappers = [("CATEGORY", article.category)]
    wrappers += [("AUTHOR", one) for one in getattr(article, "authors", ())]
    wrappers += [("TAG", one) for one in getattr(article, "tags", ())]
    several: list[tuple[str, dict[str, str]]] = [("FEED", {}), ("FEED_ALL", {})]
    several += [(f"{kind}_FEED", {"slug": one.slug}) for kind, one in wrappers]
    for name, blanks in [*several, ("TRANSLATION_FEED", {"lang": article.lang})]:
        for kind in ("ATOM", "RSS"):
            pattern = settings.get(f"{name}_{kind}")
            if pattern:
                yield str(pattern).format(**blanks) if blanks else str(pattern)


def _having(articles: Sequence[Any]) -> Callable[[Sequence[Any]], bool]:
    """Whether a list has one of these articles."""
    wanted = set(map(id, articles))
    return lambda row: not wanted.isdisjoint(map(id, row))


def _showing(articles: Sequence[Any]) -> Callable[[Job], bool]:
    """Whether a page of a list has one of these articles in its part of it, or in the parts before and after."""
    wanted = set(map(id, articles))

    def is_shown(job: Job) -> bool:
        assert isinstance(job, PageJob)
        parts = [part for name in job.local if isinstance(part := job.context.get(name), Page)]
        return not parts or any(id(one) in wanted for part in parts for one in part.object_list)

    return is_shown


def _announce(paths: Iterable[str], stage: Stage) -> None:
    output, book = stage.run.site.output, stage.book
    Leftovers(output, book.listing, book.recorded_files).announce(set(paths))


class _Growth:
    """A plan whose lists have grown, and what is known of its files while they are made."""

    def __init__(
        self, stage: Stage, ties: Ties, new: Sequence[Any], changed: Sequence[Any], lists: Lists, mark: bytes
    ) -> None:
        self._stage = stage
        self._mark = mark
        self._plan = stage.plan
        self._ties = ties
        self._new = new
        self._changed = changed
        self._lists = lists
        numbers = stage.thawing.numbers
        self._gone = [numbers[id(content)] for content in changed]
        self._fragments = Lasting(lambda content: numbers.get(id(content)), load_fragments(stage.book.fragments, mark))
        self._is_going_on = bool(self._fragments.known)
        for number in self._gone:
            self._fragments.known.pop(number, None)
        ties.sources.update((article.save_as, article.get_relative_source_path()) for article in new)

    def made(self, planned: Mapping[str, Job]) -> tuple[tuple[Made, ...], bytes]:
        """These files and those that hang on the articles besides, in their places; and the mark of the new plan."""
        stage, ties = self._stage, self._ties
        jobs = {**planned, **{path: stage.job(path) for path in self._others() if path not in planned}}
        jobs = dict(sorted(jobs.items(), key=lambda named: _is_part(named[1])))
        self._count(len(jobs.keys() - stage.thawing.files.keys()))
        before, known = ties.names_read(), {facts: place for place, facts in enumerate(ties.sets)}
        with self._packed(planned) as packed:
            done = stage.rendered(list(jobs.values()), is_judging=False, lasting=self._fragments)
            for (path, job), one in zip(jobs.items(), done, strict=True):
                if one.is_loud or any(fact[0] == NAME and fact[1] not in before for fact in one.facts[0]):
                    stage.book.plan.unlink(missing_ok=True)
                    raise ChangedOtherwiseError
                self._note(path, job, one, known)
            mark = self._saved(packed())
        if stage.run.memory is not None:
            stage.run.memory.save(is_all=False)
        return tuple(Made(path, REASON, one.is_changed) for path, one in zip(jobs, done, strict=True)), mark

    def _others(self) -> Iterator[str]:
        session = self._stage.session
        return self._ties.hanging_on({one.save_as for one in self._changed}, session.context, session.settings)

    def _note(self, path: str, job: Job, rendered: Rendered, known: dict[Any, int]) -> None:
        """What a file shows now is known to the plan."""
        plan = self._plan
        if isinstance(job, FeedJob):
            was = _sources(plan.job_of(path)[0][0])
            now = _sources(job.source[0] if isinstance(job.source, tuple) else ())
        else:
            was = self._shown_by(path)
            plan.uses.texts.pop(path, None)
            plan.uses.texts.update(texts_of([(path, rendered.facts)]))
            now = self._shown_by(path)
            self._ties.note(path, rendered.facts, known)
        for source in was - now:
            plan.uses.readers[source] = tuple(one for one in plan.uses.readers.get(source, ()) if one != path)
        for source in now - was:
            plan.uses.readers[source] = (*plan.uses.readers.get(source, ()), path)

    def _shown_by(self, path: str) -> set[str]:
        """The files of the content whose texts a page shows."""
        return {self._ties.sources.get(name or path, "") for name in self._plan.uses.texts.get(path, ())}

    def _count(self, new_files: int) -> None:
        """The report of a build tells of what is new."""
        more = {"read": len(self._new), "published": len(self._new), "files_unchanged": new_files}
        said = self._plan.said
        self._plan.said = {**said, **{name: said[name] + count for name, count in more.items()}}

    @contextmanager
    def _packed(self, planned: Mapping[str, Job]) -> Iterator[Callable[[], Grown]]:
        """The plan with everything as it is now, packed while files are rendered."""
        stage, plan = self._stage, self._plan
        plan.context = {name: stage.session.context[name] for name in plan.context}
        plan.lists = lambda: lists_of(stage.session.articles)

        def packed() -> Grown:
            return pack_grown(
                plan,
                stage.thawing,
                stage.run.texts,
                jobs={path: as_plain(job, stage.session) for path, job in planned.items()},
                contents=[*self._new, *self._changed],
                rows=self._lists.changed,
            )

        if worker_count(len(planned), least=LEAST_FILES) < 2:
            yield packed
            return
        with meanwhile(packed) as found:
            yield lambda: found() or packed()

    def _saved(self, grown: Grown) -> bytes:
        """The mark of the plan as it is kept, with the fragments that go with it."""
        plan, book, new = self._plan, self._stage.book, self._fragments.new
        mark, numbers = save_grown(book.plan, plan, self._stage.thawing, grown)
        if self._is_going_on:
            add_fragments(book.fragments, mark, new, numbers, gone=self._gone)
        else:
            save_fragments(book.fragments, mark, new, numbers)
        return mark


def _is_part(job: Job) -> bool:
    """Whether a file is a page of a list, or a feed: those that are not may take as long as hundreds of these."""
    return not isinstance(job, PageJob) or any(isinstance(job.context.get(name), Page) for name in job.local)


def _sources(contents: Iterable[Any]) -> set[str]:
    return {content.get_relative_source_path() for content in contents}
