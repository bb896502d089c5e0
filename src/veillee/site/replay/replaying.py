"""Replaying: a plan, and files of the content whose text has changed -> the pages and feeds that show these texts.

Whatever else has changed with a file, nothing is done, and the site is built as ever.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from veillee.site.content.rereading import TEXT, ChangedOtherwiseError, reread
from veillee.site.outputs.book import Book
from veillee.site.outputs.collecting import CollectingWriter
from veillee.site.outputs.contents import Contents
from veillee.site.outputs.contexts import Base, PageContext
from veillee.site.outputs.jobs import Job, PageJob
from veillee.site.outputs.judging import Judge
from veillee.site.outputs.making import Made
from veillee.site.outputs.rendering import Rendered, Renderer
from veillee.site.outputs.signature import settings_digest
from veillee.site.outputs.tracking import BODY, SUMMARY, Answers
from veillee.site.reading import Session, open_session, without_collector
from veillee.site.replay.planning import names_of
from veillee.site.replay.thawing import Plan, load_plan
from veillee.site.report import BuildReport
from veillee.site.settings import FILE_KEY

REASON = "a text that it shows has changed"


def replay(settings: dict[str, Any], mark: bytes, changed: Iterable[Path]) -> BuildReport | None:
    """Renders what shows the text of these files of the content; None, with nothing written, where that is not enough.

    `mark` is that of the plan of the last build, of which nothing but these files has changed since.
    """
    began_s = time.monotonic()
    with open_session(settings) as session, without_collector():
        run = session.run
        run.is_replayed = True
        book = Book(run.site.var, run.site.output, str(settings[FILE_KEY]))
        with book.held(lambda: None):
            if book.has_died:
                return None
            try:
                stage = _Stage(session, book, mark)
                made = stage.made([stage.patched(path) for path in changed])
            except Exception:  # noqa: BLE001 whatever it is, a build of everything says it where it belongs
                return None
    new, said = sum(one.is_changed for one in made), stage.plan.said
    counts = {**said, "files_written": new, "files_unchanged": said["files_unchanged"] - new}
    return BuildReport(**counts, made=made, seconds=round(time.monotonic() - began_s, 2))


class _Stage:
    """The generators of a build that read nothing, and its plan."""

    def __init__(self, session: Session, book: Book, mark: bytes) -> None:
        self._session = session
        self._run = session.run
        self._book = book
        session.make_generators()
        found = load_plan(book.plan, mark, settings=session.settings, context=session.context, fetch=self._text)
        if (
            found is None
            or found.settings != settings_digest(session.settings)
            or found.templates != names_of(session.generators)
        ):
            raise ChangedOtherwiseError
        self.plan: Plan = found
        session.context.update(found.context)
        self._run.shared = session.context
        self._base = Base(session.context)
        self._generated: Mapping[str, Any] = found.context["generated_content"]

    def _text(self, content: Any) -> Any:
        memory = self._run.memory
        found = memory.kept(content.get_relative_source_path()) if memory else None
        if found is None or found.html is None:
            raise ChangedOtherwiseError
        return found.html

    def patched(self, path: Path) -> str:
        """The name of a file of the content, which has its new text from now on."""
        name = self._run.source_file(path).relative
        content = self._generated.get(name)
        if content is None or content.__class__.__name__ not in ("Article", "Page"):
            raise ChangedOtherwiseError
        if name in self.plan.context["static_content"]:
            raise ChangedOtherwiseError
        now = reread(path, self._run, self._session.articles.readers.readers, TEXT)
        content._content = now.html
        return name

    def made(self, names: Iterable[str]) -> tuple[Made, ...]:
        """Every file that shows one of these texts, in its place.

        Where one of them shows other texts than it did, the plan is good for no further build.
        """
        run, memory, writer = self._run, self._run.memory, self._session.pelican._get_writer()
        if memory is None or not isinstance(writer, CollectingWriter):
            raise ChangedOtherwiseError
        paths = dict.fromkeys(path for name in names for path in self.plan.readers.get(name, ()))
        jobs = [self._job(path, writer) for path in paths]
        judge = Judge(run.shared, Contents(()), Answers())
        done = Renderer(writer.output_path, judge, run.tick).render_all(jobs)
        if not all(map(self._is_as_planned, jobs, done)):
            self._book.plan.unlink(missing_ok=True)
            raise ChangedOtherwiseError
        memory.save(is_all=False)
        return tuple(Made(job.path, REASON, one.is_changed) for job, one in zip(jobs, done, strict=True))

    def _is_as_planned(self, job: Job, rendered: Rendered) -> bool:
        """Whether a file shows no text that it did not show before, and said nothing."""
        shown = {fact[1] for fact in rendered.facts[1] if fact[0] in (BODY, SUMMARY)}
        known = self.plan.texts.get(job.path, ())
        return not rendered.is_loud and b"" not in rendered.own and shown <= set(known)

    def _job(self, path: str, writer: CollectingWriter) -> Job:
        plain, shared = self.plan.job_of(path), self._run.shared
        if len(plain) == 2:
            source, site_url = plain
            return writer.feed_job(path, source, shared, site_url)
        number, template, encoding, context, local, site_url = plain
        found = self._session.generators[number].env.get_template(template)
        seen = PageContext(context, self._base)
        return PageJob(path, encoding, found, seen, shared, frozenset(local), site_url)
