"""The one door to Pagefind: a folder of pages -> the files that its command makes of them.

It runs in an empty folder and without its own settings, so that the same pages give the same index wherever the command
was called.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Event

from veillee.errors import SourceError

_PATIENCE_S = 1800.0
_LOOK_S = 0.1
_KIND = 10
_SAID = 300
_TODO = "install it with: python -m pip install 'pagefind[bin]', or write VEILLEE_SEARCH = False in the settings"


def program() -> str:
    """Which Pagefind is installed; empty where none is."""
    try:
        return version("pagefind_bin")
    except PackageNotFoundError:
        return ""


def run_pagefind(site: Path, target: Path, stop: Event | None) -> dict[str, bytes]:
    """What it writes for the pages below `site`, by its path; `target` is a folder that does not exist yet.

    With `stop`, it leaves the processor to others, and ends early when that is set. Raises SourceError, with what to
    do, where there is none, it fails, or it is stopped.
    """
    command = [sys.executable, "-m", "pagefind", "--site", str(site), "--output-path", str(target)]
    around = {name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")}
    if not program():
        raise SourceError(f"the site has no search: Pagefind is not installed; {_TODO}")
    try:
        process = subprocess.Popen(  # noqa: S603 our own interpreter
            [*command, "--keep-index-url", "--silent"],
            cwd=target.parent,
            env=around,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        if stop is not None:
            os.setpriority(os.PRIO_PROCESS, process.pid, _KIND)
        said = _said_by(process, stop)
    except OSError as error:
        raise SourceError(
            f"the search was not made anew: Pagefind cannot be run ({error.strerror}); {_TODO}"
        ) from error
    if process.returncode:
        words = " ".join(said.decode("utf-8", "replace").split())[-_SAID:] or f"exit code {process.returncode}"
        raise SourceError(f"the search was not made anew: Pagefind failed ({words}); build again, or {_TODO}")
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}


def _said_by(process: subprocess.Popen[bytes], stop: Event | None) -> bytes:
    """What it said of errors when it has ended. Raises SourceError where it would not, or is to `stop`."""
    until_s = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return process.communicate(timeout=_PATIENCE_S if stop is None else _LOOK_S)[1]
        except subprocess.TimeoutExpired as error:
            if stop is not None and not stop.is_set() and time.monotonic() < until_s:
                continue
            process.kill()
            process.communicate()
            what = "it was stopped" if stop and stop.is_set() else f"Pagefind did not end in {_PATIENCE_S:.0f} s"
            raise SourceError(f"the search was not made anew: {what}") from error
