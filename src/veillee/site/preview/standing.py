"""Standing: the last build of a site with our theme, kept in memory -> the same with the words of files as they are.

A text, the answers and the reactions of a post are words: no address, no list and no other post hangs on them. What
the community comes to is planned anew, since that takes little; what comes out equal is left alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from itertools import chain
from pathlib import Path
from typing import Any

from pelican.generators import SourceFileGenerator

from veillee.model import Community, Post
from veillee.render.syndication import Items
from veillee.site.content.community import post_anew
from veillee.site.content.reads import FileRead
from veillee.site.content.rereading import TEXT_AND_ANSWERS, ChangedOtherwiseError, records_in, reread
from veillee.site.discovery import DiscoveryGenerator
from veillee.site.editions import editions_of_run
from veillee.site.feeds import files_of_feeds
from veillee.site.horizon import horizon_of
from veillee.site.outputs.book import Book
from veillee.site.outputs.collecting import CollectingWriter
from veillee.site.outputs.contents import Contents
from veillee.site.outputs.contexts import SharedContext
from veillee.site.outputs.jobs import FeedJob, PageJob
from veillee.site.outputs.judging import Judge
from veillee.site.outputs.making import Made
from veillee.site.outputs.records import PageRecord
from veillee.site.outputs.rendering import Renderer
from veillee.site.outputs.tracking import ALL, ANSWER, BODY, FIELD, ITEMS, LENGTH, NAME, SOME, SUMMARY, Fact
from veillee.site.pages.noted import ANSWERS, key_of_post
from veillee.site.pages.plan import CommunityPagesGenerator, plan_pages
from veillee.site.pictures.asking import pictures_of
from veillee.site.pictures.plain import plain_post
from veillee.site.reading import Session, open_session, without_collector
from veillee.site.report import BuildReport, Rest
from veillee.site.run import Run
from veillee.site.settings import FILE_KEY, PLUGIN

REASON = "words that it shows have changed"

_WORDS = frozenset({"html", "text", "summary", "word_count", "answers", "reactions"})
"""Fields of a post that may become others."""
_STILL = frozenset({"language", "languages", "member", "tagline", "timezone", "title", "url"})
"""What pages may ask a community that no words of a post change."""
_OF_LISTS = (ITEMS, ALL, LENGTH, SOME)


@dataclass(frozen=True, slots=True)
class _Edit:
    """A content that has its new words, and its post before and after; None of a page."""

    content: Any
    was: Post | None = None
    now: Post | None = None


class Standing:
    """A build that has ended well, with everything that it was made from; good for nothing once `follow` gave None."""

    def __init__(self, session: Session, writer: CollectingWriter, report: BuildReport) -> None:
        self._session = session
        self._run: Run = session.run
        self._writer = writer
        self._report = report
        self._items: Items = {}

    def follow(
        self, changed: Iterable[Path], *, since_ns: int, soon: Callable[[frozenset[str]], None] = lambda _: None
    ) -> BuildReport | None:
        """The site with these files of the content as they are now; None where a build of everything has to see to it.

        Files may have been written by then; that build finds them to be others than its own. `since_ns` is when the
        last build ended, in nanoseconds. `soon` is told of the pages of these files themselves as soon as they are in
        their places: whoever has saved one is looking at it.
        """
        began_s = time.monotonic()
        session, site = self._session, self._run.site
        book = Book(site.var, site.output, str(session.settings[FILE_KEY]))
        with book.held(lambda: None):
            try:
                if not book.is_untouched_since(since_ns) or not self._is_plain():
                    return None
                made = self._followed(tuple(changed), soon)
            except Exception:  # noqa: BLE001 whatever it is, a build of everything says it where it belongs
                return None
        self._report = self._reported(made, seconds=time.monotonic() - began_s)
        return self._report

    def _followed(self, changed: tuple[Path, ...], soon: Callable[[frozenset[str]], None]) -> list[Made]:
        with open_session(self._session.settings) as fresh, without_collector():
            fresh.run.is_replayed = True
            fresh.make_generators()
            edits = [self._edited(path, fresh) for path in changed]
            made = self._made(edits, soon)
            if fresh.run.memory is not None:
                fresh.run.memory.save(is_all=False)
        return made

    def _is_plain(self) -> bool:
        """Whether nobody but us had a part in the site."""
        settings, shared = self._session.settings, self._run.shared
        jobs = (job for job in self._writer.jobs.values() if isinstance(job, PageJob))
        return (
            list(settings["PLUGINS"]) == [PLUGIN]
            and not any(settings.get(f"JINJA_{kind}") for kind in ("FILTERS", "GLOBALS", "TESTS"))
            and not self._run.site.is_compressed
            and not any(isinstance(one, SourceFileGenerator) for one in self._session.generators)
            and isinstance(shared, SharedContext)
            and all(job.context.shares(shared) for job in jobs)
        )

    def _edited(self, path: Path, fresh: Session) -> _Edit:
        """The content of a file, with the words that it has now."""
        name = fresh.run.source_file(path).relative
        now = reread(path, fresh.run, fresh.articles.readers.readers, TEXT_AND_ANSWERS)
        mine = [one for one in self._run.contents if one.get_relative_source_path() == name]
        if len(mine) != 1 or name in self._session.context["static_content"] or _is_ahead(now, self._run):
            raise ChangedOtherwiseError
        return self._put(mine[0], now)

    def _put(self, content: Any, now: FileRead) -> _Edit:
        run, was = self._run, getattr(content, "post", None)
        before = post_anew(content, run) if was is not None else None
        if before is None and "<img" in f"{content._content}{now.html}":
            raise ChangedOtherwiseError
        content._content = now.html
        if "veillee" in now.metadata:
            content.veillee = content.metadata["veillee"] = now.metadata["veillee"]
        if before is None:
            return _Edit(content)
        after = post_anew(content, run)
        pictures = [sorted(set(pictures_of(post, run.url))) for post in (before, after)]
        if pictures[0] != pictures[1] or any(
            getattr(before, one.name) != getattr(after, one.name) for one in fields(Post) if one.name not in _WORDS
        ):
            raise ChangedOtherwiseError
        content.post = plain_post(after, run.url, run.gallery)
        return _Edit(content, was, content.post)

    def _made(self, edits: list[_Edit], soon: Callable[[frozenset[str]], None]) -> list[Made]:
        run, writer = self._run, self._writer
        if any(map(self._reaches_posts, writer.records.shared)):
            raise ChangedOtherwiseError
        community = self._renewed(edits)
        own = self._rendered(tuple(dict.fromkeys(edit.content.save_as for edit in edits)))
        if new := frozenset(one.path for one in own if one.is_changed):
            soon(new)
        paths = dict.fromkeys(self._readers(edits, community))
        fault_count, note_count = len(run.faults), len(run.notes)
        paths.update(dict.fromkeys(self._planned_anew(community)))
        if (len(run.faults), len(run.notes)) != (fault_count, note_count):
            raise ChangedOtherwiseError
        for one in own:
            paths.pop(one.path, None)
        return [*own, *self._rendered(tuple(paths))]

    def _rendered(self, paths: tuple[str, ...]) -> list[Made]:
        """These files, in their places; what their pages read is known from here on."""
        run, writer = self._run, self._writer
        judge = Judge(run.shared, Contents(run.contents), ANSWERS)
        jobs = [writer.jobs[path] for path in paths]
        done = Renderer(writer.output_path, judge, run.tick, is_judging=False).render_all(jobs)
        for path, job, one in zip(paths, jobs, done, strict=True):
            if one.is_loud:
                raise ChangedOtherwiseError
            if isinstance(job, PageJob):
                writer.records.pages[path] = PageRecord(one.facts, (), one.stamp)
        return [Made(path, REASON, one.is_changed) for path, one in zip(paths, done, strict=True)]

    def _reaches_posts(self, fact: Fact) -> bool:
        """Whether what all pages share may say something of a post."""
        kind, name, *rest = fact
        if kind == FIELD:
            return name == "community" and rest[0] not in _STILL
        value = self._run.shared.get(name) if kind == NAME else None
        is_fixed = value is None or callable(value) or isinstance(value, str | int | float)
        return kind in _OF_LISTS or not (is_fixed or name in self._session.settings)

    def _renewed(self, edits: list[_Edit]) -> Community:
        """The community with the posts as they are now, for all pages."""
        community, run = self._run.community, self._run
        assert community is not None and isinstance(run.shared, SharedContext)
        new = {id(edit.was): edit.now for edit in edits if edit.was is not None and edit.now is not None}
        if not new:
            return community
        posts = tuple(new.get(id(post), post) for post in community.posts)
        if sum(one is not other for one, other in zip(posts, community.posts, strict=True)) != len(new):
            raise ChangedOtherwiseError
        run.community = community = replace(community, posts=posts)
        run.archive = None
        run.shared.renew("community", community)
        return community

    def _readers(self, edits: list[_Edit], community: Community) -> Iterator[str]:
        """The pages that say of themselves whose words they show, and Pelican's own feeds."""
        posts = [edit.now for edit in edits if edit.now is not None]
        own, edited = {edit.content.save_as for edit in edits}, {id(edit.content) for edit in edits}
        sources = {post.id for post in posts} | {post.question_id for post in posts if post.question_id}
        linked = {post.url for post in community.posts if post.question_id in sources or post.id in sources}
        keys = {key_of_post(post) for post in posts}
        for content in self._run.contents:
            if getattr(content, "post", None) is not None and content.post.url in linked:
                yield content.save_as
        for path, job in self._writer.jobs.items():
            source = job.source if isinstance(job, FeedJob) else None
            if isinstance(source, tuple) and isinstance(source[0], list) and edited.intersection(map(id, source[0])):
                yield path
        for path, page in self._writer.records.pages.items():
            for fact in page.facts[1]:
                if fact[0] in _OF_LISTS:
                    raise ChangedOtherwiseError
                if (fact[0] in (BODY, SUMMARY) and fact[1] in own) or (fact[0] == ANSWER and fact[2] in keys):
                    yield path

    def _planned_anew(self, community: Community) -> Iterator[str]:
        """The files of our own pages, feeds and the rest that come out as others."""
        run, writer = self._run, self._writer
        archive = editions_of_run(run, community)
        planned = plan_pages(community, archive, has_search=run.site.has_search)
        pages = next(one for one in self._session.generators if isinstance(one, CommunityPagesGenerator))
        writer.begin_anew()
        for was, now in zip(run.planned, planned, strict=True):
            if (was.identity, was.lang) != (now.identity, now.lang):
                raise ChangedOtherwiseError
            if was != now:
                before, writer.jobs = writer.jobs, {}
                pages.write_page(now, community, writer)
                if not writer.jobs.keys() <= before.keys():
                    raise ChangedOtherwiseError
                yield from writer.jobs
                writer.jobs = before | writer.jobs
        run.planned = planned
        discovery = next(one for one in self._session.generators if isinstance(one, DiscoveryGenerator))
        for path, source, make in chain(files_of_feeds(run, community, self._items), discovery.files(run, community)):
            job = writer.jobs.get(path)
            if not isinstance(job, FeedJob):
                raise ChangedOtherwiseError
            if job.source != source:
                writer.collect(path, source, make)
                yield path

    def _reported(self, made: list[Made], *, seconds: float) -> BuildReport:
        report, new = self._report, sum(one.is_changed for one in made)
        count = report.files_written + report.files_unchanged
        rest = Rest(report.rest.written, horizon_of(self._run)) if report.rest else None
        return replace(
            report,
            files_written=new,
            files_unchanged=count - new,
            files_removed=0,
            made=tuple(made),
            rest=rest,
            seconds=round(seconds, 2),
            phases=(),
        )


def _is_ahead(read: FileRead, run: Run) -> bool:
    """Whether an answer is dated after the instant that the site is shown at."""
    return any(answer.answered_at > run.now for record in records_in(read) for answer in record.raw.answers)
