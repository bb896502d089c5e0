"""One run over a site: its clock and settings, and what is collected while Pelican reads.

The run hangs on Pelican's settings (`_VEILLEE_RUN`), so that readers, generators and the front doors share it
without a global.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import Any

from pelican.utils import get_date

from veillee.config import SiteSettings
from veillee.errors import Fault
from veillee.model import Community, Kind, Member
from veillee.shown import shown_path
from veillee.site.archive import Archive
from veillee.site.content.memory import Memory
from veillee.sources.posts import PostRules, RawPost

RUN_KEY = "_VEILLEE_RUN"

LOCAL_URL = "http://localhost:8000"
"""Stands in for SITEURL where the site does not know its own address yet."""

Report = Callable[[str, int], None]
"""Progress of long work: what is being done, and how many files are done."""

KIND_OF_FOLDER = {kind.folder: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of content: `relative` to the content folder with `/`, `shown` as messages name it."""

    path: Path
    relative: str
    shown: str
    kind: Kind | None
    is_page: bool


@dataclass(slots=True)
class Tally:
    """How many posts went which way; `published` counts each language version."""

    published: int = 0
    hidden: int = 0
    drafts: int = 0
    scheduled: int = 0
    expired: int = 0
    skipped: int = 0
    lost: int = 0
    pages: int = 0

    @property
    def read(self) -> int:
        """Every post that was found, whatever became of it."""
        return self.published + self.hidden + self.drafts + self.scheduled + self.expired + self.skipped + self.lost


@dataclass(frozen=True, slots=True)
class Unshown:
    """An article that is read and not shown, and why: `expired`, `draft`, `hidden`, `scheduled`."""

    article: Any
    reason: str


