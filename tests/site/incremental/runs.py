"""Builds as a user runs them: the command, each time in a process that has built nothing before.

The processes are forks of one that has loaded the program and done nothing with it: that saves a second each time.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.site.building import tree_of
from veillee.site import workers
from veillee.site.content import learning
from veillee.site.outputs import making, rendering
from veillee.site.replay import freezing, growing

NOW = "2026-11-20T09:00"
OURS = ("output", "var")
"""Folders of a site that builds fill."""
FOREIGN = "foreign-notes"
"""A folder of the output that is not ours."""

_LOADED = [
    *("veillee.cli.main", "veillee.plugin", "veillee.site.building", "veillee.site.pages.plan", "veillee.site.feeds"),
    "pydantic.type_adapter",  # Typer loads it to read arguments
]
_COUNTS = ("read", "published", "hidden", "drafts", "scheduled", "expired", "lost", "pages", "faults")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it said, with SITE for the folder that it ran in."""

    code: int
    stdout: str = field(repr=False)
    stderr: str

    @property
    def counts(self) -> dict[str, Any]:
        """What the report of `build --json` says of the content; where nothing was built, why."""
        if not self.stdout:
            return {"code": self.code, "stderr": self.stderr}
        report = json.loads(self.stdout)
        return {name: report[name] for name in _COUNTS}


class Running:
    """A command that runs."""

    def __init__(self, folder: Path, said: Path, *arguments: str, is_shared: bool = True) -> None:
        self._folder, self._said = str(folder), said
        asked = str(folder), str(said), arguments, is_shared
        self.process: BaseProcess = _forks().Process(target=_command, args=asked)
        self.process.start()

    def ran(self) -> Ran:
        """Waits for its end."""
        self.process.join()
        code = self.process.exitcode
        assert code is not None
        out, err = ((self._said / name).read_text().replace(self._folder, "SITE") for name in ("stdout", "stderr"))
        return Ran(code, out, err)


@contextmanager
def running(folder: Path, *arguments: str, is_shared: bool = True) -> Iterator[Running]:
    """`veillee` with these arguments, begun in the folder.

    `is_shared`: its work is shared among processes however small the site is; else it is done in one.
    """
    with tempfile.TemporaryDirectory() as said:
        yield Running(folder, Path(said), *arguments, is_shared=is_shared)


def run(folder: Path, *arguments: str, is_shared: bool = True) -> Ran:
    """`veillee` with these arguments, run in the folder."""
    with running(folder, *arguments, is_shared=is_shared) as command:
        return command.ran()


def build(folder: Path, *arguments: str, now: str = NOW, is_shared: bool = True) -> Ran:
    return run(folder, "build", "--json", "--now", now, *arguments, is_shared=is_shared)


def build_from_nothing(folder: Path, *arguments: str, now: str = NOW) -> tuple[Ran, dict[str, bytes]]:
    """A build of a copy of the sources alone in one process, and what it wrote; the copy has the folder's name, too."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        copy = Path(place) / folder.name
        shutil.copytree(folder, copy, symlinks=True, ignore=lambda at, _: OURS if Path(at) == folder else ())
        return build(copy, *arguments, now=now, is_shared=False), site_files(copy / "output")


def site_files(output: Path) -> dict[str, bytes]:
    """The files of a built site, without the list that a build keeps there, and without what is not ours."""
    return {
        name: content
        for name, content in tree_of(output).items()
        if name != ".veillee-files" and not name.startswith(f"{FOREIGN}/")
    }


def differences(expected: dict[str, bytes], found: dict[str, bytes]) -> str:
    """Which files differ, and the first place of the first ones; empty where none does."""
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    shown = "".join(f"\n{_difference(expected.get(name), found.get(name), name)}" for name in wrong[:3])
    return f"{len(wrong)} files differ: {', '.join(wrong[:12])}{shown}" if wrong else ""


def _difference(wanted: bytes | None, got: bytes | None, name: str) -> str:
    if wanted is None or got is None:
        return f"{name} is {'missing' if got is None else 'left over'}"
    place = next(at for at, (one, other) in enumerate(zip(wanted + b"\0", got + b"\1", strict=False)) if one != other)
    around = slice(max(0, place - 80), place + 80)
    return f"{name} from byte {place}:\n  wanted {wanted[around]!r}\n  found  {got[around]!r}"


@cache
def _forks() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    return context


def _command(folder: str, said: str, arguments: tuple[str, ...], is_shared: bool) -> None:
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(f"{said}/{name}", os.O_WRONLY | os.O_CREAT, 0o600), number)
    os.chdir(folder)
    os.environ["PWD"] = folder
    sys.argv = ["veillee", *arguments]
    if is_shared:
        learning.LEAST_FILES = rendering.LEAST_JOBS = 1
        making.LEAST_FILES = freezing.LEAST_FILES = growing.LEAST_FILES = 1
        workers.core_count = lambda: 2
    from veillee.cli.entry import main

    main()
