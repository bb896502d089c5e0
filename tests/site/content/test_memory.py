"""What is remembered of files: right after every change, and never in the way."""

from __future__ import annotations

import os
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.site.building import settings_of
from tests.site.content.remembered import FOREIGN, look, said, settle, store_of, write_settled
from tests.site.test_reading import story
from veillee.site.content import memory as memory_module
from veillee.site.content.memory import UNSETTLED, Memory, Watch, settled_stamp
from veillee.site.reading import open_session

DAMAGED = "what was read for the last build is damaged, or of another version; everything is read anew"

TROUBLED = {
    "stories/fine.md": story(title="Fine"),
    "stories/no-date.md": "---\ntitle: No date\n---\nText.\n",
    "stories/typo.md": story(autor="Ana"),
    "stories/template.md": story(_private="1"),
    "buzz/some.yaml": "- {author: Ana, date: 2026-11-02, body: Hi}\n- {author: Ana, date: never, body: Hi}\n",
    "buzz/broken.yaml": "- {author: Ana\n",
    "stories/latin.md": "---\ntitle: Café\n---\n".encode("latin-1"),
    "stories/link.md": story(body="[there](missing.md)"),
}


def no_link(_: str) -> None:
    return None


def test_files_that_stand_as_they_stood_are_not_read_again(tmp_path: Path) -> None:
    write_settled(tmp_path, {"stories/one.md": story(), "stories/two.md": story(title="Two")})
    first, second = look(tmp_path), look(tmp_path)
    assert (first.opened, second.opened) == (2, 0)
    assert said(first) == said(second)


@pytest.mark.parametrize("theme", ["veillee", "simple"])
def test_a_remembered_file_says_again_what_is_wrong_with_it(tmp_path: Path, theme: str) -> None:
    write_settled(tmp_path, TROUBLED)
    first, second = look(tmp_path, THEME=theme), look(tmp_path, THEME=theme)
    assert second.opened == 0
    assert said(first) == said(second)
    assert first.faults
    assert "lost=0" not in first.tally


def test_an_edited_file_is_read_again_and_no_other(tmp_path: Path) -> None:
    write_settled(tmp_path, {"stories/one.md": story(body="Before."), "stories/two.md": story(title="Two")})
    look(tmp_path)
    write_settled(tmp_path, {"stories/one.md": story(body="After.")})
    second = look(tmp_path)
    assert second.opened == 1
    assert second.bodies["stories/one.html"] == "<p>After.</p>"


def test_a_file_of_the_same_length_and_time_is_read_again(tmp_path: Path) -> None:
    write_settled(tmp_path, {"stories/one.md": story(body="Before.")})
    path = tmp_path / "content/stories/one.md"
    before = path.stat()
    look(tmp_path)
    write_settled(tmp_path, {"stories/one.md": story(body="Behind.")})
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    settle()
    assert look(tmp_path).bodies["stories/one.html"] == "<p>Behind.</p>"


def test_the_same_bytes_under_another_time_are_not_read_again(tmp_path: Path) -> None:
    write_settled(tmp_path, {"stories/one.md": story()})
    first = look(tmp_path)
    os.utime(tmp_path / "content/stories/one.md", (1_000_000_000, 1_000_000_000))
    second = look(tmp_path)
    assert second.opened == 0
    assert said(first) == said(second)


def test_a_file_that_was_only_just_written_is_told_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "one.md"
    path.write_text("Before.")
    assert settled_stamp(path) is UNSETTLED
    found = Watch(path).remembered(b"packed", ())
    assert found is not None
    memory: Memory[bytes] = Memory(None, b"", bytes)
    memory.learn("one.md", found)
    assert memory.recall("one.md", path, no_link) == b"packed"
    path.write_text("Behind.")
    assert memory.recall("one.md", path, no_link) is None


def test_a_file_that_is_changed_while_it_is_read_is_not_kept(tmp_path: Path) -> None:
    write_settled(tmp_path, {"one.md": "Before."})
    path = tmp_path / "content/one.md"
    watch = Watch(path)
    path.write_text("Behind.")
    assert watch.remembered(b"packed", ()) is None


def test_a_file_that_is_gone_is_no_error(tmp_path: Path) -> None:
    write_settled(tmp_path, {"one.md": "Before."})
    path = tmp_path / "content/one.md"
    found = Watch(path).remembered(b"packed", ())
    assert found is not None
    memory: Memory[bytes] = Memory(None, b"", bytes)
    memory.learn("one.md", found)
    path.unlink()
    assert memory.recall("one.md", path, no_link) is None


