"""What is known of an index, from one build to the next: a record <-> the file that keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from veillee.site.search.parts import Found

Stamp = tuple[int, int]
"""How large a file is, and when it was changed, in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part that stands in its place: a digest of what it was made from, and its files below the output folder."""

    source: str
    files: Mapping[str, Stamp]


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of an index: the pages as they were, what was to be found of each, and the parts."""

    program: str = ""
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    pages: Mapping[str, Found] = field(default_factory=dict)
    parts: Mapping[str, Part] = field(default_factory=dict)

    @property
    def paths(self) -> set[str]:
        """The files of the index."""
        return {path for part in self.parts.values() for path in part.files}


def as_json(record: Record) -> bytes:
    """A record as it is kept; pages share a line with their stamps."""
    pages = {
        path: [*stamp, found.digest, found.language, found.month]
        for (path, stamp), found in zip(record.stamps.items(), record.pages.values(), strict=True)
    }
    parts = {name: [part.source, part.files] for name, part in record.parts.items()}
    return json.dumps([record.program, pages, parts]).encode()


def read_record(file: Path) -> Record:
    """What is kept of an index; nothing where there is none, or none of ours."""
    try:
        program, pages, parts = json.loads(file.read_bytes())
        return Record(
            str(program),
            {path: (int(size), int(time_ns)) for path, (size, time_ns, *_) in pages.items()},
            {path: Found(*map(str, found)) for path, (_, _, *found) in pages.items()},
            {
                name: Part(str(source), {path: (int(size), int(time_ns)) for path, (size, time_ns) in files.items()})
                for name, (source, files) in parts.items()
            },
        )
    except (OSError, ValueError, TypeError, AttributeError):
        return Record()
