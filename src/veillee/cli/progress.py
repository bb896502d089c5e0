"""Progress of long work: a moving line on a terminal, a plain line for each phase elsewhere; both on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from veillee.cli.console import say_aside

Report = Callable[[str, int], None]
"""What is being done, and how many files are done."""


@contextmanager
def shown_progress(*, is_quiet: bool = False) -> Iterator[Report]:
    """A function to report progress to, while the block runs."""
    if is_quiet:
        yield _silence
    elif sys.stderr.isatty():
        with _moving_line() as report:
            yield report
    else:
        yield _plain_lines()


@contextmanager
def _moving_line() -> Iterator[Report]:
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("Reading ...", spinner="dots") as status:
        yield lambda phase, count: status.update(f"{phase} ... [dim]{count}[/dim]" if count else f"{phase} ...")


def _silence(_phase: str, _count: int) -> None:
    """Reports nothing."""


def _plain_lines() -> Report:
    said: set[str] = set()

    def report(phase: str, _count: int) -> None:
        if phase not in said:
            said.add(phase)
            say_aside(f"{phase} ...")

    return report