def test_a_link_follows_its_target_when_that_appears_and_when_it_goes(tmp_path: Path) -> None:
    write_settled(tmp_path, {"stories/one.md": story(body="[map](map.pdf)")})
    assert 'href="map.pdf"' in look(tmp_path).bodies["stories/one.html"]
    write_settled(tmp_path, {"stories/map.pdf": b"%PDF"})
    assert "{static}/stories/map.pdf" in look(tmp_path).bodies["stories/one.html"]
    (tmp_path / "content/stories/map.pdf").unlink()
    assert 'href="map.pdf"' in look(tmp_path).bodies["stories/one.html"]


def test_a_renamed_member_is_renamed_everywhere(tmp_path: Path) -> None:
    write_settled(tmp_path, {"members/ana.yaml": "name: Ana\n", "stories/one.md": story(author="ana")})
    assert look(tmp_path).community.posts[0].authors[0].name == "Ana"
    write_settled(tmp_path, {"members/ana.yaml": "name: Ana Silva\n"})
    assert look(tmp_path).community.posts[0].authors[0].name == "Ana Silva"


def test_a_new_member_mends_the_posts_that_name_them(tmp_path: Path) -> None:
    write_settled(tmp_path, {"members/ana.yaml": "name: Ana\n", "stories/one.md": story(author="ben-ito")})
    before = look(tmp_path)
    write_settled(tmp_path, {"members/ben-ito.yaml": "name: Ben Ito\n"})
    after = look(tmp_path)
    assert before.community.posts[0].authors != after.community.posts[0].authors


def test_a_setting_that_reading_hangs_on_counts(tmp_path: Path) -> None:
    write_settled(tmp_path, {"stories/one.md": story()})
    look(tmp_path)
    there = look(tmp_path, TIMEZONE="Asia/Tokyo")
    assert there.opened == 1
    assert there.community.posts[0].published_at.hour == 15


def test_a_draft_without_a_date_has_that_of_each_build(tmp_path: Path) -> None:
    write_settled(tmp_path, {"stories/one.md": "---\ntitle: One\nstatus: draft\n---\nText.\n"})
    early, late = (
        {article.date.day for article in _drafts(tmp_path, now)} for now in ("2026-11-20T09:00", "2026-11-21T09:00")
    )
    assert (early, late) == ({20}, {21})


def _drafts(folder: Path, now: str) -> list[Any]:
    with open_session(settings_of(folder, VEILLEE_NOW=now)) as session:
        session.read()
        assert session.run.memory is not None
        session.run.memory.save()
        return [one.article for one in session.run.unshown]


def test_messages_name_files_as_they_are_seen_from_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_settled(tmp_path, {"stories/no-date.md": "---\ntitle: No date\n---\nText.\n"})
    monkeypatch.chdir(tmp_path)
    here = look(tmp_path).faults
    monkeypatch.chdir(tmp_path / "content")
    below = look(tmp_path).faults
    assert here[0].startswith("content/stories/no-date.md:")
    assert below[0].startswith("stories/no-date.md:")


@pytest.mark.parametrize("kept", [0, 1, 100, 5_000, -1])
def test_a_torn_memory_is_thrown_away(tmp_path: Path, kept: int) -> None:
    write_settled(tmp_path, {"stories/one.md": story(), "stories/two.md": story(title="Two")})
    first = look(tmp_path)
    store = store_of(tmp_path)
    store.write_bytes(store.read_bytes()[:kept])
    second, third = look(tmp_path), look(tmp_path)
    assert second.community == first.community
    assert second.faults == ()
    assert (third.opened, said(third)) == (0, said(first))


@pytest.mark.parametrize("content", [b"no database at all", b"\0" * 40_000])
def test_a_memory_that_is_none_is_thrown_away_with_a_note(tmp_path: Path, content: bytes) -> None:
    write_settled(tmp_path, {"stories/one.md": story()})
    first = look(tmp_path)
    store_of(tmp_path).write_bytes(content)
    second, third = look(tmp_path), look(tmp_path)
    assert second.notes == (DAMAGED,)
    assert second.community == first.community
    assert (third.opened, third.notes) == (0, ())


def test_a_memory_of_a_newer_version_is_thrown_away_with_a_note(tmp_path: Path) -> None:
    write_settled(tmp_path, {"stories/one.md": story()})
    look(tmp_path)
    _execute(store_of(tmp_path), "UPDATE head SET form = form + 1")
    second = look(tmp_path)
    assert (second.opened, second.notes) == (1, (DAMAGED,))


@pytest.mark.parametrize("column", ["content", "asked", "digest"])
def test_a_row_that_is_not_what_was_written_is_read_again(tmp_path: Path, column: str) -> None:
    write_settled(tmp_path, {"stories/one.md": story(), "stories/two.md": story(title="Two")})
    first = look(tmp_path)
    _execute(store_of(tmp_path), f"UPDATE reads SET {column} = x'80' WHERE name = 'stories/one.md'")
    second = look(tmp_path)
    assert second.opened == 1
    assert said(second) == said(first)


