"""Progress of a send: rate, what remains, and failures by reason; a bar on a terminal, lines now and then elsewhere."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from veillee.cli.console import say_aside
from veillee.delivery.envelope import Outcome, Reply

SECONDS_BETWEEN_LINES = 10.0
REASONS_SHOWN = 3
_CODE = re.compile(r"\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3})?")


@dataclass(slots=True)
class Progress:
    """What a run has done so far. `others` tells how many messages the processes beside this one have done."""

    total: int
    others: Callable[[], int] = lambda: 0
    accepted: int = 0
    failed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    began_s: float = field(default_factory=time.monotonic)

    def count(self, outcome: Outcome) -> None:
        if outcome.reply is Reply.ACCEPTED:
            self.accepted += 1
        else:
            self.failed += 1
            self.reasons[reason_of(outcome.words)] += 1

    @property
    def done(self) -> int:
        return self.accepted + self.failed + self.others()

    @property
    def rate(self) -> float:
        """Messages a second since the beginning."""
        return self.done / max(time.monotonic() - self.began_s, 0.001)

    @property
    def line(self) -> str:
        """`12,000 of 60,000, 3,100 a second, about 15 s left; 550 5.1.1: 8`"""
        said = f"{self.done:,} of {self.total:,}, {self.rate:,.0f} a second"
        left = self.total - self.done
        if left > 0 and self.rate > 0:
            said += f", about {said_duration(left / self.rate)} left"
        failures = self.failures
        return f"{said}; {failures}" if failures else said

    @property
    def failures(self) -> str:
        return ", ".join(f"{reason}: {count:,}" for reason, count in self.reasons.most_common(REASONS_SHOWN))


def reason_of(words: str) -> str:
    """What failures are counted by: the server's codes (`550 5.1.1`), else the first words."""
    found = _CODE.match(words)
    return found[0] if found else words.partition(":")[0].partition("(")[0].strip()[:60] or "no words"


def said_duration(seconds: float) -> str:
    """`15 s`, `4 min`, `2 h 05`"""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02}"


@contextmanager
def shown(progress: Progress, *, is_quiet: bool) -> Iterator[Callable[[], None]]:
    """A function to call after each message, while the block runs."""
    if is_quiet or not progress.total:
        yield lambda: None
    elif sys.stderr.isatty():
        with _bar(progress) as step:
            yield step
    else:
        yield _lines(progress)


@contextmanager
def _bar(progress: Progress) -> Iterator[Callable[[], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("Sending"), BarColumn(), TextColumn("{task.fields[line]}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Sending", total=progress.total, line=progress.line)
        drawn_s = 0.0

        def step() -> None:
            nonlocal drawn_s
            now_s = time.monotonic()
            if now_s - drawn_s > 0.2:
                drawn_s = now_s
                bar.update(task, completed=progress.done, line=progress.line)

        yield step


def _lines(progress: Progress) -> Callable[[], None]:
    say_aside(f"Sending to {progress.total:,} ...")
    last_s = time.monotonic()

    def step() -> None:
        nonlocal last_s
        now_s = time.monotonic()
        if now_s - last_s >= SECONDS_BETWEEN_LINES:
            last_s = now_s
            say_aside(f"  {progress.line}")

    return step
