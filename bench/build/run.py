"""How fast a site is built, against stock Pelican, Hugo and Eleventy, in one run.

    bench/build/install
    python bench/build/run.py [--posts 10000] [--rounds 3] [--only cold,edit,...] [--folder DIR] [--json]
    python bench/build/run.py --growth [--posts 10000]
    python bench/build/run.py --serve [--posts 10000]

Every peer writes the same files at the same addresses from the same made-up posts (`corpus.py`): home, streams, tags
and authors by pages of ten, each post with its neighbours, archives by year, and an Atom feed with the newest fifty in
full for the site and for each stream, tag and author. (Debian's Hugo cannot leave out a redirect from each `page/1/`.)
Templates are equally small, and all highlight code by classes, each with a highlighter of its own. Where there was a
choice, peers got what is cheaper for them: Hugo and Eleventy link by plain addresses, we by file; stock Pelican has the
card of a post inside of its lists, as "any theme" has. We sanitise; they do not. Our own theme writes more and other
pages, and is told beside the others for comparison.

What is measured, by the commands of a user, in turns; medians are told:
- cold: nothing of an earlier build is left, neither output nor cache.
- edit: one of the newest posts gets another paragraph, and so do its feeds. new: a post newer than all others appears.
  nothing: nothing has changed. Hugo and Eleventy then build everything again; Pelican has its own cache of contents.
- memory: what all processes of a cold build hold together (proportional set size, every 50 ms), in a run of its own,
  which also shows whether what was built step by step is, byte for byte, what is built from nothing.
- growth: ours alone, with twice and five times as many posts. serve: from saving a file to seeing it in Chromium.

The sites lie on the memory disk where there is one, or in `--folder`. Other work on the machine moves seconds, less so
ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable
from compileall import compile_dir
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import corpus
from measuring import files_in, peak_of, seconds_of, timed
from table import told, told_growth, told_serve

from sites import ANY, CARDS, GIT_STATUS, PYTHON_MARKDOWN, ROOT, STOCK, Way, ways, write_site

MEASURES = ("cold", "edit", "new", "nothing", "memory")
GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.org")

Seconds = dict[str, dict[str, list[float]]]
"""By measure and way, a round each."""


@dataclass(slots=True)
class Figures:
    """Medians in seconds by measure and way; MB and files by way.

    `load` is what the machine had to do before. Of `seconds`, `processors` are those of all cores in the cold builds.
    `exact`: what was built step by step is what is built from nothing; `is_as_stock`: Python-Markdown's pages are.
    """

    posts: int
    rounds: int
    load: float
    seconds: dict[str, dict[str, float]] = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    exact: dict[str, bool] = field(default_factory=dict)
    is_as_stock: bool | None = None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(MEASURES), help=f"some of {','.join(MEASURES)}")
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"), help="where the sites lie meanwhile")  # noqa: S108
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    only = chosen.only.split(",")
    if unknown := set(only) - set(MEASURES):
        parser.error(f"--only takes {', '.join(MEASURES)}, not {', '.join(sorted(unknown))}")
    compile_dir(ROOT / "src", quiet=1)  # a package that is installed is compiled: ours stands in a checkout
    with TemporaryDirectory(prefix="veillee-bench-", dir=chosen.folder if chosen.folder.is_dir() else None) as name:
        print(_report(chosen, only, Path(name)))
    return 0


def _report(chosen: argparse.Namespace, only: list[str], folder: Path) -> str:
    if chosen.growth:
        grown = growth(folder, chosen.posts, chosen.rounds)
        return json.dumps(grown, indent=2, ensure_ascii=False) if chosen.json else told_growth(grown)
    if chosen.serve:
        from serving import serve  # needs Chromium

        served = serve(folder, chosen.posts, chosen.rounds)
        return json.dumps(served, indent=2, ensure_ascii=False) if chosen.json else told_serve(served, chosen.posts)
    figures = measure(folder, chosen.posts, chosen.rounds, only)
    return json.dumps(asdict(figures), indent=2, ensure_ascii=False) if chosen.json else told(figures)


def measure(folder: Path, posts: int, rounds: int, only: list[str]) -> Figures:
    """All measures for every way that is installed."""
    figures, compared = Figures(posts, rounds, os.getloadavg()[0]), ways()
    dialects = {way.dialect: folder / way.dialect for way in compared}
    for dialect, site in dialects.items():
        write_site(dialect, site, posts)
    _keep_in_git(folder / "pelican" / "content")
    seconds: Seconds = defaultdict(lambda: defaultdict(list))
    for turn in range(rounds):
        in_turn = compared if turn % 2 == 0 else compared[::-1]
        if "cold" in only or turn == 0:
            _cold(in_turn, folder, seconds, is_first=turn == 0)
        if turn == 0:
            _compare(compared, folder, figures)
        for name in ("edit", "new", "nothing"):
            if name in only:
                _change(name, dialects, posts, turn)
                _rebuild(in_turn, folder, seconds[name])
        if "nothing" in only:
            seconds["nothing"][GIT_STATUS].append(_git_status(folder / "pelican" / "content"))
    if "memory" in only:
        _look_at_memory(compared, folder, figures, was_changed=not {"edit", "new"}.isdisjoint(only))
    figures.seconds = {measure: {way: median(found) for way, found in by.items()} for measure, by in seconds.items()}
    return figures


def _cold(in_turn: Iterable[Way], folder: Path, seconds: Seconds, *, is_first: bool) -> None:
    for way in in_turn:
        if way.is_only_rebuilt and is_first:
            seconds_of(way.command, folder / way.dialect)
        elif not way.is_only_rebuilt:
            _forget(way, folder)
            took_s, used_s = timed(way.command, folder / way.dialect)
            seconds["cold"][way.name].append(took_s)
            seconds["processors"][way.name].append(used_s)


def _forget(way: Way, folder: Path) -> None:
    for name in (way.output, *way.leavings):
        shutil.rmtree(folder / way.dialect / name, ignore_errors=True)


def _compare(compared: Iterable[Way], folder: Path, figures: Figures) -> None:
    """Counts what was written, and looks whether Python-Markdown's pages are stock's."""
    found = {way.name: files_in(folder / way.dialect / way.output) for way in compared}
    figures.files = {name: len(files) for name, files in found.items()}
    figures.is_as_stock = found[PYTHON_MARKDOWN] == found[STOCK]


def _change(name: str, dialects: dict[str, Path], posts: int, turn: int) -> None:
    """Edits a post, or writes a new one, in every site; the same in all."""
    if name == "nothing":
        return
    if name == "edit":
        post = corpus.post(3 + turn)
        post = replace(post, body=f"Another paragraph, number {turn}.\n\n{post.body}")
    else:
        post = corpus.post(posts + turn)
        newest_at = corpus.NEWEST_AT + timedelta(hours=1 + turn)
        post = replace(post, head=replace(post.head, published_at=newest_at))
    for dialect, site in dialects.items():
        corpus.write_post(post, dialect, site)


def _rebuild(in_turn: Iterable[Way], folder: Path, seconds: dict[str, list[float]]) -> None:
    for way in in_turn:
        if way.has_rebuilds:
            seconds[way.name].append(seconds_of(way.command, folder / way.dialect))


def _keep_in_git(content: Path) -> None:
    for arguments in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message=All")):
        seconds_of((*GIT, *arguments), content)
    _git_status(content)


def _git_status(content: Path) -> float:
    return seconds_of((*GIT, "status", "--short"), content)


def _look_at_memory(compared: Iterable[Way], folder: Path, figures: Figures, *, was_changed: bool) -> None:
    for way in compared:
        if way.is_only_rebuilt:
            continue
        output = folder / way.dialect / way.output
        before = files_in(output)
        _forget(way, folder)
        figures.peak_mb[way.name] = peak_of(way.command, folder / way.dialect)
        if was_changed and way.has_rebuilds:
            figures.exact[way.name] = before == files_in(output)


def growth(folder: Path, posts: int, rounds: int) -> dict[str, dict[int, float]]:
    """Median seconds of our cold build, by way and number of posts."""
    ours = [way for way in ways() if way.name in (ANY, CARDS)]
    seconds: dict[str, dict[int, list[float]]] = {way.name: defaultdict(list) for way in ours}
    counts = (posts, 2 * posts, 5 * posts)
    for count in counts:
        write_site("pelican", folder / str(count) / "pelican", count)
    for _ in range(rounds):
        for count in counts:
            for way in ours:
                _forget(way, folder / str(count))
                seconds[way.name][count].append(seconds_of(way.command, folder / str(count) / way.dialect))
                _forget(way, folder / str(count))
    return {name: {count: median(found) for count, found in by.items()} for name, by in seconds.items()}


if __name__ == "__main__":
    sys.exit(main())
