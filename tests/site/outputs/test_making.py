"""Which files are rendered again, and why; found out by several processes where there are many files."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from veillee.site import workers
from veillee.site.outputs import making
from veillee.site.outputs.answers import Answers
from veillee.site.outputs.contents import Contents
from veillee.site.outputs.jobs import FeedJob
from veillee.site.outputs.judging import Judge
from veillee.site.outputs.making import NEW, TOUCHED, FileMaker, Made
from veillee.site.outputs.records import Records

COUNT = 40


class Shared(Judge):
    """Says when another process than this one looks at a file, which may die of it; this one waits until one does."""

    def __init__(self, looked: Path, *, is_deadly: bool = False) -> None:
        super().__init__({}, Contents([]), Answers())
        self._looked = looked
        self._mine = os.getpid()
        self._is_deadly = is_deadly

    def of_feed(self, job: FeedJob) -> bytes:
        if os.getpid() == self._mine:
            until_s = time.monotonic() + 30
            while not self._looked.exists():
                assert time.monotonic() < until_s, "no other process looks at a file"
                time.sleep(0.01)
            return super().of_feed(job)
        self._looked.touch()
        if self._is_deadly:
            os._exit(1)
        return super().of_feed(job)


def jobs(contents: Iterable[str]) -> dict[str, FeedJob]:
    made = (FeedJob(f"{number}.xml", said, said.encode, {}) for number, said in enumerate(contents))
    return {job.path: job for job in made}


def maker(output: Path, judge: Judge, records: Records) -> FileMaker:
    return FileMaker(str(output), judge, records)


def made(one: FileMaker, contents: Iterable[str]) -> list[Made]:
    return one.make(jobs(contents), on_begin=lambda: None, on_done=lambda _: None)


@pytest.mark.parametrize("is_deadly", [False, True], ids=["all live", "all but the first die"])
def test_several_processes_find_out_what_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_deadly: bool
) -> None:
    contents = [f"feed {number}" for number in range(COUNT)]
    first = maker(tmp_path, Judge({}, Contents([]), Answers()), Records(b""))
    assert {one.reason for one in made(first, contents)} == {NEW}
    (tmp_path / "7.xml").unlink()
    monkeypatch.setattr(making, "LEAST_FILES", 1)
    monkeypatch.setattr(workers, "core_count", lambda: 2)
    changed = [*contents[:3], "another", *contents[4:], "a new one"]
    found = made(maker(tmp_path, Shared(tmp_path / "looked", is_deadly=is_deadly), first.records), changed)
    assert {one.path: one.reason for one in found if one.reason} == {
        "3.xml": "what it carries has changed",
        "7.xml": TOUCHED,
        f"{COUNT}.xml": NEW,
    }
    assert [one.path for one in found] == list(jobs(changed))
    assert (tmp_path / "3.xml").read_bytes() == b"another"
