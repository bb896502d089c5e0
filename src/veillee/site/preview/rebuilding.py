"""A site that is built anew whenever its sources change: settings -> builds -> a board that the browser follows."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from veillee.config import SiteSettings, site_settings
from veillee.errors import Fault, VeilleeError
from veillee.site.building import build_site
from veillee.site.content.memory import Shelf
from veillee.site.content.reads import FileRead
from veillee.site.content.remembering import SHELF_KEY
from veillee.site.outputs.collecting import CollectingWriter
from veillee.site.preview.indexing import Indexer
from veillee.site.preview.live import LiveBoard, LiveState
from veillee.site.preview.watching import Watched
from veillee.site.reading import Session
from veillee.site.replay.replaying import replay
from veillee.site.report import BuildReport, Rest
from veillee.site.run import moment_of
from veillee.site.settings import FILE_KEY, ROOT_KEY, is_our_theme, load_settings

if TYPE_CHECKING:
    from veillee.site.preview.standing import Standing


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one build went. `report` is None where nothing was built; `trace` is for whoever mends the program.

    `is_partial` says that nothing but what the report names was made.
    """

    report: BuildReport | None = None
    faults: tuple[Fault, ...] = ()
    message: str = ""
    trace: str = ""
    is_partial: bool = False


class Preview:
    """One site and its last good settings; raises ConfigurationError where there are none to begin with.

    `say` gets what goes wrong beside the builds. `shown` is called when the board shows pages before their build ends.
    """

    def __init__(
        self,
        settings_file: Path | None,
        overrides: Mapping[str, Any],
        *,
        session: str,
        say: Callable[[str], None] = lambda _: None,
        shown: Callable[[], None] = lambda: None,
    ) -> None:
        self.settings_file = settings_file
        self.overrides = dict(overrides)
        self.session = session
        self.board = LiveBoard()
        self.count = 0
        self.indexer = Indexer(say)
        self._shown = shown
        self._soon: frozenset[str] = frozenset()
        self._shelf: Shelf[FileRead] = {}
        self._rest: Rest | None = None
        self._since_ns = 0
        self._standing: Standing | None = None
        self._take(load_settings(settings_file, overrides=self.overrides))

    def _take(self, settings: dict[str, Any]) -> None:
        self.settings = {**settings, SHELF_KEY: self._shelf}
        self.site: SiteSettings = site_settings(settings, root=Path(settings[ROOT_KEY]))

    @property
    def base_path(self) -> str:
        """The path of the site's own address, `/community` for `https://example.org/community`."""
        return urlsplit(self.site.url).path

    def watched(self) -> Watched:
        theme = Path(self.settings["THEME"])
        overrides = (Path(folder) for folder in self.settings.get("THEME_TEMPLATES_OVERRIDES", ()))
        folders = (self.site.content, theme, self.site.digests, *overrides)
        existing = tuple(dict.fromkeys(folder.absolute() for folder in folders if folder.is_dir()))
        return Watched(self.site.root, existing, (self.site.output, self.site.var))

    def rebuild(self, changed: Iterable[Path] = ()) -> Outcome:
        """Builds with the settings as they are now, and shows on the board how it went; never raises for content.

        `changed` are all files that have changed since the last build, none where that is not known.
        """
        before, self._soon = self.board.state, frozenset()
        outcome = self._build(tuple(path for path in changed if path.exists() or not _is_passing(path)))
        self.count += 1
        self.board.show(self._state_after(outcome, before))
        if outcome.report and self.site.has_search and is_our_theme(self.settings["THEME"]):
            self.indexer.ask(self.site, str(self.settings[FILE_KEY]))
        return outcome

    def _state_after(self, outcome: Outcome, before: LiveState) -> LiveState:
        """What the board shows of a build; pages that it showed before its end are not told of again."""
        new = LiveState(f"{self.session}-{self.count}", outcome.faults, outcome.message)
        is_same = (new.faults, new.message) == (before.faults, before.message)
        if not outcome.is_partial or not is_same or outcome.report is None:
            return new
        made = frozenset(one.path for one in outcome.report.made if one.is_changed)
        return replace(new, since=self.board.state.id, changed=made - self._soon)

    def _show_soon(self, paths: frozenset[str]) -> None:
        """These files are what they will be; the rest of their build goes on."""
        self._soon, state = paths, self.board.state
        self.board.show(replace(state, id=f"{self.session}-{self.count}-soon", since=state.id, changed=paths))
        self._shown()

    def _build(self, changed: tuple[Path, ...]) -> Outcome:
        try:
            report = self._done_over(changed)
            is_partial = report is not None
            if report is None:
                self._rest = self._standing = None
                self._take(load_settings(self.settings_file, overrides=self.overrides))
                report = build_site(self.settings, is_index_left=True, keep=self._keep)
                self._rest = report.rest
            self._since_ns = time.time_ns()
        except VeilleeError as error:
            own = "" if error.faults else error.message
            return Outcome(faults=error.faults, message=own)
        except Exception as error:  # noqa: BLE001 whatever goes wrong, the preview goes on and says so
            found = f"{type(error).__name__}: {error}"
            return Outcome(message=f"The build failed: {found}", trace=traceback.format_exc())
        return Outcome(report, report.faults, is_partial=is_partial)

    def _keep(self, session: Session, writer: CollectingWriter, report: BuildReport) -> None:
        if session.run.is_ours:
            from veillee.site.preview.standing import Standing  # a site with another theme does without

            self._standing = Standing(session, writer, report)

    def _done_over(self, changed: tuple[Path, ...]) -> BuildReport | None:
        """The last build, done over where nothing but texts has changed; None where there is more to do."""
        rest, content = self._rest, self.site.content
        if not changed or rest is None or moment_of(self.site) >= rest.until:
            return None
        if not all(path.is_relative_to(content) and path.is_file() for path in changed):
            return None
        if self._standing is None:
            done = replay(self.settings, rest.mark, changed, since_ns=self._since_ns) if rest.mark else None
            if done is None:
                return None
            self._rest = replace(rest, mark=done.mark)
            return done.report
        report = self._standing.follow(changed, since_ns=self._since_ns, soon=self._show_soon)
        if report is not None:
            self._rest = report.rest
        return report


def _is_passing(path: Path) -> bool:
    """What an editor makes and takes away again while it saves a file."""
    return path.name.startswith(".") or path.name.endswith("~") or path.name.isdigit()
