"""Ahead: forks that work through a row of jobs from its end, while this process goes through it from its beginning.

Where they meet shows how much else this process had to do. What a fork has made comes through a pipe, piece by piece.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import pickle
import select
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import BinaryIO, Generic, TypeVar

from veillee.site.workers import collected, dismiss, forked

T = TypeVar("T")

_PIPE_BYTES = 1 << 20  # a helper need not wait until somebody listens
_SIZE_BYTES = 4


class Ahead(Generic[T]):
    """`helpers` forks that do the jobs 0, 1, ... `count` - 1 from the last one on.

    `work` does one of them; what it makes is pickled. A job that it raises for is left out, and so are those of a
    helper that dies: whoever asks for them does them.
    """

    def __init__(self, count: int, helpers: int, work: Callable[[int], T]) -> None:
        self._count = count
        self._places = memoryview(mmap.mmap(-1, 8 * (helpers + 1))).cast("q")  # shared with the forks
        self._helpers: list[_Helper[T]] = []
        for number in range(helpers):
            self._places[number] = count
            self._helpers.append(_Helper(*forked(partial(self._help, number, helpers, work))))

    def reach(self, place: int) -> Iterator[tuple[int, T]]:
        """This process comes to a job: everything that was made meanwhile, that job included if a helper has begun it.

        What was given once is not given again.
        """
        self._places[-1] = max(self._places[-1], place + 1)
        mine = (self._count - 1 - place) % len(self._helpers)
        for number, helper in enumerate(self._helpers):
            is_begun = number == mine and self._places[number] <= place
            yield from helper.made(until=place if is_begun else None)

    def close(self) -> None:
        """Nothing more is asked for."""
        self._places[-1] = self._count
        dismiss((helper.process, helper.pipe) for helper in self._helpers)
        self._helpers.clear()

    def _help(self, number: int, step: int, work: Callable[[int], T], pipe: BinaryIO) -> None:
        with collected():
            for place in range(self._count - 1 - number, -1, -step):
                self._places[number] = place  # said first: then either sees the other, or both do the job
                if place < self._places[-1]:
                    return
                try:
                    packed = pickle.dumps((place, work(place)), protocol=pickle.HIGHEST_PROTOCOL)
                except Exception:  # noqa: BLE001, S112 it is done once more where its error can be told
                    continue
                pipe.write(len(packed).to_bytes(_SIZE_BYTES, "big") + packed)
                pipe.flush()


class _Helper(Generic[T]):
    """A fork, and what came of it so far."""

    def __init__(self, process: int, pipe: int) -> None:
        self.process = process
        self.pipe = pipe
        self._heard = bytearray()
        self._given: set[int] = set()
        self._is_over = False
        os.set_blocking(pipe, False)
        with suppress(AttributeError, OSError):  # not every system knows it, or allows it
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._waiting = select.poll()
        self._waiting.register(pipe, select.POLLIN)

    def made(self, *, until: int | None) -> Iterator[tuple[int, T]]:
        """What is there by now; with `until`, waits for that job or for the end."""
        while True:
            self._listen()
            for place, made in self._whole():
                self._given.add(place)
                yield place, made
            if self._is_over or until is None or until in self._given:
                return
            self._waiting.poll()

    def _listen(self) -> None:
        while not self._is_over:
            try:
                found = os.read(self.pipe, _PIPE_BYTES)
            except BlockingIOError:
                return
            self._heard += found
            self._is_over = not found

    def _whole(self) -> Iterator[tuple[int, T]]:
        start, heard = 0, self._heard
        while start + _SIZE_BYTES <= len(heard):
            end = start + _SIZE_BYTES + int.from_bytes(heard[start : start + _SIZE_BYTES], "big")
            if end > len(heard):
                break
            yield pickle.loads(heard[start + _SIZE_BYTES : end])  # noqa: S301 our own fork wrote it
            start = end
        del heard[:start]
