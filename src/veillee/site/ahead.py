"""Ahead: forks that do jobs of a row before this process comes to them, one after the other.

They run just in front of it, and leave it a few whenever it comes near: so it never waits, and all are busy until the
end. What a fork has made comes through a pipe, piece by piece.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import pickle
import select
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import BinaryIO, Generic, TypeVar

from veillee.site.workers import collected, dismiss, forked

T = TypeVar("T")

_PIPE_BYTES = 1 << 20  # a helper need not wait until somebody listens
_READ_BYTES = 1 << 16
_HEAD = struct.Struct("!II")
"""Before each answer: the job, and how many bytes follow. None follow where nothing came of it."""
_NEAR = 3
"""A helper whose next job is so few of its own away from this process leaves that one and some more to it."""
_LEFT = 12
"""So many of its own it leaves each time."""


class Ahead(Generic[T]):
    """`helpers` forks that do jobs out of 0, 1, ... `count` - 1, while this process goes through all of them.

    `work` does one of them; what it makes is pickled. A job that it raises for is left out, and so are those that a
    helper leaves to this process, and those of a helper that dies: whoever asks for them does them.
    """

    def __init__(self, count: int, helpers: int, work: Callable[[int], T]) -> None:
        self._count = count
        self._asked = memoryview(mmap.mmap(-1, 8)).cast("q")  # shared with the forks, as the next
        self._begun = mmap.mmap(-1, max(1, count))
        self._asked[0] = -1
        self._helpers: list[_Helper[T]] = []
        for number in range(helpers):
            self._helpers.append(_Helper(*forked(partial(self._help, number, helpers, work))))

    def reach(self, place: int) -> Iterator[tuple[int, T]]:
        """This process comes to a job: what was made meanwhile, that job included if a helper has begun it.

        What was given once is not given again.
        """
        self._asked[0] = max(self._asked[0], place)
        mine = self._helpers[place % len(self._helpers)]
        if self._begun[place]:
            yield from mine.made(until=place)
            return
        for helper in self._helpers:  # this process has work to do itself: nobody's pipe may be full by then
            yield from helper.made()

    def close(self) -> None:
        """Nothing more is asked for."""
        self._asked[0] = self._count
        dismiss((helper.process, helper.pipe) for helper in self._helpers)
        self._helpers.clear()

    def _help(self, number: int, step: int, work: Callable[[int], T], pipe: BinaryIO) -> None:
        with collected():
            for place in self._in_front(number, step):
                if place <= self._asked[0]:
                    continue
                self._begun[place] = True
                is_late = place <= self._asked[0]  # asked once more: whoever came between waits for an answer
                made = b"" if is_late else _packed(place, work)
                pipe.write(_HEAD.pack(place, len(made)) + made)
                pipe.flush()

    def _in_front(self, number: int, step: int) -> Iterator[int]:
        """The jobs of a helper: every `step`-th is its own, and what it left to this process it does at the end."""
        place, left = number, []
        while place < self._count:
            if place - self._asked[0] > _NEAR * step:
                yield place
                place += step
            else:
                after = place + _LEFT * step
                left.append(range(place, min(after, self._count), step))
                place = after
        yield from chain.from_iterable(reversed(places) for places in reversed(left))


def _packed(place: int, work: Callable[[int], T]) -> bytes:
    try:
        return pickle.dumps(work(place), protocol=pickle.HIGHEST_PROTOCOL)
    except Exception:  # noqa: BLE001 it is done once more where its error can be told
        return b""


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

    def made(self, *, until: int | None = None) -> Iterator[tuple[int, T]]:
        """What is there by now; with `until`, waits for that job or for the end."""
        while until is None or until not in self._given:
            self._listen()
            yield from self._whole()
            if self._is_over or until is None:
                return
            self._waiting.poll()

    def _listen(self) -> None:
        while not self._is_over:
            try:
                found = os.read(self.pipe, _READ_BYTES)
            except BlockingIOError:
                return
            self._heard += found
            self._is_over = not found

    def _whole(self) -> Iterator[tuple[int, T]]:
        start, heard = 0, self._heard
        while start + _HEAD.size <= len(heard):
            place, size = _HEAD.unpack_from(heard, start)
            end = start + _HEAD.size + size
            if end > len(heard):
                break
            self._given.add(place)
            if size:
                yield place, pickle.loads(heard[start + _HEAD.size : end])  # noqa: S301 our own fork wrote it
            start = end
        del heard[:start]
