"""Building a site: settings -> reading -> files below the output folder, and a report that leaves nothing out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from pelican.plugins import signals

from veillee.shown import shown_path
from veillee.site.compressing import SUFFIX, compress_files
from veillee.site.horizon import horizon_of
from veillee.site.leftovers import LIST_NAME, Leftovers
from veillee.site.outputs.beforehand import digests_beforehand
from veillee.site.outputs.book import Book
from veillee.site.outputs.collecting import CollectingWriter
from veillee.site.outputs.finishing import finish
from veillee.site.outputs.fragments.lasting import Lasting, save_fragments
from veillee.site.outputs.writing import WholeFileWriter
from veillee.site.programs import are_settled, sources_of
from veillee.site.reading import Session, open_session
from veillee.site.replay.freezing import save_plan
from veillee.site.replay.planning import Planner
from veillee.site.report import BuildReport, Rest
from veillee.site.run import Report, Tally
from veillee.site.search.index import Search, refresh_search
from veillee.site.settings import FILE_KEY, ROOT_KEY

Keep = Callable[[Session, CollectingWriter, BuildReport], None]


def build_site(
    settings: dict[str, Any], *, report: Report | None = None, is_index_left: bool = False, keep: Keep | None = None
) -> BuildReport:
    """Reads the site and writes it; what has a fault is left out, named, and sets the exit code.

    `is_index_left`: somebody else brings the search index up to date, in their own time. `keep` is given a build that
    has ended well, as it stands in memory.
    Raises ConfigurationError with nothing written where reading cannot begin.
    """
    started = time.monotonic()
    with open_session(settings) as session, _book_of(session) as book:
        session.begin(report)
        planner = Planner(session)
        session.read()
        if session.run.memory is not None:
            session.run.memory.save_beside()
        leftovers = _leftovers_of(session, book)
        if book.has_died:
            leftovers.clear_parts()
        writer = session.pelican._get_writer()
        session.run.begin("Planning")
        lasting = None if session.run.is_ours else Lasting()
        waiting = session.run.contents if isinstance(writer, CollectingWriter) else ()
        with digests_beforehand(waiting, session.generators) as digests:
            _plan(session, writer)
            planner.close()
            with session.failing_as_content():
                if isinstance(writer, CollectingWriter):
                    leftovers.announce({*writer.jobs, *_copied(session)})
                    finish(writer, book, session.run, digests_of_contents=digests, lasting=lasting)
                signals.finalized.send(session.pelican)
        session.run.begin("Putting in order")
        session.code.save()
        compressed = _compressed(session, writer, leftovers)
        search = _search_of(session, writer, book)
        removed = _sweep(session, writer, leftovers, compressed | (search.paths if search else set()))
        is_searched = search is None or is_index_left or refresh_search(search, leftovers, session.run)
        if isinstance(writer, CollectingWriter):
            trouble = book.write(writer.records)
            if trouble:
                session.run.note(trouble)
        derived = compressed | (search.paths if search else set())
        rest = _rest_of(session, writer, derived) if is_searched else None
        done = _report_of(session, writer, removed=len(removed), seconds=time.monotonic() - started)
        if rest is not None and not compressed:
            session.run.begin("Keeping the plan")
            rest = replace(rest, mark=_keep_plan(planner, writer, book, done, lasting))
        session.run.begin("")
        done = replace(done, rest=rest, phases=tuple(session.run.timings.items()))
        if keep is not None and rest is not None and isinstance(writer, CollectingWriter):
            keep(session, writer, done)
        return done


def _plan(session: Session, writer: Any) -> None:
    """Every file is asked for."""
    for generator in session.generators:
        with session.failing_as_content():
            if hasattr(generator, "generate_output"):
                generator.generate_output(writer)


def _keep_plan(planner: Planner, writer: Any, book: Book, done: BuildReport, lasting: Lasting | None) -> bytes:
    """The mark of the plan that was kept; empty where none could be."""
    files = done.files_written + done.files_unchanged
    still = replace(done, files_written=0, files_unchanged=files, files_removed=0, made=())
    said = {one.name: getattr(still, one.name) for one in fields(still) if one.name not in ("seconds", "made")}
    plan = None if done.notes else planner.plan(writer, said)
    try:
        book.forget_fragments()  # they may have the same mark, and other texts
        if plan is None:
            return b""
        mark, numbers = save_plan(book.plan, plan, writer.jobs, planner.texts)
        if lasting is not None:
            save_fragments(book.fragments, mark, lasting.new, numbers)
        return mark
    except Exception:  # noqa: BLE001 whatever an object raises that cannot be kept
        return b""


@contextmanager
def _book_of(session: Session) -> Iterator[Book]:
    """What is known of the builds into this output, held by this build alone."""
    site = session.run.site
    book = Book(site.var, site.output, str(session.settings[FILE_KEY]))
    with book.held(lambda: session.run.begin("Waiting for another build of this site")):
        yield book


def _compressed(session: Session, writer: Any, leftovers: Leftovers) -> set[str]:
    """The compressed copies of what was written, where the settings ask for them."""
    site = session.run.site
    if not site.is_compressed or not isinstance(writer, WholeFileWriter):
        return set()
    paths = writer.paths | _copied(session)
    leftovers.announce(paths | {f"{path}{SUFFIX}" for path in paths})
    return compress_files(site.output, sorted(paths))


def _search_of(session: Session, writer: Any, book: Book) -> Search | None:
    """The search of a site that has one."""
    run = session.run
    has_one = run.is_ours and run.site.has_search and isinstance(writer, WholeFileWriter)
    return Search(run.site.output, book.search) if has_one else None


def _sweep(session: Session, writer: Any, leftovers: Leftovers, derived: set[str]) -> tuple[str, ...]:
    """Takes away what an earlier build wrote and this one did not."""
    if not isinstance(writer, WholeFileWriter):
        return ()
    withdrawn = {str(one.article.save_as) for one in session.run.unshown}
    return leftovers.sweep(writer.paths | _copied(session) | derived, only=withdrawn if session.faults() else None)


def _copied(session: Session) -> set[str]:
    """The files of the site that Pelican copies as they are, from the content and from the theme."""
    settings, output = session.settings, session.run.site.output
    found = {str(file.save_as) for file in session.static_files}
    for name in settings["THEME_STATIC_PATHS"]:
        source = Path(settings["THEME"], name)
        target = str(settings["THEME_STATIC_DIR"])
        files = [source] if source.is_file() else [path for path in source.rglob("*") if path.is_file()]
        start = source.parent if source.is_file() else source
        found |= {f"{target}/{path.relative_to(start).as_posix()}" for path in files}
    return {path for path in found if (output / path).is_file()}


def _leftovers_of(session: Session, book: Book) -> Leftovers:
    """The list stands in the output where the theme is ours; the output of another theme holds what Pelican writes."""
    output = session.run.site.output
    return Leftovers(output, output / LIST_NAME if session.run.is_ours else book.listing, book.recorded_files)


def _report_of(session: Session, writer: Any, *, removed: int, seconds: float) -> BuildReport:
    tally: Tally = session.run.tally
    return BuildReport(
        output=shown_path(Path(session.settings["OUTPUT_PATH"])),
        read=tally.read - tally.lost + session.lost_count,
        published=tally.published,
        hidden=tally.hidden,
        drafts=tally.drafts + tally.skipped,
        scheduled=tally.scheduled,
        expired=tally.expired,
        lost=session.lost_count,
        pages=tally.pages,
        files_written=getattr(writer, "changed_count", 0),
        files_unchanged=getattr(writer, "unchanged_count", 0),
        files_removed=removed,
        faults=session.faults(),
        notes=session.notes(),
        seconds=round(seconds, 2),
        made=writer.made if isinstance(writer, CollectingWriter) else (),
    )


def _rest_of(session: Session, writer: Any, derived: set[str]) -> Rest | None:
    run, root = session.run, Path(session.settings[ROOT_KEY])
    if session.faults() or not isinstance(writer, CollectingWriter) or writer.records.is_doubtful:
        return None
    sources = sources_of(session.settings, root)
    if sources is None or not are_settled(sources):
        return None
    written = (str(run.site.output / path) for path in (*writer.paths, *_copied(session), *derived))
    return Rest(tuple(written), horizon_of(run))
