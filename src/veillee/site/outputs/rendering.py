"""Rendering: jobs -> files, in as many processes as there are cores where that pays.

A worker is a fork: it has everything in memory that the build has read, and gives back only what became of its files.
"""

from __future__ import annotations

import gc
import os
import pickle
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from veillee.site.outputs.jobs import Job, PageJob
from veillee.site.outputs.judging import Judge
from veillee.site.outputs.records import FactSet, Stamp
from veillee.site.outputs.tracking import Fact, track_templates, tracked, tracked_bodies
from veillee.site.outputs.writing import write_whole

LEAST_JOBS = 60
"""Below so many for each process, a fork costs more than it brings."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What became of a job. `is_changed` where the file on the disk was another one, or none.

    `own` are the digests of those facts that are the page's own; a feed has no facts.
    """

    is_changed: bool
    stamp: Stamp
    facts: FactSet = ((), (), ())
    own: tuple[bytes, ...] = ()


class Renderer:
    """Renders jobs into an output folder, and notes what each page reads; tells `on_done` how many files were done."""

    def __init__(self, output: str, judge: Judge, on_done: Callable[[int], None]) -> None:
        self._output = output
        self._on_done = on_done
        self._judge = judge
        self._sets: dict[tuple[frozenset[Fact], frozenset[str]], FactSet] = {}

    def render_all(self, jobs: Sequence[Job], *, processes: int | None = None) -> list[Rendered]:
        """Renders and writes every job; in their order. Raises what the first job that fails raises."""
        for job in jobs:
            if isinstance(job, PageJob):
                track_templates(job.environment)
        count = max(1, min(processes or _cores(), len(jobs) // LEAST_JOBS)) if _may_fork() else 1
        with tracked_bodies():
            found = self._in_forks(jobs, count) if count > 1 else {}
            return [found.get(place) or self._rendered(job) for place, job in enumerate(jobs)]

    def _rendered(self, job: Job) -> Rendered:
        done = self._render(job)
        self._on_done(1)
        return done

    def _render(self, job: Job) -> Rendered:
        path = f"{self._output}/{job.path}"
        if not isinstance(job, PageJob):
            is_changed = write_whole(path, job.render())
            return Rendered(is_changed, _stamp(path))
        with tracked(job.context) as reads:
            content = job.render()
        is_changed = write_whole(path, content)
        facts = self._sorted(reads.facts(), job)
        return Rendered(is_changed, _stamp(path), facts, tuple(self._judge.digest(one, job) for one in facts[1]))

    def _sorted(self, facts: frozenset[Fact], job: PageJob) -> FactSet:
        known = self._sets.get((facts, job.local))
        if known is None:
            own = {fact for fact in facts if self._judge.is_local(fact, job)}
            known = tuple(sorted(facts - own, key=repr)), tuple(sorted(own, key=repr)), tuple(sorted(job.local))
            self._sets[facts, job.local] = known
        return known

    def _in_forks(self, jobs: Sequence[Job], count: int) -> dict[int, Rendered]:
        """What was rendered, by place; a job that failed is missing: who renders it again hears why."""
        gc.collect()
        gc.freeze()
        try:
            workers = [self._fork(jobs, first, count) for first in range(1, count)]
            found = self._share(jobs, 0, count, self._on_done)
            for process, pipe in workers:
                others = _heard(process, pipe)
                self._on_done(len(others))
                found.update(others)
        finally:
            gc.unfreeze()
        return found

    def _fork(self, jobs: Sequence[Job], first: int, step: int) -> tuple[int, int]:
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
            answer = pickle.dumps(self._share(jobs, first, step), protocol=pickle.HIGHEST_PROTOCOL)
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(answer)
            status = 0
        finally:
            os._exit(status)

    def _share(
        self, jobs: Sequence[Job], first: int, step: int, on_done: Callable[[int], None] = lambda _: None
    ) -> dict[int, Rendered]:
        found: dict[int, Rendered] = {}
        for place in range(first, len(jobs), step):
            try:
                found[place] = self._render(jobs[place])
                on_done(1)
            except Exception:  # noqa: BLE001 it is rendered once more where its error can be told
                break
        return found


def _stamp(path: str) -> Stamp:
    found = os.stat(path)  # noqa: PTH116
    return Stamp(found.st_size, found.st_mtime_ns)


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
