"""Our readers, as Pelican calls them: a file of content -> HTML and metadata.

A file that cannot be read becomes faults on the run and a skipped file for Pelican, so that every other file is
still read. On a site with another theme, what Pelican's own reader understands is left to it.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar

from pelican.readers import _DISCARD, MarkdownReader
from pelican.readers import Readers as PelicanReaders
from pelican.utils import pelican_open

from veillee.errors import Fault
from veillee.model import Status
from veillee.site.content.learning import learned
from veillee.site.content.metadata import metadata_of
from veillee.site.content.python_markdown import LastingMarkdown, lasting_markdown
from veillee.site.content.records import NO_BODY, Record, record_of
from veillee.site.run import Run, SourceFile, run_of
from veillee.sources.posts import PostsRead, read_posts

MARKDOWN_EXTENSIONS = ("md", "markdown", "mkd", "mdown", "mdx")
YAML_EXTENSIONS = ("yaml", "yml")

_SKIP: tuple[None, dict[str, Any]] = (None, {"status": "skip"})
_INVISIBLE = "".join(map(chr, (*range(9), 0xB, 0xC, *range(0xE, 0x20), 0xFFFE, 0xFFFF)))
_WITHOUT_INVISIBLE = str.maketrans("", "", _INVISIBLE)
_PLAIN_LINE = re.compile(r"[A-Za-z0-9_-]+:(?:[ \t]+[^\s\"'\[\]{}&*!|>%@`#,-][^#\[\]{}]*)?\s*\Z")


class PostFileReader(MarkdownReader):  # type: ignore[misc]  # not from BaseReader: Pelican registers every direct subclass of that
    """Reads Markdown files with any header."""

    file_extensions: ClassVar[list[str]] = list(MARKDOWN_EXTENSIONS)
    _is_in_file = False

    def read(self, source_path: str) -> tuple[str | None, dict[str, Any]]:
        run = run_of(self.settings)
        if run is None:
            return self._without_run(source_path)
        source = run.source_file(source_path)
        run.tick()
        return learned(source, run, self.read_apart)

    def _without_run(self, source_path: str) -> tuple[str | None, dict[str, Any]]:
        return self._as_pelican(source_path)

    def read_apart(self, source: SourceFile, run: Run) -> tuple[str | None, dict[str, Any]]:
        found = _read_file(source, run)
        if _is_left_to_pelican(source, found, run):
            return self._left_to_pelican(source, found, run)
        return read_ours(source, found, run)

    def process_metadata(self, name: str, value: Any) -> Any:
        """Pelican's value; a date in the name of a file that is no date is left for our own reading to name."""
        try:
            return super().process_metadata(name, value)
        except ValueError:
            if self._is_in_file or run_of(self.settings) is None:
                raise
            return _DISCARD

    def _left_to_pelican(self, source: SourceFile, found: PostsRead, run: Run) -> tuple[str | None, dict[str, Any]]:
        try:
            content, metadata = self._as_pelican(str(source.path))
        except Exception as error:  # noqa: BLE001 whatever Pelican or an extension raises, the file has a fault
            if found.posts and not found.faults:  # such as a date in French
                return read_ours(source, found, run)
            return _lost(source, found.faults or (_unreadable(source, error),), run)
        run.doubts[source.shown] = found.faults
        run.tally.skipped += metadata.get("status") == "skip" and not source.is_page
        if found.posts:
            metadata["veillee"] = Record(found.posts[0], NO_BODY, is_pelicans=True)
        return _readable(content), {name: _readable(value) for name, value in metadata.items()}

    def _as_pelican(self, source_path: str) -> tuple[str, dict[str, Any]]:
        self._is_in_file = True
        try:
            content, metadata = self._read_as_stock(source_path)
        finally:
            self._is_in_file = False
        return content, {**metadata, "reader": "markdown"}

    def _read_as_stock(self, source_path: str) -> tuple[str, dict[str, Any]]:
        if self._markdown is None:
            found: tuple[str, dict[str, Any]] = super().read(source_path)
            return found
        self._source_path = source_path
        self._md = parser = self._markdown.fresh()
        metas = parser.preprocessors["meta"]
        with pelican_open(source_path) as text:
            content = parser.convert(text)
        metadata = self._parse_metadata(parser.Meta)
        self._markdown.keep(parser, metas)
        return content, metadata

    @cached_property
    def _markdown(self) -> LastingMarkdown | None:
        return lasting_markdown(self.settings)


