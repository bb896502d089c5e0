"""A command -> how long it took, how much memory all of its processes held at once, and what it wrote."""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import threading
import time
from pathlib import Path

EVERY_S = 0.05


def seconds_of(command: tuple[str, ...], folder: Path) -> float:
    """Seconds from start to end. Raises SystemExit with what the command said where it failed."""
    return timed(command, folder)[0]


def timed(command: tuple[str, ...], folder: Path) -> tuple[float, float]:
    """Seconds from start to end, and seconds of all processors together, which other work on the machine moves less."""
    before_s = _used_s()
    began_s = time.perf_counter()
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)  # noqa: S603 - our own words
    took_s = time.perf_counter() - began_s
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)} failed in {folder}:\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    return took_s, _used_s() - before_s


def _used_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak_of(command: tuple[str, ...], folder: Path) -> float:
    """MB that the command and its children held at most, looked at every 50 ms; shared pages count once."""
    process = subprocess.Popen(  # noqa: S603 - our own words
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    peaks = [0]
    is_over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peaks, is_over))
    watcher.start()
    process.wait()
    is_over.set()
    watcher.join()
    return peaks[0] / 1024


def _watch(session: int, peaks: list[int], is_over: threading.Event) -> None:
    while not is_over.wait(EVERY_S):
        peaks[0] = max(peaks[0], sum(map(_shared_kb, _members(session))))


def _members(session: int) -> list[str]:
    return [name for name in os.listdir("/proc") if name.isdecimal() and _session_of(name) == session]  # noqa: PTH208


def _session_of(process: str) -> int:
    try:
        stat = Path("/proc", process, "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[3])


def _shared_kb(process: str) -> int:
    """Proportional set size: a page that two processes share counts half for each."""
    try:
        lines = Path("/proc", process, "smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def files_in(folder: Path) -> dict[str, str]:
    """Path -> digest, of every file below a folder."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.blake2b(path.read_bytes()).hexdigest() for path in found}
