"""Learning: files of the content are read once, in several processes, and what they came to is remembered.

A file -> its read, remembered or made here or in a worker -> what it says, told to the run -> HTML and metadata.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pelican.readers import _filter_discardable_metadata

from veillee.site.content.findings import findings_of, tell
from veillee.site.content.links import find_in_content
from veillee.site.content.memory import Memory, Remembered, Watch, settled_stamp
from veillee.site.content.reads import FileRead, packed, plain_metadata, wrappers_of
from veillee.site.content.records import Record
from veillee.site.logs import Listener, forget_what_was_said
from veillee.site.run import Run, SourceFile
from veillee.site.workers import in_workers, worker_count

LEAST_FILES = 40
"""Below so many for each process, a fork costs more than it brings."""

Result = tuple[str | None, dict[str, Any]]
"""HTML and metadata, as a reader gives them."""
Read = Callable[[SourceFile, Run], Result]


def learned(source: SourceFile, run: Run, read: Read) -> Result:
    """What a file comes to, remembered or read; the run hears what it has to say."""
    found = _recalled(source, run)
    if found is None:
        lesson = _lesson(source, run, read)
        found = lesson.read
        if lesson.remembered and run.memory is not None:
            run.memory.learn(source.relative, lesson.remembered, found)
    tell(found.findings, source, run)
    if found.html is not None and run.memory is not None and run.memory.keeps(source.relative):
        run.texts[source.relative] = found.html
    return found.html, wrappers_of(run).metadata(found.metadata)


def learned_anew(source: SourceFile, run: Run, read: Read) -> FileRead | None:
    """What a file comes to now, whatever is remembered of it; None where that cannot be kept, or is an error."""
    try:
        lesson = _lesson(source, run.scratch(), read)
    except Exception:  # noqa: BLE001 who reads it with all others says what is wrong
        return None
    if lesson.remembered is None or run.memory is None:
        return None
    run.memory.learn(source.relative, lesson.remembered, lesson.read)
    return lesson.read


def read_ahead(
    paths: Sequence[str], reading_of: Callable[[str], Read], run: Run, *, workers: int | None = None
) -> None:
    """Reads files that are not remembered in as many processes as there are cores; `reading_of` says how each is read.

    What cannot be kept is read once more when Pelican asks for it. `workers` None means: as many as pay.
    """
    memory = run.memory
    if memory is None:
        return
    waiting = [path for path in paths if _is_new(run.source_file(path), memory)]
    count = workers or worker_count(len(waiting), least=LEAST_FILES)
    if count == 1:
        return

    def share(number: int) -> dict[str, Remembered]:
        return _share(waiting[number::count], reading_of, run, memory, is_mine=number == 0)

    for found in in_workers(count, share)[1:]:
        for name, remembered in (found or {}).items():
            memory.learn(name, remembered)
    forget_what_was_said()


@dataclass(frozen=True, slots=True)
class _Lesson:
    """A file that was read, and how to keep that; None where it cannot be kept."""

    read: FileRead
    remembered: Remembered | None


def _recalled(source: SourceFile, run: Run) -> FileRead | None:
    if run.memory is None:
        return None
    found: FileRead | None = run.memory.recall(
        source.relative, source.path, lambda link: find_in_content(link, source, run)
    )
    return found


def _lesson(source: SourceFile, run: Run, read: Read) -> _Lesson:
    watch = _watch(source, run)
    scratch, listener = run.scratch(), Listener()
    try:
        with listener.listening():
            html, metadata = read(source, scratch)
    except Exception:
        tell(findings_of(scratch, source), source, run)
        raise
    plain = plain_metadata(_filter_discardable_metadata(metadata))
    asked = tuple(dict.fromkeys(scratch.looked_up))
    found = FileRead(html, plain, findings_of(scratch, source), asked)
    if watch is None or listener.count or not _is_timeless(metadata):
        return _Lesson(found, None)
    content = packed(found)
    return _Lesson(found, watch.remembered(content, asked) if content else None)


def _watch(source: SourceFile, run: Run) -> Watch | None:
    if run.memory is None:
        return None
    try:
        return Watch(source.path)
    except OSError:
        return None


def _share(
    paths: Sequence[str], reading_of: Callable[[str], Read], run: Run, memory: Memory[FileRead], *, is_mine: bool
) -> dict[str, Remembered]:
    """What these files came to; nobody hears of trouble here, since whoever cannot be kept is read once more.

    What this process reads itself, it needs not unpack again.
    """
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    learned: dict[str, Remembered] = {}
    try:
        for path in paths:
            source = run.source_file(path)
            try:
                lesson = _lesson(source, run, reading_of(path))
            except Exception:  # noqa: BLE001, S112 it is read once more where its error can be told
                continue
            if lesson.remembered is None:
                continue
            learned[source.relative] = lesson.remembered
            if is_mine:
                memory.learn(source.relative, lesson.remembered, lesson.read, is_awaited=True)
    finally:
        root.handlers = handlers
    return {} if is_mine else learned


def _is_new(source: SourceFile, memory: Memory[FileRead]) -> bool:
    try:
        return not memory.knows(source.relative, settled_stamp(source.path))
    except OSError:
        return False


def _is_timeless(metadata: dict[str, Any]) -> bool:
    """A draft without a date gets that of the build; a page without one has none."""
    record = metadata.get("veillee")
    if not isinstance(record, Record) or record.is_pelicans:
        return True
    return record.raw.published_at is not None or "date" not in metadata
