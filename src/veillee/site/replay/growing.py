"""Growing: a plan, and posts that are newer than all others -> the plan with them first in its lists, and what shows
them.

Pelican reads each post and plans the lists that it stands in; plugins have their turn at the articles as ever. Pages
that list neither a new post nor one that a plugin has changed are looked for among the plan's ties.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from pelican.contents import Article, Content
from pelican.paginator import Page
from pelican.plugins import signals
from pelican.urlwrappers import URLWrapper
from pelican.utils import file_suffix

from veillee.site.content.apart import is_too_long
from veillee.site.content.checks import check_contents
from veillee.site.content.once import Members
from veillee.site.content.readers import PostFileReader
from veillee.site.content.records import Record
from veillee.site.content.rereading import ChangedOtherwiseError
from veillee.site.content.texts import look_count, text_of
from veillee.site.leftovers import Leftovers
from veillee.site.outputs.jobs import FeedJob, Job, PageJob
from veillee.site.outputs.making import Made
from veillee.site.outputs.rendering import Rendered
from veillee.site.outputs.tracking import NAME
from veillee.site.replay.freezing import save_grown
from veillee.site.replay.planning import as_plain, texts_of
from veillee.site.replay.rooting import lists_of, set_lists
from veillee.site.replay.stage import Stage
from veillee.site.replay.thawing import Setting, is_asleep
from veillee.site.replay.ties import ABSENT, NONE, Ties

REASON = "a new post stands in one of its lists, or next to what it shows"
MOST_CHANGED = 50
"""Where plugins change more articles than so many, a build of everything is about as quick."""


def grow(stage: Stage, paths: Iterable[Path]) -> tuple[tuple[Made, ...], bytes]:
    """The files that show these posts, in their places, and the mark of the plan with them.

    Raises ChangedOtherwiseError, and whatever a template raises, where the site has to be built as ever.
    """
    ties = stage.plan.ties
    if ties is None or stage.run.memory is None:
        raise ChangedOtherwiseError
    growth = _Growth(stage, ties)
    new = sorted(map(growth.read, paths), key=lambda article: article.date)
    for article in new:
        growth.put_first(article)
    changed = growth.changed_by_plugins(new)
    growth.check(new)
    planned = growth.planned(new, changed)
    others = {path: stage.job(path) for path in growth.others(changed) if path not in planned}
    return growth.made(planned, others, [*new, *changed], len(new))


class _Growth:
    """One stage, whose generator of articles holds the lists of the plan."""

    def __init__(self, stage: Stage, ties: Ties) -> None:
        self._stage = stage
        self._ties = ties
        self._context = stage.session.context
        self._generator = stage.session.articles
        self._lists = dict(stage.plan.lists())
        self._rows: dict[int, list[Any]] = {}
        set_lists(self._generator, self._lists)

    def read(self, path: Path) -> Any:
        """The article of a new file, where it is like those beside it and takes nobody's place."""
        name, generator, memory = self._stage.name_of(path), self._generator, self._stage.run.memory
        is_beside = (posixpath.dirname(name), posixpath.splitext(name)[1]) in self._ties.folders
        reader = generator.readers.readers.get(file_suffix(name))
        if not is_beside or type(reader) is not PostFileReader or not generator._include_path(name):
            raise ChangedOtherwiseError
        if memory is None or memory.is_asked_for(posixpath.basename(name)):
            raise ChangedOtherwiseError
        article = generator.readers.read_file(
            base_path=generator.path,
            path=name,
            content_class=Article,
            context=self._context,
            preread_signal=signals.article_generator_preread,
            preread_sender=generator,
            context_signal=signals.article_generator_context,
            context_sender=generator,
        )
        if type(article) is not Article or not article.is_valid() or not self._is_plain(article):
            raise ChangedOtherwiseError
        self._ties.slugs.add(article.slug)
        self._ties.folders.add((posixpath.dirname(name), posixpath.splitext(name)[1]))
        return article

    def _is_plain(self, article: Any) -> bool:
        """Whether an article is shown from now on, for as long as it stands there, at a place of its own."""
        record, now = article.metadata.get("veillee"), min(self._stage.run.now, datetime.now(UTC))
        files, output = self._stage.thawing.files, self._stage.run.site.output
        has_dates = isinstance(record, Record) and bool(
            record.rest or record.raw.expires_at or record.raw.review_by or record.raw.event
        )
        known = self._context["static_links"] | self._context["static_content"].keys()
        return bool(
            article.status == "published"
            and article.date <= now
            and not has_dates
            and not hasattr(article, "override_save_as")
            and article.slug
            and article.slug not in self._ties.slugs
            and not is_too_long(article.save_as)
            and article.save_as not in files
            and not (output / article.save_as).exists()
            and "attach" not in (text_of(article) or "")
            and article.get_static_links() <= known
            and not any(hasattr(article, name) for name in self._ties.names)
        )

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

        self._lists["tags"] = generator.tags = dict(sorted(generator.tags.items(), key=by_first_article))
        context["tags"] = sorted(context["tags"], key=by_first_article)
        for periods in (generator.period_archives, context["period_archives"]):
            self._put_into_periods(article, periods)

    def _put(self, article: Any, row: list[Any]) -> None:
        if isinstance(row, Members):
            row.put_first(article)
        else:
            row.insert(0, article)
        self._rows[id(row)] = row

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
        own = self._generator._build_period_archives([article], [article], self._stage.session.settings)
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

    def changed_by_plugins(self, new: Sequence[Any]) -> list[Any]:
        """The articles to which plugins give other attributes than before; the plan and its contents have them then."""
        ties, made, looks = self._ties, self._stage.thawing.made, look_count()
        ties.contents += new
        for column in ties.columns:
            column += [ABSENT] * len(new)
        if not ties.names:
            return []
        setting = self._stage.thawing.setting = Setting(frozenset(ties.names))
        for content in made.values():
            if not is_asleep(content):
                _set_attributes(content, ties.names, {})
        with _unset_in_wrappers(setting.names):
            signals.article_generator_finalized.send(self._generator)
        self._stage.thawing.setting = None
        set_lists(self._generator, self._lists)
        if look_count() != looks:
            raise ChangedOtherwiseError
        numbers = {id(content): number for number, content in made.items()}
        changed = []
        for place, number in enumerate(ties.contents):
            content = made[number] if type(number) is int else number
            all_given = setting.set.get(number, {}) if is_asleep(content) else content.__dict__
            given = {name: all_given[name] for name in ties.names if name in all_given}
            if self._is_other(place, given, numbers) and type(number) is int:
                changed.append(content)
                _set_attributes(content, ties.names, given)
        if len(changed) > MOST_CHANGED or not {id(one) for one in changed} <= set(map(id, self._generator.articles)):
            raise ChangedOtherwiseError
        return changed

    def _is_other(self, place: int, given: Mapping[str, Any], numbers: Mapping[int, int]) -> bool:
        """Whether a content is given something else than it had; the columns hold that then."""
        is_other = False
        for name, column in zip(self._ties.names, self._ties.columns, strict=True):
            value = given.get(name, self)
            if value is self:
                now: Any = ABSENT
            elif value is None:
                now = NONE
            elif isinstance(value, Content):
                now = numbers.get(id(value), value)
            else:
                raise ChangedOtherwiseError
            if now is not column[place] and now != column[place]:
                column[place], is_other = now, True
        return is_other

    def check(self, new: Sequence[Any]) -> None:
        """Nothing is to be said of these articles."""
        run = self._stage.run
        for article in new:
            article.refresh_metadata_intersite_links()
        check_contents(new, self._context, run)
        if run.faults or run.notes or self._stage.session.faults() or self._stage.session.notes():
            raise ChangedOtherwiseError

    def planned(self, new: Sequence[Any], changed: Sequence[Any]) -> dict[str, Job]:
        """Their pages, and every page and feed of the lists that they stand in."""
        generator, writer = self._generator, self._stage.writer
        writer.leave_out(self._ties.chosen)
        write = partial(writer.write_file, relative_urls=self._stage.session.settings["RELATIVE_URLS"])
        shown = [*new, *changed]
        for name in ("translations", "hidden_articles", "hidden_translations"):
            setattr(generator, name, [])
        generator.articles = shown
        generator.generate_articles(write)
        set_lists(generator, self._lists)
        generator.period_archives = _with_one_of(shown, self._lists["period_archives"])
        generator.generate_period_archives(write)
        generator.generate_direct_templates(write)
        self._restrict(_having(new))
        generator.generate_tags(write)
        generator.generate_categories(write)
        generator.generate_authors(write)
        planned, writer.jobs = writer.jobs, {}
        self._restrict(lambda entry: _having(changed)(entry) and not _having(new)(entry))
        generator.generate_tags(write)
        generator.generate_categories(write)
        generator.generate_authors(write)
        set_lists(generator, self._lists)
        is_shown = _showing(changed)
        planned |= {path: job for path, job in writer.jobs.items() if path in self._ties.whole or is_shown(job)}
        return {**planned, **self._feeds(new)}

    def _restrict(self, is_wanted: Callable[[tuple[Any, Members]], bool]) -> None:
        """The generator has only these tags, categories and authors."""
        lists, generator = self._lists, self._generator
        generator.tags = dict(filter(is_wanted, lists["tags"].items()))
        generator.categories = list(filter(is_wanted, lists["categories"]))
        generator.authors = list(filter(is_wanted, lists["authors"]))

    def _feeds(self, new: Sequence[Any]) -> dict[str, Job]:
        """The feeds that carry these articles."""
        shown: dict[str, tuple[tuple[Any, ...], str]] = {}
        most = self._stage.session.settings["FEED_MAX_ITEMS"]
        for article in new:
            for path in _feeds_of(article, self._stage.session.settings):
                if path not in self._stage.thawing.files:
                    raise ChangedOtherwiseError
                (items, *rest), site_url = shown.get(path) or self._stage.plan.job_of(path)
                if items and article.date <= items[0].date:
                    raise ChangedOtherwiseError
                shown[path] = ([article, *items][:most], *rest), site_url
        make, context = self._stage.writer.feed_job, self._context
        return {path: make(path, source, context, site_url) for path, (source, site_url) in shown.items()}

    def others(self, changed: Sequence[Any]) -> Iterator[str]:
        """The pages besides that may look at one of these articles, or at a list that has grown."""
        return self._ties.hanging_on({one.save_as for one in changed}, self._context, self._stage.session.settings)

    def made(
        self, planned: Mapping[str, Job], others: Mapping[str, Job], contents: Sequence[Any], count: int
    ) -> tuple[tuple[Made, ...], bytes]:
        """All of these files in their places, and the mark of the new plan; `count` of the contents are new."""
        stage, jobs = self._stage, {**planned, **others}
        output = stage.run.site.output
        Leftovers(output, stage.book.listing, stage.book.recorded_files).announce(set(jobs))
        before = self._ties.names_read()
        for article in contents[:count]:
            self._ties.sources[article.save_as] = article.get_relative_source_path()
        done = stage.rendered(list(jobs.values()), is_judging=False)
        known = {facts: place for place, facts in enumerate(self._ties.sets)}
        for (path, job), one in zip(jobs.items(), done, strict=True):
            if one.is_loud or any(fact[0] == NAME and fact[1] not in before for fact in one.facts[0]):
                stage.book.plan.unlink(missing_ok=True)
                raise ChangedOtherwiseError
            self._note(path, job, one, known)
        new_files = len(jobs.keys() - stage.thawing.files.keys())
        said = stage.plan.said
        stage.plan.said = {
            **said,
            "read": said["read"] + count,
            "published": said["published"] + count,
            "files_unchanged": said["files_unchanged"] + new_files,
        }
        mark = self._kept(planned, contents)
        if stage.run.memory is not None:
            stage.run.memory.save(is_all=False)
        return tuple(Made(path, REASON, one.is_changed) for path, one in zip(jobs, done, strict=True)), mark

    def _note(self, path: str, job: Job, rendered: Rendered, known: dict[Any, int]) -> None:
        """What a file shows now is known to the plan."""
        plan, sources = self._stage.plan, self._ties.sources
        if isinstance(job, PageJob):
            was = {sources.get(name or path, "") for name in plan.texts.get(path, ())}
            plan.texts.pop(path, None)
            plan.texts.update(texts_of([(path, rendered.facts)]))
            now = {sources.get(name or path, "") for name in plan.texts.get(path, ())}
            self._ties.note(path, rendered.facts, known)
        else:
            was = {one.get_relative_source_path() for one in self._stage.plan.job_of(path)[0][0]}
            now = {one.get_relative_source_path() for one in _items_of(job)}
        for source in was - now:
            plan.readers[source] = tuple(one for one in plan.readers.get(source, ()) if one != path)
        for source in now - was:
            plan.readers[source] = (*plan.readers.get(source, ()), path)

    def _kept(self, planned: Mapping[str, Job], contents: Iterable[Any]) -> bytes:
        """The mark of the plan with everything as it is now."""
        stage = self._stage
        stage.plan.context = {name: self._context[name] for name in stage.plan.context}
        stage.plan.lists = lambda: lists_of(self._generator)
        return save_grown(
            stage.book.plan,
            stage.plan,
            stage.thawing,
            stage.run.texts,
            jobs={path: as_plain(job, stage.session) for path, job in planned.items()},
            contents=contents,
            rows=self._rows.values(),
        )


