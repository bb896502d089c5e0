"""Figures -> tables for people, and beside them what the builds of Veillée must reach and aim at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sites import ANY, CARDS, GIT_STATUS, HUGO, PYTHON_MARKDOWN, STOCK

if TYPE_CHECKING:
    from run import Figures


@dataclass(frozen=True, slots=True)
class Target:
    """Our figure of a measure, as a part of another one in the same run: at most `must`, better `aim`."""

    measure: str
    way: str
    base: str
    must: float
    aim: float | None = None


TARGETS = (
    Target("cold", ANY, HUGO, 0.8, 0.6),
    Target("cold", ANY, STOCK, 0.2, 0.15),
    Target("cold", CARDS, HUGO, 0.55, 0.4),
    Target("cold", CARDS, STOCK, 0.14, 0.1),
    Target("cold", PYTHON_MARKDOWN, STOCK, 0.45, 0.37),
    *(Target("edit", way, HUGO, 0.05, 0.03) for way in (ANY, CARDS)),
    *(Target("new", way, HUGO, 0.08, 0.05) for way in (ANY, CARDS)),
    *(Target("nothing", way, HUGO, 0.015, 0.01) for way in (ANY, CARDS)),
    *(Target("nothing", way, GIT_STATUS, 5) for way in (ANY, CARDS)),
    *(Target("memory", way, HUGO, 0.4, 0.3) for way in (ANY, CARDS)),
)
SERVE = (0.3, 0.1)
GROWTH = {2: 2.1, 5: 5.5}


def told(figures: Figures) -> str:
    return "\n".join((*_cold(figures), *_rebuilds(figures), *_targets(figures)))


def _cold(figures: Figures) -> Iterator[str]:
    cold, used, peaks = figures.seconds["cold"], figures.seconds["processors"], figures.peak_mb
    machine = f"{os.cpu_count()} cores, load before {figures.load:.1f}"
    yield f"{figures.posts:,} posts, medians of {figures.rounds} rounds, {machine}"
    heads = ("seconds", "of Hugo", "of stock", "CPU s", "files", "peak MB", "of Hugo")
    yield f"{'cold build':26}" + "".join(f"{head:>9}" for head in heads)
    for name, took_s in cold.items():
        ratios = _ratio(took_s, cold.get(HUGO)) + _ratio(took_s, cold.get(STOCK))
        peak = _cell(peaks.get(name), "{:,.0f}") + _ratio(peaks.get(name), peaks.get(HUGO))
        yield f"  {name:24}{took_s:>9.2f}{ratios}{used[name]:>9.2f}{figures.files[name]:>9,}{peak}"
    yield f"With Python-Markdown, our files are stock Pelican's, byte for byte: {_yes(figures.is_as_stock)}"


def _rebuilds(figures: Figures) -> Iterator[str]:
    changes = [name for name in ("edit", "new", "nothing") if name in figures.seconds]
    if not changes:
        return
    yield ""
    yield f"{'seconds after':26}" + "".join(f"{name:>9}{'of Hugo':>9}" for name in changes) + "   as built from nothing"
    for name in dict.fromkeys(name for change in changes for name in figures.seconds[change]):
        cells = (figures.seconds[change] for change in changes)
        line = "".join(_cell(by.get(name), "{:.3f}") + _ratio(by.get(name), by.get(HUGO)) for by in cells)
        yield f"  {name:24}{line}   {_yes(figures.exact.get(name))}"


def _targets(figures: Figures) -> Iterator[str]:
    measured = {**figures.seconds, "memory": figures.peak_mb}
    yield ""
    yield f"{'ours against the targets':58}{'is':>8}{'must':>8}{'aim':>8}"
    for target in TARGETS:
        by = measured.get(target.measure, {})
        if target.way in by and target.base in by:
            yield _verdict(target, by[target.way] / by[target.base])


def _verdict(target: Target, ratio: float) -> str:
    what = f"{target.measure}: {target.way}, of {target.base}"
    word = "missed" if ratio > target.must else "met" if target.aim is None or ratio > target.aim else "aim met"
    return f"  {what:56}{ratio:>8.3f}{target.must:>8}{_cell(target.aim, '{}', 8)}  {word}"


def told_growth(grown: dict[str, dict[int, float]]) -> str:
    """Seconds, and times as many as for the fewest posts."""
    lines = [f"{'cold build':26}{'posts':>9}{'seconds':>9}{'times':>9}{'must':>9}"]
    for name, by_count in grown.items():
        fewest = min(by_count)
        for count, took_s in by_count.items():
            must = _cell(GROWTH.get(count // fewest), "{}")
            lines.append(f"  {name:24}{count:>9,}{took_s:>9.2f}{took_s / by_count[fewest]:>9.2f}{must}")
    return "\n".join(lines)


def told_serve(served: dict[str, float], posts: int) -> str:
    lines = [f"{posts:,} posts, from saving a file to seeing it in the browser, medians"]
    lines += [f"  {name:56}{took_s:>8.3f} s" for name, took_s in served.items()]
    ours = [name for name in served if name != HUGO and HUGO in served]
    targets = [Target("serve", name, HUGO, *SERVE) for name in ours]
    return "\n".join((*lines, *(_verdict(target, served[target.way] / served[HUGO]) for target in targets)))


def _ratio(one: float | None, other: float | None) -> str:
    return _cell(one / other if one is not None and other else None, "{:.3f}")


def _cell(value: float | None, form: str, width: int = 9) -> str:
    return f"{'' if value is None else form.format(value):>{width}}"


def _yes(is_so: bool | None) -> str:  # noqa: FBT001
    return {True: "yes", False: "NO", None: "-"}[is_so]
