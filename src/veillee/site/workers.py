"""Workers: forks of this process, which have in memory all that it has read, and send back what they have made."""

from __future__ import annotations

import gc
import os
import pickle
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import BinaryIO, TypeVar

T = TypeVar("T")

_DRAWING = frozenset({"_RefreshThread"})
"""Threads that only draw on a terminal: a worker does not need them, and never draws."""


def worker_count(jobs: int, *, least: int) -> int:
    """How many processes so many jobs are worth, where each needs `least` of them to pay for itself."""
    others = [one for one in threading.enumerate() if one is not threading.main_thread()]
    if not hasattr(os, "fork") or any(type(one).__name__ not in _DRAWING for one in others):
        return 1
    return max(1, min(core_count(), jobs // least))


def in_workers(count: int, work: Callable[[int], T]) -> list[T | None]:
    """What `work` makes of 0, 1, ... `count` - 1: of 0 in this process, of each other in a fork.

    None where a worker died. What comes back from a worker was pickled.
    """

    def answer(number: int, pipe: BinaryIO) -> None:
        pickle.dump(work(number), pipe, protocol=pickle.HIGHEST_PROTOCOL)  # in parts: nobody holds it twice

    with collected():
        workers = [forked(partial(answer, number)) for number in range(1, count)]
        try:
            mine = work(0)
        except BaseException:
            dismiss(workers)
            raise
        return [mine, *(_heard(process, pipe) for process, pipe in workers)]


@contextmanager
def meanwhile(work: Callable[[], T]) -> Iterator[Callable[[], T | None]]:
    """What `work` makes in a fork while this process goes on; who asks waits for it, once. None where it died."""
    waiting = [forked(lambda pipe: pickle.dump(work(), pipe, protocol=pickle.HIGHEST_PROTOCOL))]
    try:
        yield lambda: _heard(*waiting.pop())
    finally:
        dismiss(waiting)


MOST_TURNS = 4_000
"""So many fit into a pipe of any system."""
_BYTES = 4


@contextmanager
def turns(count: int, *, most: int = MOST_TURNS) -> Iterator[Iterator[range]]:
    """The places of `count` jobs in at most `most` parts, each for whoever asks next, in whatever worker."""
    size = -(-count // min(most, MOST_TURNS)) or 1
    reading, writing = os.pipe()
    try:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(b"".join(place.to_bytes(_BYTES, "big") for place in range(0, count, size)))
        yield (range(place, min(place + size, count)) for place in _places(reading))
    finally:
        os.close(reading)


def _places(pipe: int) -> Iterator[int]:
    while found := os.read(pipe, _BYTES):
        yield int.from_bytes(found, "big")


def forked(work: Callable[[BinaryIO], None]) -> tuple[int, int]:
    """A process that does this work, and the pipe that it answers through."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    status = 1
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            work(pipe)
        status = 0
    finally:
        os._exit(status)


def dismiss(workers: Iterable[tuple[int, int]]) -> None:
    """Nobody listens to these any more: whoever answers now dies of it. Raises OSError."""
    workers = tuple(workers)
    for _, pipe in workers:  # all of them first: each worker has the pipes of those before it open
        os.close(pipe)
    for process, _ in workers:
        os.waitpid(process, 0)


@contextmanager
def collected() -> Iterator[None]:
    """The garbage of what is made inside is collected; what was there before is not looked at."""
    is_collecting = gc.isenabled()
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000, 50, 1_000)  # most of what is made here is kept, or small
    gc.enable()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
        if not is_collecting:
            gc.disable()


def _heard(process: int, pipe: int) -> T | None:
    found: T | None = None
    with os.fdopen(pipe, "rb") as reading, suppress(EOFError, pickle.UnpicklingError):  # it died in the middle
        found = pickle.load(reading)  # noqa: S301 our own worker wrote it
    _, status = os.waitpid(process, 0)
    return found if status == 0 else None


def core_count() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
