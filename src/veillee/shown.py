"""How messages name what somebody else made: a path as its owner knows it, a text on one short line."""

from __future__ import annotations

from pathlib import Path


def shown_path(path: Path) -> str:
    """A path relative to where the command runs, absolute where it lies elsewhere."""
    whole, here = path.absolute(), Path.cwd()
    return whole.relative_to(here).as_posix() if whole.is_relative_to(here) else path.as_posix()


def one_line(text: str) -> str:
    """A text on one line, without characters that cannot be seen."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def shortened(text: str, limit: int = 60) -> str:
    """The same, cut where a message would grow too long."""
    line = one_line(text)
    return line if len(line) <= limit else line[: limit - 1] + "…"