@dataclass(eq=False)
class Run:
    """What belongs to one run. `is_ours`: the theme is Veillée's, so that its defaults and checks apply in full.

    `is_foreign`: the content has none of our folders, so that links which only look broken are notes.
    `shared` is the context that Pelican's generators share, `contents` are all articles and pages that are written,
    `writer` is whoever writes them; `timings` are seconds by phase.
    `gallery` knows the pictures that pages show, `copiers` are the generators that copy files as they are.
    `planned` are the pages that are the theme's own, `redirects` lead from old addresses to what stood there.
    `looked_up` are the files that links were looked for, with what was found; `memory` knows what files came to before.
    `ahead` reads files before they are asked for; `texts` are those that the memory keeps, by file; `is_replayed`:
    nothing is read but what has changed.
    `raw` are the bytes of the file that is read, where somebody has them.
    `wrappers` makes the tags, categories and authors of what was read.
    `spoiled` are posts with a fault, `left_out` articles without an address: only their links are still looked at.
    """

    site: SiteSettings
    now: datetime
    settings: Mapping[str, Any] = field(repr=False)
    is_ours: bool
    is_foreign: bool = False
    with_drafts: bool = False
    members: tuple[Member, ...] = ()
    community: Community | None = None
    archive: Archive | None = None
    tally: Tally = field(default_factory=Tally)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unshown: list[Unshown] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    namesakes: set[str] = field(default_factory=set)
    spoiled: list[tuple[RawPost, SourceFile]] = field(default_factory=list)
    left_out: list[Any] = field(default_factory=list)
    doubts: dict[str, tuple[Fault, ...]] = field(default_factory=dict)
    sources: dict[str, SourceFile] = field(default_factory=dict, repr=False)
    asked_files: set[str] = field(default_factory=set)
    looked_up: list[tuple[str, str | None]] = field(default_factory=list, repr=False)
    memory: Memory[Any] | None = field(default=None, repr=False)
    ahead: Any = None
    texts: dict[str, str] = field(default_factory=dict, repr=False)
    is_replayed: bool = False
    raw: bytes | None = field(default=None, repr=False)
    wrappers: Any = field(default=None, repr=False)
    said_count: int = 0
    report: Report | None = None
    phase: str = ""
    done_count: int = 0
    timings: dict[str, float] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict, repr=False)
    contents: list[Any] = field(default_factory=list, repr=False)
    writer: Any = None
    gallery: Any = None
    copiers: tuple[Any, ...] = ()
    planned: tuple[Any, ...] = ()
    redirects: tuple[Any, ...] = ()
    _since_s: float = field(default_factory=monotonic, repr=False)
    _said: set[Fault | str] = field(default_factory=set, repr=False)

    @property
    def url(self) -> str:
        """Where the site stands, absolute, without a slash at its end."""
        return self.site.url or LOCAL_URL

    def begin(self, phase: str) -> None:
        """Opens a phase of long work; progress is counted anew, and the time of the phase before is known."""
        now_s = monotonic()
        if self.phase:
            self.timings[self.phase] = self.timings.get(self.phase, 0.0) + now_s - self._since_s
        self.phase, self.done_count, self._since_s = phase, 0, now_s
        if self.report and phase:
            self.report(phase, 0)

    def tick(self, count: int = 1) -> None:
        """One more file is done, or several."""
        self.done_count += count
        if self.report:
            self.report(self.phase, self.done_count)

    def record(self, faults: Iterable[Fault]) -> None:
        new = [fault for fault in dict.fromkeys(faults) if fault not in self._said]
        self.faults.extend(new)
        self._said.update(new)

    def scratch(self) -> Run:
        """The same run with nothing found yet: what is found on it changes this one in nothing."""
        empty: Run = object.__new__(Run)
        empty.__dict__.update(self.__dict__)
        empty.tally, empty.faults, empty.notes, empty.lost = Tally(), [], [], set()
        empty.spoiled, empty.doubts, empty.looked_up = [], {}, []
        empty.report, empty._said = None, set()
        return empty

    def lose(self, relative: str) -> None:
        """A file that gives nothing; its faults are recorded already."""
        self.lost.add(relative)

    def mark_namesakes(self, paths: Iterable[str]) -> None:
        """Files whose posts had one address by accident: what Pelican says of them is settled."""
        self.namesakes.update(paths)

    def note(self, text: str) -> None:
        if text not in self._said:
            self.notes.append(text)
            self._said.add(text)

    def source_file(self, path: str | Path) -> SourceFile:
        """What is known of a file of content before it is opened."""
        known = self.sources.get(str(path))
        if known is None:
            known = self.sources[str(path)] = self._source_file(path)
        return known

    def _source_file(self, path: str | Path) -> SourceFile:
        absolute = Path(path).absolute()
        relative, shown = self._names_of(absolute)
        top = relative.split("/", 1)[0]
        return SourceFile(
            path=absolute,
            relative=relative,
            shown=shown,
            kind=KIND_OF_FOLDER.get(top),
            is_page=any(_is_within(relative, str(folder)) for folder in self.settings.get("PAGE_PATHS", ())),
        )

    def _names_of(self, path: Path) -> tuple[str, str]:
        """Relative to the content folder, and as messages name it."""
        text, (root, shown_root) = path.as_posix(), self._content_folder
        if shown_root and text.startswith(root):
            relative = text[len(root) :]
            return relative, f"{shown_root}/{relative}"
        return _below(path, self.site.content), shown_path(path)

    @cached_property
    def _content_folder(self) -> tuple[str, str]:
        """With a slash at its end, and as messages name it; that is empty where the command runs inside of it."""
        folder = self.site.content.absolute()
        is_around = Path.cwd().is_relative_to(folder)
        return f"{folder.as_posix()}/", "" if is_around else shown_path(folder)

    def rules_for(self, source: SourceFile) -> PostRules:
        member_ids = frozenset(member.id for member in self.members) if self.members else None
        return PostRules(
            is_strict=self.site.is_strict,
            fields=self.site.fields,
            timezone=self.site.timezone,
            default_lang=self.site.languages[0],
            member_ids=member_ids,
            kind=source.kind,
            needs_date=not source.is_page,
            is_foreign=source.kind is None and not source.is_page and not self.site.is_strict,
            needs_text=source.kind is None and not self.is_ours,
            default_date=self._default_date(source),
        )

    def _default_date(self, source: SourceFile) -> datetime | None:
        """What Pelican's DEFAULT_DATE gives a post without a date: one instant, or that of its file."""
        chosen, zone = self.settings.get("DEFAULT_DATE"), self.site.timezone
        if not chosen or source.is_page:
            return None
        if chosen == "fs":
            return datetime.fromtimestamp(source.path.stat().st_mtime, tz=zone)
        typed = get_date(chosen) if isinstance(chosen, str) else datetime(*chosen)  # noqa: DTZ001
        return typed if typed.tzinfo else typed.replace(tzinfo=zone)

    def __reduce__(self) -> tuple[type[str], tuple[()]]:
        """A run is of one process: Pelican's own cache of articles keeps nothing of it."""
        return (str, ())


def run_of(settings: Mapping[str, Any]) -> Run | None:
    """The run that these settings belong to; None where our plugin is not in use."""
    run = settings.get(RUN_KEY)
    return run if isinstance(run, Run) else None


def moment_of(site: SiteSettings) -> datetime:
    """The instant at which the site is looked at, in UTC: the pretended one, or the clock's."""
    return (site.now or datetime.now(UTC)).astimezone(UTC)


def _below(path: Path, folder: Path) -> str:
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        return path.name


def _is_within(relative: str, folder: str) -> bool:
    return bool(folder) and (relative == folder or relative.startswith(folder.rstrip("/") + "/"))
