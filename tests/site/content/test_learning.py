"""Files that are read in several processes: what comes of them is what one process makes of them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from pelican.plugins import signals

from tests.site.building import settings_of
from tests.site.content.remembered import look, write_settled
from tests.site.content.test_memory import TROUBLED
from tests.site.test_reading import story
from veillee.site.content import learning
from veillee.site.content.learning import read_ahead
from veillee.site.content.memory import Memory
from veillee.site.content.readers import PostFileReader, RecordFileReader
from veillee.site.content.reads import FileRead, unpacked
from veillee.site.reading import open_session

FILES = {**TROUBLED, **{f"stories/n{number}.md": story(title=f"N {number}", tags="[a, B]") for number in range(12)}}


def results(folder: Path, *, workers: int, theme: str) -> tuple[list[Any], list[Any], int]:
    """What readers make of each file in order, what the run heard, and how many files were learnt beforehand."""
    with open_session(settings_of(folder, THEME=theme)) as session:
        run = session.run
        memory: Memory[FileRead] | None = Memory(None, b"", unpacked) if workers else None
        run.memory = memory
        markdown, records = PostFileReader(session.settings), RecordFileReader(session.settings)

        def reader_of(path: str) -> PostFileReader:
            return records if path.endswith(".yaml") else markdown

        paths = sorted(str(path) for path in (folder / "content").rglob("*.*"))
        if workers:
            read_ahead(paths, lambda path: reader_of(path).read_apart, run, workers=workers)
        if workers > 1:
            for helper in run.ahead._helpers._helpers:
                os.waitid(os.P_PID, helper.process, os.WEXITED | os.WNOWAIT)  # it has read all that it can
            for path in paths:
                run.ahead.reach(run.source_file(path).relative)
        ahead = memory.learnt_count if memory else 0
        made = [reader_of(path).read(path) for path in paths]
        heard = [run.faults, run.notes, run.tally, run.lost, run.spoiled, run.doubts]
        return made, heard, ahead


@pytest.mark.parametrize("theme", ["veillee", "simple"])
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_read_what_one_process_reads(tmp_path: Path, theme: str, workers: int) -> None:
    write_settled(tmp_path, FILES)
    alone, heard_alone, _ = results(tmp_path, workers=0, theme=theme)
    shared, heard, ahead = results(tmp_path, workers=workers, theme=theme)
    assert shared == alone
    assert heard == heard_alone
    assert ahead == (len(FILES) if workers > 1 else 0)


def test_a_reader_that_fails_in_a_worker_fails_where_it_can_be_told(tmp_path: Path) -> None:
    write_settled(tmp_path, {f"stories/n{number}.md": story() for number in range(4)})
    with open_session(settings_of(tmp_path)) as session:
        session.run.memory = Memory(None, b"", unpacked)

        def failing(*_: Any) -> Any:
            raise RuntimeError("no")

        paths = sorted(str(path) for path in (tmp_path / "content").rglob("*.md"))
        read_ahead(paths, lambda _: failing, session.run, workers=2)
        for path in paths:
            session.run.ahead.reach(session.run.source_file(path).relative)
        assert session.run.memory.learnt_count == 0
        assert session.run.faults == []


def test_a_plugin_that_acts_before_each_file_acts_before_it_is_read(tmp_path: Path) -> None:
    write_settled(tmp_path, {"stories/one.md": story()})

    def listener(_: Any) -> None:
        return None

    listener.__module__ = "somebody.elses"
    with signals.article_generator_preread.connected_to(listener):
        assert look(tmp_path).opened == -1
    assert look(tmp_path).opened == 1


def test_wrappers_of_one_name_are_objects_of_their_own(tmp_path: Path) -> None:
    """As in Pelican: what a plugin does to a tag of one article does not show on another."""
    write_settled(tmp_path, {f"stories/n{number}.md": story(title=str(number), tags="[a]") for number in range(2)})
    with open_session(settings_of(tmp_path)) as session:
        session.read()
        one, other = session.articles.articles
        assert one.tags == other.tags
        assert one.tags[0] is not other.tags[0]


@pytest.mark.parametrize("theme", ["veillee", "simple"])
def test_twice_the_posts_cost_at_most_twice_the_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    """Every call of a function counts, Pelican's included; what was remembered, too."""
    monkeypatch.setattr(learning, "worker_count", lambda *_, **__: 1)  # what helpers do is not counted
    for count in (40, 80, 160):
        posts = {f"stories/n{number}.md": story(title=f"N {number}", tags="[a, b]") for number in range(count)}
        write_settled(tmp_path / str(count), {**posts, "members/ana.yaml": "name: Ana\n"})
    look(tmp_path / "40", THEME=theme)
    for _ in ("read", "remembered"):
        few, some, many = (steps(tmp_path / count, theme) for count in ("40", "80", "160"))
        assert many - some < 2.1 * (some - few)
        assert many - some > some - few


def steps(folder: Path, theme: str) -> int:
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        look(folder, THEME=theme)
    finally:
        sys.setprofile(None)
    return counted
