"""The search: pages of a built site -> an index beside them. Parts of it whose pages have changed are made anew."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from veillee.errors import SourceError
from veillee.site.leftovers import Leftovers
from veillee.site.outputs.writing import write_whole
from veillee.site.run import Run
from veillee.site.search.bundles import ENDINGS, ENTRY, served_files
from veillee.site.search.pagefind import program, run_pagefind
from veillee.site.search.parts import ROOT, Found, found_in, parts_of
from veillee.site.search.record import Part, Record, Stamp, as_json, read_record
from veillee.site.workers import core_count

FOLDER = "pagefind"
"""Below the output; the search page's script looks for the index there."""

PARTS = "parts.json"
"""Names for each language the parts that a search goes through besides the first."""

_FORM = 2


@dataclass(frozen=True, slots=True)
class Made:
    """A part that is not in its place yet: a digest of what it was made from, and its files in the order of writing.

    `pages` says what was to be found of each page when it was made.
    """

    source: str
    files: Mapping[str, bytes]
    pages: Mapping[str, Found]


@dataclass(frozen=True, slots=True)
class Index:
    """An index that is not in its place yet: its parts, but those that stand as they should, of which only the name."""

    stamps: Mapping[str, Stamp]
    pages: Mapping[str, Found]
    parts: Mapping[str, Made | None]