def test_rows_that_change_places_are_read_again(tmp_path: Path) -> None:
    write_settled(tmp_path, {"stories/one.md": story(), "announcements/one.md": story()})
    first = look(tmp_path)
    names = ("stories/one.md", "x"), ("announcements/one.md", "stories/one.md"), ("x", "announcements/one.md")
    _execute(store_of(tmp_path), *(f"UPDATE reads SET name = '{new}' WHERE name = '{old}'" for old, new in names))
    assert said(look(tmp_path)) == said(first)


def _execute(store: Path, *statements: str) -> None:
    with sqlite3.connect(store) as database:
        for statement in statements:
            database.execute(statement)


def test_files_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    write_settled(tmp_path, {"stories/one.md": story(), "stories/two.md": story(title="Two")})
    look(tmp_path)
    (tmp_path / "content/stories/two.md").unlink()
    assert [post.id for post in look(tmp_path).community.posts] == ["stories/one"]
    with sqlite3.connect(store_of(tmp_path)) as database:
        assert database.execute("SELECT name FROM reads").fetchall() == [("stories/one.md",)]


def test_a_process_that_builds_again_reads_only_what_has_changed(tmp_path: Path) -> None:
    shelf: dict[Any, Any] = {}
    write_settled(tmp_path, {"stories/one.md": story(body="Before."), "stories/two.md": story(tags="[a, b]")})
    first = look(tmp_path, shelf=shelf)
    store_of(tmp_path).unlink()
    assert (second := look(tmp_path, shelf=shelf)).opened == 0
    assert said(second) == said(first)
    write_settled(tmp_path, {"stories/one.md": story(body="After.")})
    third = look(tmp_path, shelf=shelf)
    assert (third.opened, third.bodies["stories/one.html"]) == (1, "<p>After.</p>")


def test_a_process_drops_what_it_held_under_other_settings(tmp_path: Path) -> None:
    shelf: dict[Any, Any] = {}
    write_settled(tmp_path, {"stories/one.md": story()})
    look(tmp_path, shelf=shelf)
    assert look(tmp_path, shelf=shelf, TIMEZONE="Asia/Tokyo").opened == 1
    assert len(shelf) == 1


INCLUDING = """
from pathlib import Path
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

class Included(Preprocessor):
    def run(self, lines):
        part = Path(__file__).with_name("part.txt")
        return [part.read_text() if line == "INCLUDE" else line for line in lines]

class Including(Extension):
    def extendMarkdown(self, md):
        md.preprocessors.register(Included(md), "including", 100)

def makeExtension(**settings):
    return Including(**settings)
"""


def test_what_an_extension_of_other_people_made_of_a_file_is_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "including_part.py").write_text(INCLUDING)
    monkeypatch.syspath_prepend(tmp_path)
    settings = {**FOREIGN, "MARKDOWN": {"extensions": ["including_part"], "extension_configs": {}}}
    write_settled(tmp_path, {"one.md": "Title: One\nDate: 2026-11-01\n\nINCLUDE\n"})
    (tmp_path / "part.txt").write_text("First")
    assert list(look(tmp_path, **settings).bodies.values()) == ["<p>First</p>"]
    (tmp_path / "part.txt").write_text("Second")
    assert list(look(tmp_path, **settings).bodies.values()) == ["<p>Second</p>"]


@pytest.mark.parametrize("is_forked", [True, False])
def test_what_is_kept_beside_is_there_when_the_memory_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_forked: bool
) -> None:
    monkeypatch.setattr(memory_module, "worker_count", lambda *_, **__: 2 if is_forked else 1)
    write_settled(tmp_path, {"one.md": "One", "two.md": "Two"})
    made: Memory[bytes] = Memory(tmp_path / "reads", b"", bytes)
    for path in sorted((tmp_path / "content").glob("*.md")):
        found = Watch(path).remembered(path.read_bytes(), ())
        assert found
        made.learn(path.name, found)
    made.save_beside()
    made.close()
    again: Memory[bytes] = Memory(tmp_path / "reads", b"", bytes)
    assert not again.is_empty
    assert again.recall("one.md", tmp_path / "content" / "one.md", no_link) == b"One"
    again.close()


def test_a_process_that_dies_while_it_keeps_what_was_read_costs_only_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_module, "worker_count", lambda *_, **__: 2)
    monkeypatch.setattr(Memory, "_write", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    write_settled(tmp_path, {"one.md": "One"})
    path = tmp_path / "content" / "one.md"
    memory: Memory[bytes] = Memory(tmp_path / "reads", b"", bytes)
    found = Watch(path).remembered(b"One", ())
    assert found
    memory.learn("one.md", found)
    memory.save_beside()
    memory.close()
    assert Memory(tmp_path / "reads", b"", bytes).is_empty
