"""Edition files: `digests/<id>/editions/2026-W47.md` <-> Edition.

YAML between `---` lines holds the sections, one post id a line; below it stands the introduction in the digest's
first language, and in each other one below a line such as `<!-- en -->`. Reading back what was written gives the
same edition.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from veillee.errors import Fault
from veillee.model.edition import Digest, Edition, Period, Schedule, Section, SectionKind
from veillee.shown import shortened
from veillee.sources.definition import Definition, is_language_code, text_of
from veillee.sources.documents import read_text
from veillee.sources.marked import Mapping, Node, Scalar, Sequence, described
from veillee.sources.yamls import load_yaml

FOLDER = "editions"

KNOWN_KEYS: dict[str, str] = {
    "digest": "the digest that it is an edition of",
    "edition": "its name, the same as the file's: `2026-W47`, `2026-11-20`, `2026-11` or `2026-11-20T0800Z`",
    "from": "where its period starts, local time; default: by the schedule",
    "until": "where its period ends and when it appears, local time; default: by the schedule",
    "drafted": "when it was proposed; what was published later belongs to the next edition",
    "subject": "the mail's subject for this edition, in each language; default: the digest's",
    "sections": "the parts in their order, each with its post ids, one a line; `zapping` and `teaser` also take "
    "lines of your own, `{fr: ..., en: ...}`",
}
"""Every key of an edition's header, and what it says: the reference is made from this."""

_LANGUAGE_LINE = re.compile(r"^<!--\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\s*-->\s*$", re.MULTILINE)
_HEADER_END = re.compile(r"^---[ \t]*$", re.MULTILINE)

PeriodNamed = Callable[[Schedule, str], Period]
"""A schedule and an edition's name -> its period; raises ValueError where there is no such name."""


