"""Learning: readings that went without a word of trouble, kept for the next build, and made in several processes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from veillee.site.content.links import find_in_content
from veillee.site.content.memory import Memory, Remembered, stamp_of
from veillee.site.content.records import Record
from veillee.site.logs import Listener, forget_what_was_said
from veillee.site.run import RUN_KEY, Run, SourceFile
from veillee.site.workers import in_workers, worker_count

LEAST_FILES = 40
"""Below so many for each process, a fork costs more than it brings."""

Read = Callable[[SourceFile, Run], tuple[str | None, dict[str, Any]]]


def recalled(source: SourceFile, run: Run) -> tuple[str, dict[str, Any]] | None:
    """What reading a file came to, where that still stands."""
    if run.memory is None:
        return None
    return run.memory.recall(source.relative, source.path, lambda _, link: find_in_content(link, source, run))


def learned(source: SourceFile, run: Run, read: Read) -> tuple[str | None, dict[str, Any]]:
    """What reading a file comes to, kept where there was no trouble in it."""
    memory = run.memory
    if memory is None:
        return read(source, run)
    listener, troubles, asked = Listener(), run.trouble_count, len(run.looked_up)
    try:
        stamp = stamp_of(source.path)
    except OSError:
        return read(source, run)
    with listener.listening():
        content, metadata = read(source, run)
    if content is not None and not listener.count and run.trouble_count == troubles and _is_timeless(metadata):
        links = tuple(dict.fromkeys(run.looked_up[asked:]))
        remembered = memory.packed(source.path, stamp, (content, metadata), links)
        if remembered is not None:
            memory.learn(source.relative, remembered)
    return content, metadata


def read_ahead(paths: Sequence[str], reader_of: Callable[[str], Any], run: Run) -> None:
    """Reads files that are not remembered in as many processes as there are cores; only what went well is kept."""
    memory = run.memory
    if memory is None:
        return
    waiting = [path for path in paths if _is_new(run.source_file(path), memory)]
    count = worker_count(len(waiting), least=LEAST_FILES)
    if count == 1:
        return

    def share(number: int) -> dict[str, Remembered]:
        return _share(waiting[number::count], reader_of, run, memory)

    for found in in_workers(count, share):
        for name, remembered in (found or {}).items():
            memory.learn(name, remembered)
    forget_what_was_said()


def _share(paths: Sequence[str], reader_of: Callable[[str], Any], run: Run, memory: Memory) -> dict[str, Remembered]:
    """What these files came to; nobody hears of trouble here, since whoever has it is read once more."""
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    scratch = run.scratch()
    try:
        for path in paths:
            reader = reader_of(path)
            reader.settings[RUN_KEY] = scratch
            try:
                reader.read(path)
            except Exception:  # noqa: BLE001, S112 it is read once more where its error can be told
                continue
            finally:
                reader.settings[RUN_KEY] = run
    finally:
        root.handlers = handlers
    return memory.news([run.source_file(path).relative for path in paths])


def _is_new(source: SourceFile, memory: Memory) -> bool:
    try:
        return not memory.knows(source.relative, stamp_of(Path(source.path)))
    except OSError:
        return False


def _is_timeless(metadata: dict[str, Any]) -> bool:
    """A draft without a date gets that of the build."""
    record = metadata.get("veillee")
    return not isinstance(record, Record) or record.is_pelicans or record.raw.published_at is not None
