"""Learning: files of the content are read once, in several processes, and what they came to is remembered.

A file -> its read, remembered or made here or by a helper -> what it says, told to the run -> HTML and metadata.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pelican.readers import _filter_discardable_metadata

from veillee.site.ahead import Ahead
from veillee.site.content.findings import findings_of, tell
from veillee.site.content.links import find_in_content
from veillee.site.content.memory import Memory, Remembered, Watch, settled_stamp
from veillee.site.content.reads import FileRead, packed, plain_metadata, wrappers_of
from veillee.site.content.records import Record
from veillee.site.logs import Listener
from veillee.site.run import Run, SourceFile
from veillee.site.workers import worker_count

LEAST_FILES = 40
"""Below so many for each process, a fork costs more than it brings."""

Result = tuple[str | None, dict[str, Any]]
"""HTML and metadata, as a reader gives them."""
Read = Callable[[SourceFile, Run], Result]

_listener = Listener()


def learned(source: SourceFile, run: Run, read: Read) -> Result:
    """What a file comes to, remembered or read; the run hears what it has to say."""
    if run.ahead is not None:
        run.ahead.reach(source.relative)
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
    """Begins to read files that are not remembered, from the last one on, in as many processes as there are cores.

    `reading_of` says how each is read. What cannot be kept is read once more when Pelican asks for it. `workers` None
    means: as many as pay, this process included.
    """
    memory = run.memory
    if memory is None:
        return
    waiting = paths if memory.is_empty else [path for path in paths if _is_new(run.source_file(path), memory)]
    count = workers or worker_count(len(waiting), least=LEAST_FILES)
    if count > 1:
        run.ahead = ReadingAhead(waiting, reading_of, run, memory, helpers=count - 1)


class ReadingAhead:
    """Helpers that read files from the end, while Pelican asks for them from the beginning."""

    def __init__(
        self,
        paths: Sequence[str],
        reading_of: Callable[[str], Read],
        run: Run,
        memory: Memory[FileRead],
        *,
        helpers: int,
    ) -> None:
        self._memory = memory

        def read(place: int) -> Remembered | None:
            logging.getLogger().handlers = []  # nobody hears of trouble in a helper: it is read once more
            return _lesson(run.source_file(paths[place]), run, reading_of(paths[place])).remembered

        self._helpers = Ahead(len(paths), helpers, read)
        self._names = [run.source_file(path).relative for path in paths]  # helpers are at work meanwhile
        self._places = {name: place for place, name in enumerate(self._names)}

    def reach(self, name: str) -> None:
        """Pelican asks for a file: what helpers have read by now is remembered."""
        place = self._places.get(name)
        if place is not None:
            for other, remembered in self._helpers.reach(place):
                if remembered is not None:
                    self._memory.learn(self._names[other], remembered)

    def close(self) -> None:
        """Nothing more is read."""
        self._helpers.close()


def end_reading_ahead(run: Run) -> None:
    """Every file was asked for, or nobody will ask any more."""
    if run.ahead is not None:
        run.ahead.close()
        run.ahead = None


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
    scratch, said = run.scratch(), _listener.count
    scratch.raw = None if watch is None else watch.raw
    try:
        with _listener.listening():
            html, metadata = read(source, scratch)
    except Exception:
        tell(findings_of(scratch, source), source, run)
        raise
    plain = plain_metadata(_filter_discardable_metadata(metadata))
    asked = tuple(dict.fromkeys(scratch.looked_up))
    found = FileRead(html, plain, findings_of(scratch, source), asked)
    if watch is None or _listener.count > said or not _is_timeless(metadata):
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
