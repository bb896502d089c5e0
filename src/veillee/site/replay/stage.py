"""The stage of a replay: generators that read nothing, and the plan of the last build brought back on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from veillee.site.content.rereading import ChangedOtherwiseError
from veillee.site.outputs.answers import Answers
from veillee.site.outputs.book import Book
from veillee.site.outputs.collecting import CollectingWriter
from veillee.site.outputs.contents import Contents
from veillee.site.outputs.contexts import Base, PageContext
from veillee.site.outputs.fragments.lasting import Lasting
from veillee.site.outputs.jobs import Job, PageJob
from veillee.site.outputs.judging import Judge
from veillee.site.outputs.rendering import Rendered, Renderer
from veillee.site.outputs.signature import settings_digest
from veillee.site.reading import Session
from veillee.site.replay.planning import names_of
from veillee.site.replay.thawing import Plan, load_plan


class Stage:
    """Of one session. Raises ChangedOtherwiseError where its site is not the one that was planned."""

    def __init__(self, session: Session, book: Book, mark: bytes) -> None:
        self.session = session
        self.run = session.run
        self.book = book
        session.make_generators()
        found = load_plan(book.plan, mark, settings=session.settings, context=session.context, fetch=self._text)
        if found is None:
            raise ChangedOtherwiseError
        self.plan: Plan = found[0]
        self.thawing = found[1]
        if self.plan.settings != settings_digest(session.settings) or self.plan.templates != names_of(
            session.generators
        ):
            raise ChangedOtherwiseError
        session.context.update(self.plan.context)
        self.run.shared = session.context
        self.contents: Mapping[str, Any] = self.plan.context["generated_content"]
        self._base = Base(session.context)
        writer = session.pelican._get_writer()
        if not isinstance(writer, CollectingWriter):
            raise ChangedOtherwiseError
        writer.attach_nothing()
        self.writer = writer

    def _text(self, content: Any) -> Any:
        memory = self.run.memory
        found = memory.kept(content.get_relative_source_path()) if memory else None
        if found is None or found.html is None:
            raise ChangedOtherwiseError
        return found.html

    def name_of(self, path: Path) -> str:
        """A file of the content, as the plan names it."""
        if not path.is_relative_to(self.run.site.content):
            raise ChangedOtherwiseError
        return self.run.source_file(path).relative

    def job(self, path: str) -> Job:
        """A file of the site as it was planned."""
        plain, shared = self.plan.job_of(path), self.run.shared
        if len(plain) == 2:
            source, site_url = plain
            return self.writer.feed_job(path, source, shared, site_url)
        number, template, encoding, context, local, site_url = plain
        found = self.session.generators[number].env.get_template(template)
        seen = PageContext(context, self._base)
        return PageJob(path, encoding, found, seen, shared, frozenset(local), site_url)

    def rendered(
        self, jobs: Sequence[Job], *, is_judging: bool = True, lasting: Lasting | None = None
    ) -> list[Rendered]:
        """These files in their places; `lasting` gives the texts of fragments, and is given new ones."""
        judge = Judge(self.run.shared, Contents(()), Answers())
        return Renderer(
            self.writer.output_path, judge, self.run.tick, is_judging=is_judging, lasting=lasting
        ).render_all(jobs)
