"""What a site is made of, watched: files that change -> their paths, as soon as they lie still.

Folders are watched by the operating system; the settings file and what stands beside it are looked at now and then, so
that nobody's whole home is watched because a settings file lies in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from watchfiles import Change, DefaultFilter, watch

_STILL_MS = 60
_LONGEST_MS = 400
_LOOK_MS = 250


@dataclass(frozen=True, slots=True)
class Watched:
    """`folders` and all below them; in `root` the settings and which folders there are; nothing below `made`."""

    root: Path
    folders: tuple[Path, ...]
    made: tuple[Path, ...]


def watch_sources(places: Callable[[], Watched], *, stop: Event) -> Iterator[tuple[Path, ...]]:
    """Nothing once at the beginning, when watching has begun; then the paths that changed, time after time.

    What changes while the caller is at work comes with the next turn. `places` is asked again after each; where it
    names other folders, these come as a turn of their own once they are watched, so that nothing falls between.
    """
    before: tuple[Path, ...] = ()
    while not stop.is_set():
        watched = places()
        seen = _look_at(watched)
        turn: set[Path] | None = {*watched.folders} - {*before} if before else set()
        for changes in _changes(watched, stop):
            found = _look_at(watched)
            paths = {Path(path) for _, path in changes} | {path for path, _ in seen ^ found}
            seen = found
            if turn is not None or paths:
                yield tuple(sorted(paths | (turn or set())))
                turn = None
                if places() != watched:
                    break
        before = watched.folders


def _changes(watched: Watched, stop: Event) -> Iterator[set[tuple[Change, str]]]:
    return watch(
        *(folder for folder in watched.folders if folder.is_dir()),
        watch_filter=_SourcesFilter(watched.made),
        debounce=_LONGEST_MS,
        step=_STILL_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        stop_event=stop,
    )


class _SourcesFilter(DefaultFilter):
    """Leaves out what editors and builds leave behind."""

    __slots__ = ("made",)

    def __init__(self, made: tuple[Path, ...]) -> None:
        super().__init__()
        self.made = made

    def __call__(self, change: Change, path: str) -> bool:
        is_made = any(Path(path).is_relative_to(folder) for folder in self.made)
        return not is_made and super().__call__(change, path)


def _look_at(watched: Watched) -> set[tuple[Path, int]]:
    """The settings beside the site with the time of their last change, and the names of the folders."""
    seen: set[tuple[Path, int]] = set()
    for path in watched.root.iterdir() if watched.root.is_dir() else ():
        if path in watched.made or path.name.startswith((".", "__")):
            continue
        try:
            if path.is_dir():
                seen.add((path, 0))
            elif path.suffix == ".py":
                seen.add((path, path.stat().st_mtime_ns))
        except OSError:
            continue
    return seen