class Search:
    """The index of one output folder; the file `record` tells what it was made from, and what belongs to it."""

    def __init__(self, output: Path, record: Path) -> None:
        self._output = output
        self._file = record
        self._record = read_record(record)
        self._program = f"{_FORM} {program()}"

    @property
    def paths(self) -> set[str]:
        """The files of the index, below the output folder."""
        return self._record.paths

    @property
    def is_right(self) -> bool:
        """Whether the index stands as it was made, and the pages as they were then."""
        record = self._record
        is_same = record.program == self._program and record.stamps == self._stamps()
        return is_same and all(map(self._stands, record.parts.values()))

    def make(self, *, stop: Event | None = None) -> Index:
        """The index of the pages as they are now; nothing is written.

        With `stop`, it is made beside other work: it leaves the processor to others, and ends early when that is set.
        Raises SourceError, with what to do, where there is no Pagefind, it fails, or it is stopped.
        """
        stamps = self._stamps()
        pages = {path: self._found(path, stamp) for path, stamp in stamps.items()}
        parts = parts_of(pages)
        changed = [name for name, paths in parts.items() if not self._holds(name, self._source(paths, pages))]
        with ThreadPoolExecutor(max(1, min(core_count() if stop is None else 1, len(changed)))) as threads:
            made = list(threads.map(lambda name: self._made(name, parts[name], stop), changed))
        for one in made:
            pages |= one.pages  # they may have changed meanwhile, and are looked at again then
        found: dict[str, Made | None] = dict.fromkeys(parts) | dict(zip(changed, made, strict=True))
        return Index(stamps, pages, found | _names(parts))

    def put(self, index: Index, leftovers: Leftovers) -> None:
        """Puts an index in place. What names the other files comes last, and the old ones go after it.

        An old index is known by the names of its files too, since nobody else has such: the record may be lost.
        Raises SourceError where what it was made from cannot be kept.
        """
        old = self.paths | set(self._strays())
        stand = {name: self._record.parts[name] for name, made in index.parts.items() if made is None}
        made = {name: one for name, one in index.parts.items() if one is not None}
        new = {path for part in stand.values() for path in part.files}
        new |= {path for part in made.values() for path in part.files}
        leftovers.announce(new | old)
        for part in made.values():
            for path, content in part.files.items():
                write_whole(self._output / path, content)
        leftovers.drop(old - new)
        put = {name: Part(one.source, self._stamped(one.files)) for name, one in made.items()}
        self._record = Record(self._program, index.stamps, index.pages, stand | put)
        try:
            if self._file.is_dir():
                shutil.rmtree(self._file)
            write_whole(self._file, as_json(self._record))
        except OSError as error:
            raise SourceError(
                f"{self._file} cannot be written ({error.strerror}); the next build makes the search index again"
            ) from error

    def _made(self, name: str, paths: list[str], stop: Event | None) -> Made:
        with TemporaryDirectory(prefix="veillee-search-", ignore_cleanup_errors=True) as folder:
            site = Path(folder, "site")
            pages: dict[str, Found] = {}
            for path in paths:
                pages[path], part = found_in(self._page(path))
                target = site / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(part)
            bundle = served_files(run_pagefind(site, Path(folder, FOLDER), stop), is_first=name == ROOT)
        below = f"{FOLDER}/{name}/" if name else f"{FOLDER}/"
        files = {f"{below}{file}": content for file, content in bundle.items()}
        return Made(self._source(paths, pages), files, pages)

    def _source(self, paths: Iterable[str], pages: Mapping[str, Found]) -> str:
        """A digest of all that a part hangs on: what is to be found of its pages, and the program."""
        told = [self._program, *((path, pages[path].digest) for path in paths)]
        return blake2b(repr(told).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()

    def _found(self, path: str, stamp: Stamp) -> Found:
        if self._record.stamps.get(path) == stamp and self._record.program == self._program:
            return self._record.pages[path]
        return found_in(self._page(path))[0]

    def _page(self, path: str) -> bytes:
        """What a page holds; nothing where it has just gone."""
        try:
            return (self._output / path).read_bytes()
        except FileNotFoundError:
            return b""

    def _holds(self, name: str, source: str) -> bool:
        """Whether a part stands as it was made, and was made from this."""
        part = self._record.parts.get(name)
        return part is not None and part.source == source and self._stands(part)

    def _stands(self, part: Part) -> bool:
        return self._stamped(part.files) == part.files

    def _stamped(self, paths: Iterable[str]) -> dict[str, Stamp]:
        """Those of these files that there are."""
        found: dict[str, Stamp] = {}
        for path in paths:
            with suppress(OSError):
                found[path] = _stamp(os.stat(f"{self._output}/{path}"))  # noqa: PTH116 ten thousand of them
        return found

    def _stamps(self) -> dict[str, Stamp]:
        """All pages of the site, in order."""
        return dict(sorted(_html_below(str(self._output), "")))

    def _strays(self) -> Iterator[str]:
        for folder, _, names in os.walk(self._output / FOLDER):
            below = os.path.relpath(folder, self._output).replace(os.sep, "/")
            yield from (f"{below}/{name}" for name in names if name.endswith((*ENDINGS, ENTRY)))


def refresh_search(search: Search, leftovers: Leftovers, run: Run) -> bool:
    """Makes the index anew where pages have changed. Where that fails it is said, False, and the old one stays."""
    if search.is_right:
        return True
    run.begin("Indexing")
    try:
        search.put(search.make(), leftovers)
    except SourceError as error:
        run.note(error.message)
        return False
    return True


def _names(parts: Iterable[str]) -> dict[str, Made]:
    """The file that names the parts, as one that is always put in place; none where nothing is to be found."""
    others: dict[str, list[str]] = {}
    for name in parts:
        if name != ROOT:
            others.setdefault(name.rpartition("-")[0], []).append(name)
    files = {f"{FOLDER}/{PARTS}": json.dumps(others, sort_keys=True).encode()}
    return {PARTS: Made("", files, {})} if parts else {}


def _html_below(folder: str, name: str) -> Iterator[tuple[str, Stamp]]:
    """The pages of a folder by their path; what goes away meanwhile is left out."""
    with suppress(FileNotFoundError), os.scandir(f"{folder}/{name}") as entries:
        for entry in entries:
            path = f"{name}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if path != FOLDER:
                    yield from _html_below(folder, f"{path}/")
            elif entry.name.endswith(".html"):
                with suppress(FileNotFoundError):
                    yield path, _stamp(entry.stat())


def _stamp(stat: os.stat_result) -> Stamp:
    return stat.st_size, stat.st_mtime_ns
