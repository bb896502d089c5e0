"""Rendering: jobs -> files, in as many processes as there are cores where that pays.

A worker is a fork: it has everything in memory that the build has read, and gives back only what became of its files.
"""

from __future__ import annotations

import gc
import os
import pickle
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from veillee.site.outputs.jobs import Job
from veillee.site.outputs.writing import write_whole

LEAST_JOBS = 60
"""Below so many for each process, a fork costs more than it brings."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What became of a job. `is_changed` where the file on the disk was another one, or none."""

    is_changed: bool


def render_all(jobs: Sequence[Job], output: str, *, processes: int | None = None) -> list[Rendered]:
    """Renders and writes every job; in their order. Raises what the first job that fails raises."""
    count = max(1, min(processes or _cores(), len(jobs) // LEAST_JOBS)) if _may_fork() else 1
    found = _in_forks(jobs, output, count) if count > 1 else {}
    return [found.get(place) or render(job, output) for place, job in enumerate(jobs)]


def render(job: Job, output: str) -> Rendered:
    """One file of the site."""
    return Rendered(write_whole(f"{output}/{job.path}", job.render()))


def _in_forks(jobs: Sequence[Job], output: str, count: int) -> dict[int, Rendered]:
    """What was rendered, by place; a job that failed is missing: who renders it again hears why."""
    gc.collect()
    gc.freeze()
    try:
        workers = [_fork(jobs, output, first, count) for first in range(1, count)]
        found = _share(jobs, output, 0, count)
        for process, pipe in workers:
            found.update(_heard(process, pipe))
    finally:
        gc.unfreeze()
    return found


def _fork(jobs: Sequence[Job], output: str, first: int, step: int) -> tuple[int, int]:
    """A worker's process and the pipe that it answers through."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    status = 1
    try:
        os.close(reading)
        gc.disable()
        answer = pickle.dumps(_share(jobs, output, first, step), protocol=pickle.HIGHEST_PROTOCOL)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
        status = 0
    finally:
        os._exit(status)


def _share(jobs: Sequence[Job], output: str, first: int, step: int) -> dict[int, Rendered]:
    found: dict[int, Rendered] = {}
    for place in range(first, len(jobs), step):
        try:
            found[place] = render(jobs[place], output)
        except Exception:  # noqa: BLE001 it is rendered once more where its error can be told
            break
    return found


def _heard(process: int, pipe: int) -> dict[int, Rendered]:
    with os.fdopen(pipe, "rb") as reading:
        answer = reading.read()
    _, status = os.waitpid(process, 0)
    found: dict[int, Rendered] = pickle.loads(answer) if status == 0 else {}  # noqa: S301 our own worker wrote it
    return found


def _may_fork() -> bool:
    return hasattr(os, "fork") and threading.active_count() == 1


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
