"""Records: what each file of the site was made from, kept from one build to the next.

The file is thrown away where it is not whole, or of another version; then everything is rendered again, and right.
"""

from __future__ import annotations

import marshal
import os
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from veillee.site.outputs.tracking import Fact
from veillee.site.outputs.writing import write_whole
from veillee.site.packing import packed_as_call

VERSION = 1
_HEAD = f"veillee build {VERSION} python {sys.version_info[0]}.{sys.version_info[1]}\n".encode()

FactSet = tuple[tuple[Fact, ...], tuple[Fact, ...], tuple[str, ...]]
"""The facts of a page: those that are the same for every page, those of its own, and the names that are its own."""


@packed_as_call
@dataclass(frozen=True, slots=True)
class Stamp:
    """How a file stood on the disk when it was right: its size in bytes, and when it was written."""

    size: int
    mtime_ns: int


GONE = Stamp(-1, 0)
"""Stands for a file that is not there any more: no file is like it."""


@dataclass(frozen=True, slots=True)
class PageRecord:
    """A page as it was rendered: which facts, what those of its own came to, and its file."""

    facts: FactSet
    own: tuple[bytes, ...]
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class FeedRecord:
    """A feed as it was rendered: the digest of what it was made from, and its file."""

    source: bytes
    stamp: Stamp


@dataclass(slots=True)
class Records:
    """Of one site and one output folder. `shared` are the digests of the facts that are the same for every page."""

    signature: bytes
    shared: dict[Fact, bytes] = field(default_factory=dict)
    pages: dict[str, PageRecord] = field(default_factory=dict)
    feeds: dict[str, FeedRecord] = field(default_factory=dict)

    @property
    def is_doubtful(self) -> bool:
        """Whether a page has read something of which nobody can say whether it has changed."""
        shared = any(digest == b"" for digest in self.shared.values())
        return shared or any(b"" in page.own for page in self.pages.values()) or self._has_doubtful_feed

    @property
    def _has_doubtful_feed(self) -> bool:
        return any(feed.source == b"" for feed in self.feeds.values())

    def save(self, path: Path) -> None:
        """Raises OSError."""
        numbers: dict[int, int] = {}
        sets: list[FactSet] = []
        for page in self.pages.values():
            if id(page.facts) not in numbers:
                numbers[id(page.facts)] = len(sets)
                sets.append(page.facts)
        pages = {
            name: (numbers[id(one.facts)], one.own, one.stamp.size, one.stamp.mtime_ns)
            for name, one in self.pages.items()
        }
        feeds = {name: (one.source, one.stamp.size, one.stamp.mtime_ns) for name, one in self.feeds.items()}
        content = marshal.dumps((self.signature, self.shared, sets, pages, feeds))
        write_whole(path, _HEAD + sha256(content).hexdigest().encode() + b"\n" + content)


def load_records(path: Path, *, signature: bytes) -> tuple[Records, str]:
    """The records, and why there are none, where there could be: a sentence, empty where there is nothing to say."""
    content, why = _content_of(path)
    if content is None:
        return Records(signature), why
    try:
        return _read(content, signature)
    except (ValueError, TypeError, LookupError):
        return Records(signature), "what is known of the last build is damaged"


def recorded_files(path: Path) -> set[str]:
    """The files that the last build wrote, whatever its signature."""
    content, _ = _content_of(path)
    try:
        return {*content[3], *content[4]} if content is not None else set()
    except (TypeError, LookupError):
        return set()


def _content_of(path: Path) -> tuple[Any, str]:
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, f"what is known of the last build cannot be read ({error.strerror})"
    if not found.startswith(_HEAD):
        return None, "what is known of the last build is of another version"
    seal, _, content = found[len(_HEAD) :].partition(b"\n")
    if sha256(content).hexdigest().encode() != seal:
        return None, "what is known of the last build is damaged"
    try:
        return marshal.loads(content), ""  # noqa: S302 sealed above
    except (ValueError, TypeError, EOFError):
        return None, "what is known of the last build is damaged"


def _read(content: Any, signature: bytes) -> tuple[Records, str]:
    its_signature, shared, sets, pages, feeds = content
    if its_signature != signature:
        return Records(signature), ""
    records = Records(signature, shared)
    for name, (number, own, size, mtime_ns) in pages.items():
        records.pages[name] = PageRecord(sets[number], own, Stamp(size, mtime_ns))
    for name, (source, size, mtime_ns) in feeds.items():
        records.feeds[name] = FeedRecord(source, Stamp(size, mtime_ns))
    return records, ""


def stamp_of(path: str) -> Stamp | None:
    """How a file stands on the disk now; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return Stamp(found.st_size, found.st_mtime_ns)