@dataclass(frozen=True, slots=True)
class EditionsRead:
    """The editions that can be used, oldest first, and what is wrong with the others."""

    editions: tuple[Edition, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_editions(digest: Digest, folder: Path, *, shown: str, period_named: PeriodNamed) -> EditionsRead:
    """Every edition file in `folder`; none where there is no such folder. Never raises for content."""
    editions: list[Edition] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.md")):
        found = read_edition(path, digest=digest, shown=f"{shown}/{path.name}", period_named=period_named)
        editions.extend([found] if isinstance(found, Edition) else [])
        faults.extend([] if isinstance(found, Edition) else found)
    editions.sort(key=lambda edition: (edition.period_end, edition.id))
    return EditionsRead(tuple(editions), tuple(faults))


def read_edition(path: Path, *, digest: Digest, shown: str, period_named: PeriodNamed) -> Edition | tuple[Fault, ...]:
    """One edition, or everything that is wrong with its file."""
    text = read_text(path, shown=shown)
    if isinstance(text, Fault):
        return (text,)
    return parse_edition(text, edition_id=path.stem, digest=digest, shown=shown, period_named=period_named)


def parse_edition(
    text: str, *, edition_id: str, digest: Digest, shown: str, period_named: PeriodNamed
) -> Edition | tuple[Fault, ...]:
    """The edition that a file's text holds, or everything that is wrong with it."""
    end = _HEADER_END.search(text, 4) if text.startswith("---\n") else None
    if end is None:
        todo = "begin and end the header with lines of three dashes"
        return (Fault(shown, 1, "the file has no header", "YAML between two --- lines, then the introduction", todo),)
    read = load_yaml(text[4 : end.start()], shown=shown, first_line=2)
    if not isinstance(read.root, Mapping):
        return read.faults or (Fault(shown, 1, "the header is empty", "keys and values", "add sections:"),)
    definition = Definition(read.root, shown, list(read.faults))
    body_line = text.count("\n", 0, end.start()) + 2
    parser = _Parser(definition, digest, edition_id, period_named)
    edition = parser.edition(text[end.end() :].removeprefix("\n"), body_line=body_line)
    return tuple(definition.faults) or edition


@dataclass(slots=True)
class _Parser:
    """Looks at one edition's header part by part; the definition keeps the faults."""

    definition: Definition
    digest: Digest
    edition_id: str
    period_named: PeriodNamed
    lines: dict[str, int] = field(default_factory=dict)

    def edition(self, body: str, *, body_line: int) -> Edition:
        self.definition.check_keys(KNOWN_KEYS)
        self._check_names()
        period = self._period()
        sections = self._sections()
        return Edition(
            digest_id=self.digest.id,
            id=self.edition_id,
            period_start=period.start,
            period_end=period.end,
            sections=sections,
            introductions=self._introductions(body, body_line),
            subjects=self.definition.texts("subject", default_lang=self.digest.languages[0]),
            drafted_at=self._instant("drafted"),
            source=self.definition.shown,
            item_lines=tuple(self.lines.items()),
        )

    def _check_names(self) -> None:
        for key, expected in (("digest", self.digest.id), ("edition", self.edition_id)):
            typed = self.definition.text(key, expected)
            if typed != expected:
                allowed = f'the file lies where "{expected}" is expected'
                self.definition.wrong(key, allowed, "correct the line, or move or rename the file")

    def _period(self) -> Period:
        start, end = self._instant("from"), self._instant("until")
        try:
            planned = self.period_named(self.digest.schedule, self.edition_id)
        except ValueError as error:
            planned = None
            if start is None or end is None:
                self.definition.fault(0, str(error), "", "rename the file, or write from: and until:")
        if planned is None:
            start = start or end or datetime(2000, 1, 1, tzinfo=UTC)
            return Period(self.edition_id, start, end or start)
        period = Period(self.edition_id, start or planned.start, end or planned.end)
        if period.start >= period.end:
            self.definition.wrong("until", "an instant after from:", "correct one of the two")
        return period

    def _instant(self, key: str) -> datetime | None:
        """An instant as typed, in UTC; one without an offset is local time of the digest."""
        typed = self.definition.text(key)
        if not typed:
            return None
        try:
            instant = datetime.fromisoformat(typed)
        except ValueError:
            self.definition.wrong(key, "a date and a time like 2026-11-20 08:00", "correct the date")
            return None
        local = instant if instant.tzinfo else instant.replace(tzinfo=self.digest.schedule.timezone)
        return local.astimezone(UTC)

    def _sections(self) -> tuple[Section, ...]:
        part = self.definition.part("sections")
        if part is None:
            if "sections" not in {entry.key for entry in self.definition.mapping}:
                todo = "add sections:, and below it the names of the sections with their posts"
                self.definition.fault(self.definition.mapping.line, "there are no sections", "they are required", todo)
            return ()
        known = {str(kind): kind for kind in SectionKind}
        part.check_keys(known)
        return tuple(self._section(known[entry.key], entry.value) for entry in part.mapping if entry.key in known)

    def _section(self, kind: SectionKind, node: Node) -> Section:
        if isinstance(node, Scalar) and node.value is None:
            return Section(kind)
        items = node.items if isinstance(node, Sequence) else (node,)
        post_ids = []
        lines = []
        for item in items:
            if isinstance(item, Mapping):
                lines.append(self._line(kind, item))
            elif post_id := self._post_id(item):
                post_ids.append(post_id)
        return Section(kind, tuple(post_ids), tuple(line for line in lines if line))

    def _post_id(self, item: Node) -> str | None:
        post_id = text_of(item)
        if not post_id or "/" not in post_id:
            todo = "write the id alone, without .md; a text of your own is written {fr: the text}"
            self.definition.fault(item.line, f"an item is {described(item)}", "a post's id like stories/picnic", todo)
            return None
        if post_id in self.lines:
            found = f'"{shortened(post_id)}" is here a second time (first in line {self.lines[post_id]})'
            self.definition.fault(item.line, found, "each post once in an edition", "take one of the two lines out")
            return None
        self.lines[post_id] = item.line
        return post_id

    def _line(self, kind: SectionKind, item: Mapping) -> tuple[tuple[str, str], ...]:
        """A line in the manager's own words: (language, text) pairs."""
        if kind not in (SectionKind.ZAPPING, SectionKind.TEASER):
            allowed = "ids of posts; lines of your own go into zapping or teaser"
            self.definition.fault(item.line, f"{kind} has a line of text", allowed, "move it, or write it as a post")
            return ()
        pairs = []
        for entry in item:
            text = text_of(entry.value)
            if not is_language_code(entry.key) or entry.key not in self.digest.languages or not text:
                allowed = f"a text for each of {', '.join(self.digest.languages)}"
                found = f'a line has "{shortened(entry.key)}", {described(entry.value)}'
                self.definition.fault(entry.line, found, allowed, "correct the language, or put the text in quotes")
            else:
                pairs.append((entry.key, text))
        return tuple(pairs)

    def _introductions(self, body: str, body_line: int) -> tuple[tuple[str, str], ...]:
        """The parts of the text below the header, in the order of the digest's languages."""
        found: dict[str, str] = {}
        for lang, text, line in _parts(body, self.digest.languages[0]):
            if lang not in self.digest.languages:
                allowed = f"this digest's languages are {', '.join(self.digest.languages)}"
                todo = "correct the code between <!-- and -->"
                self.definition.fault(body_line + line, f'an introduction is marked "{lang}"', allowed, todo)
            elif lang in found and text:
                todo = "put the two texts together"
                self.definition.fault(body_line + line, f'"{lang}" has a second introduction', "one each", todo)
            elif text:
                found[lang] = text
        return tuple((lang, found[lang]) for lang in self.digest.languages if lang in found)


def _parts(body: str, first_lang: str) -> Iterator[tuple[str, str, int]]:
    """(language, text, line counted from 0) of each part of the text below the header."""
    lang, start = first_lang, 0
    for mark in _LANGUAGE_LINE.finditer(body):
        yield lang, body[start : mark.start()].strip(), body.count("\n", 0, start)
        lang, start = mark[1].lower(), mark.end()
    yield lang, body[start:].strip(), body.count("\n", 0, start)


def write_edition(path: Path, text: str, *, replace: bool = False) -> None:
    """Write an edition's file, all of it or nothing.

    Raises FileExistsError where the file is there and not to be replaced.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    waiting = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        waiting.chmod(0o644)
        if replace:
            waiting.replace(path)
        else:
            _place_new(waiting, path)
    finally:
        waiting.unlink(missing_ok=True)


def _place_new(waiting: Path, path: Path) -> None:
    """Give a complete file its name, never taking the name from another file."""
    try:
        path.hardlink_to(waiting)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(path) from None
        waiting.replace(path)
