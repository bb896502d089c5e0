"""Planning: a build that has ended well -> its plan, where it can be done over for single texts.

That is so where nothing but the files of the content, Pelican and we had a part in it, and where nobody but its page
looks at a text. Every other site is built as ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pickle import PicklingError
from typing import Any

from jinja2 import Environment
from jinja2.exceptions import TemplateNotFound
from pelican.generators import SourceFileGenerator

from veillee.site.content.texts import look_count
from veillee.site.outputs.collecting import CollectingWriter
from veillee.site.outputs.jobs import FeedJob, PageJob
from veillee.site.outputs.records import FactSet
from veillee.site.outputs.signature import own_functions, settings_digest
from veillee.site.outputs.tracking import BODY, SUMMARY, TEMPLATE
from veillee.site.reading import Session
from veillee.site.replay.freezing import shortened
from veillee.site.replay.lists import lists_of
from veillee.site.replay.rooting import ties_of
from veillee.site.replay.thawing import Plan, Said, Uses

_CHANGING = frozenset({"localsiteurl"})
"""What pages leave in the context that they share."""
_BEYOND = re.compile(r"\b(?:sameas|veillee|_content)\b")
"""What a template cannot ask of a content that was kept."""
_GENERATORS = "pelican.generators"


class Planner:
    """Watches one build from the moment when its generators stand; asks for nothing that costs."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._looks = look_count()
        self._has_looked = True
        self._templates = names_of(session.generators)
        self._settings = settings_digest(session.settings)

    @property
    def texts(self) -> Mapping[str, str]:
        """The texts that the memory of readings keeps, by file."""
        return self._session.run.texts

    def close(self) -> None:
        """Everything is planned: from now on, texts are looked at for the pages that show them."""
        self._has_looked = look_count() != self._looks

    def plan(self, writer: CollectingWriter, said: Said) -> Plan | None:
        """None where a build cannot be done over in parts."""
        session = self._session
        if not self._is_plain(writer) or not _are_known(writer):
            return None
        shared, jobs = session.context, writer.jobs
        own = {name: it for name, it in shared.items() if session.settings.get(name, _NOTHING) is not it}
        return Plan(
            self._settings,
            self._templates,
            {name: it for name, it in own.items() if name not in _CHANGING},
            lambda path: as_plain(jobs[path], session),
            said,
            lambda: lists_of(session.articles),
            lambda: _uses_of(writer, session),
        )

    def _is_plain(self, writer: CollectingWriter) -> bool:
        session = self._session
        return not (
            session.run.is_ours
            or self._has_looked
            or writer.may_attach
            or self._templates != names_of(session.generators)
            or self._settings != settings_digest(session.settings)
            or any(map(_is_foreign, session.generators))
            or any(map(_asks_too_much, _templates(writer)))
            or any(any(own_functions(one.env)) for one in session.generators)
        )


def _uses_of(writer: CollectingWriter, session: Session) -> Uses:
    pages = writer.records.pages
    sources = {content.save_as: content.get_relative_source_path() for content in session.run.contents}
    texts = texts_of((path, page.facts) for path, page in pages.items())
    return Uses(_readers(writer, sources), texts, ties_of(session, pages, sources))


def names_of(generators: Iterable[Any]) -> tuple[tuple[str, ...], ...]:
    """What each generator's templates can call."""
    return tuple(
        tuple(sorted([*one.filters, *one.tests, *one.globals]))
        for one in (generator.env for generator in generators if hasattr(generator, "env"))
    )


_NOTHING = object()


def _is_foreign(generator: Any) -> bool:
    return type(generator).__module__ != _GENERATORS or isinstance(generator, SourceFileGenerator)


def _templates(writer: CollectingWriter) -> Iterator[tuple[Environment, str]]:
    """Every template that had a part in a page."""
    known: dict[tuple[int, str], Environment] = {}
    for path, page in writer.records.pages.items():
        job = writer.jobs[path]
        assert isinstance(job, PageJob)
        for fact in page.facts[0]:
            if fact[0] == TEMPLATE:
                known[id(job.environment), str(fact[1])] = job.environment
    return ((environment, name) for (_, name), environment in known.items())


def _asks_too_much(template: tuple[Environment, str]) -> bool:
    environment, name = template
    assert environment.loader
    try:
        source = environment.loader.get_source(environment, name)[0]
    except TemplateNotFound:
        return False
    return bool(_BEYOND.search(source))


def _are_known(writer: CollectingWriter) -> bool:
    """Whether of every file it is known what it has read."""
    known = writer.records.pages.keys() | writer.records.feeds.keys()
    return writer.jobs.keys() <= known and not writer.records.is_doubtful


def as_plain(job: PageJob | FeedJob, session: Session) -> tuple[Any, ...]:
    """What a job can be made of again. Raises PicklingError where it cannot."""
    if isinstance(job, FeedJob):
        source = job.source
        if not isinstance(source, tuple) or not isinstance(source[0], list):
            raise PicklingError("a feed that Pelican does not know of")
        return source, job.site_url
    number = next((place for place, one in enumerate(session.generators) if one.env is job.environment), None)
    if number is None or job.template.name is None:
        raise PicklingError("a page of which nobody knows how it is made")
    context = shortened({name: job.context[name] for name in job.local if name in job.context})
    return number, job.template.name, job.encoding, context, tuple(sorted(job.local)), job.site_url


def texts_of(pages: Iterable[tuple[str, FactSet]]) -> dict[str, tuple[str, ...]]:
    """For each page that shows texts, the contents whose they are, as its facts name them."""
    shown = ((path, tuple(fact[1] for fact in facts[1] if fact[0] in (BODY, SUMMARY))) for path, facts in pages)
    return {path: texts for path, texts in shown if texts}


def _readers(writer: CollectingWriter, sources: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """For each content, by its path below the content folder, the files that show its text."""
    found: dict[str, list[str]] = {}
    for path, page in writer.records.pages.items():
        for fact in page.facts[1]:
            if fact[0] in (BODY, SUMMARY):
                found.setdefault(sources.get(fact[1] or path, ""), []).append(path)
    for path, job in writer.jobs.items():
        if isinstance(job, FeedJob) and isinstance(job.source, tuple):
            for content in job.source[0]:
                found.setdefault(content.get_relative_source_path(), []).append(path)
    return {source: tuple(dict.fromkeys(paths)) for source, paths in found.items()}
