"""Rereading: a file of the content that was saved -> what it comes to now, where only its words are others.

No link to another file, no address and no list may hang on what has changed; else the site is built as ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pelican.utils import file_suffix

from veillee.site.content.learning import learned_anew
from veillee.site.content.links import linking_tags
from veillee.site.content.readers import PostFileReader
from veillee.site.content.reads import FileRead
from veillee.site.content.records import Record
from veillee.site.run import Run

Words = Mapping[str, Any]
"""Fields of a raw post that may become others, each with a value that stands for any."""

TEXT: Words = {"body": "", "body_line": 0}
TEXT_AND_ANSWERS: Words = {**TEXT, "answers": (), "reactions": ()}


class ChangedOtherwiseError(Exception):
    """More than words has changed, or nobody can tell what hangs on them."""


def reread(path: Path, run: Run, readers: Mapping[str, Any], words: Words) -> FileRead:
    """What a file comes to now; `readers` are Pelican's, by the ending of names.

    Raises ChangedOtherwiseError where anything but these words differs from what is remembered of it.
    """
    source, reader = run.source_file(path), readers.get(file_suffix(str(path)))
    was = run.memory.kept(source.relative) if run.memory else None
    if was is None or not isinstance(reader, PostFileReader):
        raise ChangedOtherwiseError
    now = learned_anew(source, run, reader.read_apart)
    if now is None or not _differ_in_words(was, now, words):
        raise ChangedOtherwiseError
    return now


def records_in(read: FileRead) -> Iterator[Record]:
    """The post of a file as it was read; none where Pelican alone knows of it."""
    return (value for value in read.metadata.values() if isinstance(value, Record))


def _differ_in_words(was: FileRead, now: FileRead, words: Words) -> bool:
    return (
        was.html is not None
        and now.html is not None
        and (was.findings, was.asked) == (now.findings, now.asked)
        and now.findings.is_silent
        and _links(was) == _links(now)
        and was.metadata.keys() == now.metadata.keys()
        and all(_are_alike(value, now.metadata[name], words) for name, value in was.metadata.items())
    )


def _links(read: FileRead) -> list[str]:
    """The tags whose address Pelican works out."""
    texts = [read.html or "", *(answer.html for record in records_in(read) for answer in record.answers)]
    return [tag for text in texts for tag in linking_tags(text)]


def _are_alike(was: Any, now: Any, words: Words) -> bool:
    if isinstance(was, Record) and isinstance(now, Record):
        if was.rest or now.rest or was.is_pelicans != now.is_pelicans:
            return False
        return replace(was.raw, **words) == replace(now.raw, **words)
    return bool(was == now) and was.__class__ is now.__class__
