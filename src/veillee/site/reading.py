"""Reading a site: settings -> Pelican's generators with everything read -> Community. Nothing is written.

The phases of Pelican's own run, taken apart, so that a digest command stops after reading and every loss is known.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

import pelican  # noqa: F401 its logger must be made before any other of its modules is loaded
from pelican.generators import ArticlesGenerator, StaticGenerator
from pelican.plugins import signals

from veillee.config import SiteSettings
from veillee.errors import ConfigurationError, ContentError, Fault, SourceError, VeilleeError
from veillee.model import Community
from veillee.shown import shown_path
from veillee.site.content.articles import forget_rendered
from veillee.site.content.community import community_from
from veillee.site.content.learning import end_reading_ahead
from veillee.site.content.listing import has_nothing_disabled
from veillee.site.failures import fault_of_exception
from veillee.site.logs import LogCollector, collected_logs
from veillee.site.outputs.book import FOLDER as BUILD_FOLDER
from veillee.site.outputs.bytecode import Shared, TemplateCode
from veillee.site.outputs.contexts import SharedContext
from veillee.site.outputs.fragments.compiling import keep_fragments
from veillee.site.run import Report, Run, run_of
from veillee.site.settings import NOTES_KEY

CopyOf = Callable[[str], bytes | None]
"""The bytes of a picture that a build makes, by its path below the output folder; None where it is none of these."""


_TEMPLATES: Shared = {}
"""Compiled by sessions of this process: a preview opens one for each save."""


def no_copy(_path: str) -> bytes | None:
    """Of a site whose pictures are shown as they are."""
    return None


@dataclass(frozen=True, slots=True)
class SiteReading:
    """A site as it was read. `faults` name everything that its authors must mend; what is not named was read."""

    community: Community
    settings: SiteSettings
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    copy_of: CopyOf = no_copy


def read_site(settings: dict[str, Any]) -> SiteReading:
    """The community as it stands in the content now, with every fault; nothing is written.

    Raises ConfigurationError where reading cannot begin, ContentError where it cannot end.
    """
    with open_session(settings) as session:
        session.read()
        return session.reading()


@contextmanager
def open_session(settings: dict[str, Any]) -> Iterator[Session]:
    """A session whose traces in Pelican are gone when it ends; nothing that it does is printed."""
    with collected_logs(Path(settings["PATH"])) as logs:
        session = None
        try:
            session = Session(settings, logs)
            yield session
        finally:
            gc.unfreeze()
            forget_rendered()
            if session is not None:
                end_reading_ahead(session.run)
                if session.run.memory is not None:
                    session.run.memory.close()


class Session:
    """One Pelican and its generators, from reading to writing."""

    def __init__(self, settings: dict[str, Any], logs: LogCollector) -> None:
        self.settings = dict(settings)
        self.logs = logs
        self.pelican = _class_of_pelican(self.settings)(self.settings)
        run = run_of(self.settings)
        if logs.errors() or run is None:
            raise ConfigurationError(faults=logs.faults() or [_NOT_REGISTERED])
        self.run: Run = run
        self.code = TemplateCode(run.site.var / BUILD_FOLDER / "templates", _TEMPLATES)
        self.generators: list[Any] = []
        self.context = _context_for(self.settings)

    def begin(self, report: Report | None = None) -> None:
        """Makes the generators; our own files are read ahead meanwhile."""
        self.run.report = report
        self.run.begin("Reading")
        with without_collector():
            self.make_generators()

    def read(self) -> None:
        """Every generator's own reading, then what hangs on all of them."""
        with without_collector():
            self._read()

    def _read(self) -> None:
        if not self.generators:
            self.begin()
        for generator in self.generators:
            with self.failing_as_content():
                _read_into(generator)
        with self.failing_as_content():
            signals.all_generators_finalized.send(self.generators)
            for generator in self.generators:
                if hasattr(generator, "refresh_metadata_intersite_links"):
                    generator.refresh_metadata_intersite_links()

    def make_generators(self) -> None:
        """Pelican's, those of plugins, and ours, which have read nothing yet."""
        with self.failing_as_content():
            self.generators = [self._made(kind, self.context) for kind in self.pelican._get_generator_classes()]
        for generator in self.generators:
            if hasattr(generator, "env"):
                keep_fragments(generator.env)
                if generator.env.bytecode_cache is None:
                    generator.env.bytecode_cache = self.code

    def reading(self) -> SiteReading:
        """What was read; on a site with another theme the community is derived only now."""
        if self.run.community is None:
            with self.failing_as_content():
                self.run.community = community_from(self.articles, self.run)
        assert self.run.community
        return SiteReading(self.run.community, self.run.site, self.faults(), self.notes(), self._copy_of())

    def _copy_of(self) -> CopyOf:
        if self.run.gallery is None:
            return no_copy
        from veillee.site.pictures.darkroom import copy_maker  # a site with another theme does without

        return copy_maker(self.run.gallery, self.run.site.var)

    @property
    def articles(self) -> ArticlesGenerator:
        return next(one for one in self.generators if isinstance(one, ArticlesGenerator))

    @property
    def static_files(self) -> list[Any]:
        """The files that are copied as they are."""
        return [file for one in self.generators if isinstance(one, StaticGenerator) for file in one.staticfiles]

    def faults(self) -> tuple[Fault, ...]:
        """What the run found, and what only Pelican's log says, each once."""
        named = {fault.path for fault in self.run.faults}
        logged = [fault for fault in self.logs.faults() if fault.path not in named]
        known = chain.from_iterable(self.run.doubts.get(fault.path) or (fault,) for fault in logged)
        return tuple(sorted({*self.run.faults, *known}))

    @property
    def lost_count(self) -> int:
        """Posts that are in no list because of a fault: those that we left out, and those that Pelican gave up."""
        ours = {shown_path(self.run.site.content / name) for name in self.run.lost}
        given_up = self.logs.lost_files() - ours
        return self.run.tally.lost + sum(not self.run.source_file(path).is_page for path in given_up)

    def notes(self) -> tuple[str, ...]:
        early = self.settings.get(NOTES_KEY, ())
        logged = [note for note in self.logs.notes() if not self.run.namesakes.intersection(note.splitlines())]
        return tuple(dict.fromkeys([*early, *self.run.notes, *logged]))

    @contextmanager
    def failing_as_content(self) -> Iterator[None]:
        """Whatever a plugin, a template or Pelican raises becomes an error that names all faults so far."""
        try:
            yield
        except VeilleeError:
            raise
        except Exception as error:
            kind = SourceError if isinstance(error, OSError) else ContentError
            raise kind(faults=[*self.faults(), fault_of_exception(error, self.settings)]) from error

    def _made(self, kind: Any, context: dict[str, Any]) -> Any:
        site = self.pelican
        return kind(
            context=context, settings=self.settings, path=site.path, theme=site.theme, output_path=site.output_path
        )


@contextmanager
def without_collector() -> Iterator[None]:
    """Nearly all that is read stays until the session ends: looking through it for garbage finds none, each time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


_NOT_REGISTERED = Fault("veillee.plugin", 0, "the plugin was not registered", "", "look at PLUGINS in the settings")


def _class_of_pelican(settings: dict[str, Any]) -> Any:
    chosen = settings["PELICAN_CLASS"]
    if not isinstance(chosen, str):
        return chosen
    module, _, name = chosen.rpartition(".")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        fault = Fault("PELICAN_CLASS", 0, f'"{chosen}" cannot be loaded: {error}', "", "mend the settings")
        raise ConfigurationError(faults=[fault]) from error


def _context_for(settings: dict[str, Any]) -> SharedContext:
    """What all generators share, as Pelican makes it."""
    own = {"generated_content": {}, "static_links": set(), "static_content": {}, "localsiteurl": settings["SITEURL"]}
    return SharedContext({**settings, **own})


def _read_into(generator: Any) -> None:
    if hasattr(generator, "generate_context"):
        generator.generate_context()
    if hasattr(generator, "check_disabled_readers") and not has_nothing_disabled(generator):
        generator.check_disabled_readers()