class RecordFileReader(PostFileReader):
    """Reads YAML files of posts; what holds none is left alone, unless it stands in a folder of ours."""

    file_extensions: ClassVar[list[str]] = list(YAML_EXTENSIONS)

    def _without_run(self, source_path: str) -> tuple[str | None, dict[str, Any]]:  # noqa: ARG002
        return _SKIP

    def read_apart(self, source: SourceFile, run: Run) -> tuple[str | None, dict[str, Any]]:
        return read_ours(source, _read_file(source, run), run)


def add_readers(readers: PelicanReaders) -> None:
    """Takes over Markdown and YAML, except where the site names a reader of its own."""
    own = readers.settings.get("READERS") or {}
    for reader in (PostFileReader, RecordFileReader):
        for extension in chain(reader.file_extensions, map(str.upper, reader.file_extensions)):
            if extension not in own:
                readers.reader_classes[extension] = reader


def _read_file(source: SourceFile, run: Run) -> PostsRead:
    return read_posts(source.path, shown=source.shown, rules=run.rules_for(source), raw=run.raw)


def read_ours(source: SourceFile, found: PostsRead, run: Run) -> tuple[str | None, dict[str, Any]]:
    """HTML and metadata of the file's first post; the others wait in its record."""
    if found.is_other:
        run.note(f"{source.shown} holds no post and is left alone")
        return _SKIP
    run.spoiled.extend((raw, source) for raw in found.spoiled)
    if not found.posts:
        return _lost(source, found.faults, run, count=found.lost_count)
    run.record(found.faults)
    run.tally.lost += 0 if source.is_page else found.lost_count
    first, *rest = found.posts
    record = record_of(first, source, run, rest=tuple(rest))
    return _readable(record.body.html), metadata_of(record, source, run, is_alone=not found.is_list)


def _readable(value: Any) -> Any:
    """A text without the invisible characters that no feed may hold: Pelican would give up the whole site."""
    if isinstance(value, str) and any(char in value for char in _INVISIBLE):
        return value.translate(_WITHOUT_INVISIBLE)
    return value


def _lost(source: SourceFile, faults: tuple[Fault, ...], run: Run, *, count: int = 1) -> tuple[None, dict[str, Any]]:
    run.record(faults)
    run.lose(source.relative)
    run.tally.lost += 0 if source.is_page else count
    return _SKIP


def _unreadable(source: SourceFile, error: Exception) -> Fault:
    return Fault(source.shown, 0, f"it cannot be read: {error}", "", "mend the file")


def _is_left_to_pelican(source: SourceFile, found: PostsRead, run: Run) -> bool:
    if run.is_ours or found.is_other or run.site.markdown == "comrak":
        return False
    text = _opening(source.path)
    if text.startswith("+++"):
        return False
    return not text.startswith("---") or _means_the_same_to_pelican(text, found)


def _opening(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(20_000).decode("utf-8-sig", errors="replace")


def _is_only_for_us_wrong(found: PostsRead, lines: list[str]) -> bool:
    """A title with a colon, which YAML does not take without quotes: Pelican has always read it."""
    return len(found.faults) == 1 and any(": " in line.partition(":")[2] for line in lines)


def _means_the_same_to_pelican(text: str, found: PostsRead) -> bool:
    """A header between `---` lines that has nothing of YAML about it was read by Pelican before we came."""
    header = re.split(r"^(?:---|\.\.\.)\s*$", text, maxsplit=2, flags=re.MULTILINE)
    if len(header) < 3:
        return False
    lines = header[1].strip().splitlines()
    if not found.posts and all(map(_PLAIN_LINE.match, lines)):
        return _is_only_for_us_wrong(found, lines)
    if found.faults or len(found.posts) != 1:
        return False
    post, names = found.posts[0], {line.partition(":")[0].lower() for line in lines}
    is_shown = post.status in (None, Status.PUBLISHED) or "status" in names
    return is_shown and not post.expires_at and all(map(_PLAIN_LINE.match, lines))