def _items_of(job: Job) -> list[Any]:
    assert isinstance(job, FeedJob)
    assert isinstance(job.source, tuple)
    items: list[Any] = job.source[0]
    return items


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


def _having(articles: Sequence[Any]) -> Callable[[tuple[Any, Members]], bool]:
    """Whether a tag, category or author has one of these articles."""
    return lambda entry: any(one in entry[1] for one in articles)


def _showing(articles: Sequence[Any]) -> Callable[[Job], bool]:
    """Whether a page of a list has one of these articles in its part of it, or in the parts before and after."""
    wanted = set(map(id, articles))

    def is_shown(job: Job) -> bool:
        assert isinstance(job, PageJob)
        parts = [part for name in job.local if isinstance(part := job.context.get(name), Page)]
        return not parts or any(id(one) in wanted for part in parts for one in part.object_list)

    return is_shown


def _with_one_of(articles: Sequence[Any], periods: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Periods that have one of these articles."""
    wanted = set(map(id, articles))
    return {
        kind: [entry for entry in entries if not wanted.isdisjoint(map(id, entry["dates"]))]
        for kind, entries in periods.items()
    }


def _set_attributes(content: Any, names: Iterable[str], given: Mapping[str, Any]) -> None:
    """A content has these of the attributes, and none of the others."""
    attributes = content.__dict__
    for name in names:
        attributes.pop(name, None)
    attributes.update(given)


@contextmanager
def _unset_in_wrappers(names: Iterable[str]) -> Iterator[None]:
    """Nobody gives one of these attributes to a tag, a category or an author meanwhile."""

    def put(wrapper: URLWrapper, name: str, value: Any) -> None:
        if name in names:
            raise ChangedOtherwiseError
        object.__setattr__(wrapper, name, value)

    URLWrapper.__setattr__ = put
    try:
        yield
    finally:
        del URLWrapper.__setattr__
