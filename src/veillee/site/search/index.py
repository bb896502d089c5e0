"""The search: pages of a built site -> Pagefind's command -> an index beside them, made anew where pages have changed.

The one door to Pagefind. It runs in an empty folder and without its own settings, so that the same pages give the same
index wherever the command was called.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from veillee.errors import SourceError
from veillee.site.leftovers import Leftovers
from veillee.site.outputs.writing import write_whole
from veillee.site.run import Run
from veillee.site.search.bundles import ENDINGS, served_files

FOLDER = "pagefind"
"""Below the output; the search page's script looks for the index there."""

MARK = b"data-pagefind-body"
"""What a page holds that is to be found. Where none does, Pagefind would take all of them, lists too."""

_FORM = 1
_PATIENCE_S = 1800.0
_LOOK_S = 0.1
_KIND = 10
_SAID = 300
_TODO = "install it with: python -m pip install 'pagefind[bin]', or write VEILLEE_SEARCH = False in the settings"

Stamps = dict[str, list[int]]
"""Files below the output folder, each with its size and when it was changed, in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Index:
    """An index that is not in its place yet: what it was made from, and its files in the order of their writing."""

    source: str
    files: tuple[tuple[str, bytes], ...]


class Search:
    """The index of one output folder; the file `record` tells what it was made from, and what belongs to it."""

    def __init__(self, output: Path, record: Path) -> None:
        self._output = output
        self._record = record

    @property
    def paths(self) -> set[str]:
        """The files of the index, below the output folder."""
        return set(self._stamps)

    @property
    def is_right(self) -> bool:
        """Whether the index stands as it was made, and the pages as they were then."""
        known_source, stamps = self._known
        return known_source == self._source() and all(self._stamp(path) == stamp for path, stamp in stamps.items())

    def make(self, *, stop: Event | None = None) -> Index:
        """The index of the pages as they are now; nothing is written.

        With `stop`, it is made beside other work: it leaves the processor to others, and ends early when that is set.
        Raises SourceError, with what to do, where there is no Pagefind, it fails, or it is stopped.
        """
        source = self._source()
        with TemporaryDirectory(prefix="veillee-search-", ignore_cleanup_errors=True) as folder:
            site, target = Path(folder, "site"), Path(folder, FOLDER)
            if not self._put_found_parts(site):
                return Index(source, ())
            _run_pagefind(site, target, stop)
            return Index(source, tuple(_files_of(target)))

    def _put_found_parts(self, site: Path) -> int:
        """Writes what is to be found of each page into a folder: how many pages that are."""
        count = 0
        for path in self._pages():
            page = path.read_bytes()
            if MARK in page:
                count += 1
                target = site / path.relative_to(self._output)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(found_part(page))
        return count

    def put(self, index: Index, leftovers: Leftovers) -> None:
        """Puts an index in place. What names the other files comes last, and the old ones go after it.

        An old index is known by the endings of its files too, since nobody else has such: the record may be lost.
        Raises SourceError where what it was made from cannot be kept.
        """
        old = self.paths | set(self._strays())
        new = {path for path, _ in index.files}
        leftovers.announce(new | old)
        for path, content in index.files:
            write_whole(self._output / path, content)
        leftovers.drop(old - new)
        stamps = {path: self._stamp(path) for path in sorted(new)}
        try:
            if self._record.is_dir():
                shutil.rmtree(self._record)
            write_whole(self._record, json.dumps([index.source, stamps]).encode())
        except OSError as error:
            raise SourceError(
                f"{self._record} cannot be written ({error.strerror}); the next build makes the search index again"
            ) from error
        self.__dict__.pop("_known", None)

    def _strays(self) -> Iterator[str]:
        for path in (self._output / FOLDER).rglob("*"):
            if path.name.endswith(ENDINGS) and path.is_file():
                yield path.relative_to(self._output).as_posix()

    @property
    def _stamps(self) -> Stamps:
        return self._known[1]

    @cached_property
    def _known(self) -> tuple[str, Stamps]:
        """What the record says; nothing where there is none."""
        try:
            source, stamps = json.loads(self._record.read_bytes())
            return str(source), {str(path): list(map(int, stamp)) for path, stamp in stamps.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return "", {}

    def _source(self) -> str:
        """A digest of all that an index hangs on: the pages, by size and time, and the program."""
        found = [_FORM, _program(), *((path.as_posix(), self._stamp(str(path))) for path in self._pages())]
        return blake2b(repr(found).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()

    def _pages(self) -> list[Path]:
        return sorted(_html_below(str(self._output)))

    def _stamp(self, path: str) -> list[int]:
        try:
            stat = (self._output / path).stat()
        except OSError:
            return []
        return [stat.st_size, stat.st_mtime_ns]


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


def found_part(page: bytes) -> bytes:
    """A page without what stands around its main part, where that holds all that is to be found; else all of it."""
    opening = page.find(b"<html")
    head_end, start, end = page.find(b">", opening) + 1, page.find(b"<main"), page.rfind(b"</main>")
    if opening < 0 or not 0 <= start < page.find(MARK) <= page.rfind(MARK) < end:
        return page
    return page[opening:head_end] + b"<body>" + page[start:end] + b"</main></body></html>"


def _html_below(folder: str) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        if parent == folder and FOLDER in folders:
            folders.remove(FOLDER)
        yield from (Path(parent, name) for name in names if name.endswith(".html"))


def _program() -> str:
    try:
        return version("pagefind_bin")
    except PackageNotFoundError:
        return ""


def _run_pagefind(site: Path, target: Path, stop: Event | None) -> None:
    command = [sys.executable, "-m", "pagefind", "--site", str(site), "--output-path", str(target)]
    around = {name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")}
    if not _program():
        raise SourceError(f"the site has no search: Pagefind is not installed; {_TODO}")
    try:
        process = subprocess.Popen(  # noqa: S603 our own interpreter
            [*command, "--keep-index-url", "--silent"],
            cwd=target.parent,
            env=around,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        if stop is not None:
            os.setpriority(os.PRIO_PROCESS, process.pid, _KIND)
        said = _said_by(process, stop)
    except OSError as error:
        raise SourceError(
            f"the search was not made anew: Pagefind cannot be run ({error.strerror}); {_TODO}"
        ) from error
    if process.returncode:
        words = " ".join(said.decode("utf-8", "replace").split())[-_SAID:] or f"exit code {process.returncode}"
        raise SourceError(f"the search was not made anew: Pagefind failed ({words}); build again, or {_TODO}")


def _said_by(process: subprocess.Popen[bytes], stop: Event | None) -> bytes:
    """What it said of errors when it has ended. Raises SourceError where it would not, or is to `stop`."""
    until_s = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return process.communicate(timeout=_PATIENCE_S if stop is None else _LOOK_S)[1]
        except subprocess.TimeoutExpired as error:
            if stop is not None and not stop.is_set() and time.monotonic() < until_s:
                continue
            process.kill()
            process.communicate()
            what = "it was stopped" if stop and stop.is_set() else f"Pagefind did not end in {_PATIENCE_S:.0f} s"
            raise SourceError(f"the search was not made anew: {what}") from error


def _files_of(bundle: Path) -> Iterator[tuple[str, bytes]]:
    written = {path.relative_to(bundle).as_posix(): path.read_bytes() for path in bundle.rglob("*") if path.is_file()}
    for name, content in served_files(written).items():
        yield f"{FOLDER}/{name}", content
