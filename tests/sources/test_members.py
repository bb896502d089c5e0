"""Members' files: what is read, and what is a fault."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from veillee.model.member import Link
from veillee.sources.members import MembersRead, read_members


def read(folder: Path, files: dict[str, str], *, is_strict: bool = False) -> MembersRead:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return read_members(folder, shown="content/members", default_lang="fr", is_strict=is_strict)


def test_a_member_with_every_key(tmp_path: Path) -> None:
    text = (
        "name: Amina Benali\nrole: {fr: Cheffe, en: Lead}\nbio:\n  fr: |\n    Elle *rit*.\n  en: She laughs.\n"
        "joined: 2025-11-24\nlanguages: [fr, EN]\navatar: images/amina.jpg\nfeed: https://amina.example/feed\n"
        "links:\n  - {label: Blog, url: https://amina.example}\n  - Code: https://code.example/amina\n"
        "  - mailto:a@b.example\n"
    )
    result = read(tmp_path, {"amina.yaml": text}, is_strict=True)
    assert result.faults == ()
    member = result.members[0]
    assert (member.id, member.name, member.joined) == ("amina", "Amina Benali", date(2025, 11, 24))
    assert member.roles == (("fr", "Cheffe"), ("en", "Lead"))
    assert member.bios == (("fr", "Elle *rit*."), ("en", "She laughs."))
    assert member.links == (
        Link("Blog", "https://amina.example"),
        Link("Code", "https://code.example/amina"),
        Link("a@b.example", "mailto:a@b.example"),
    )
    assert (member.avatar, member.feed, member.languages) == (
        "images/amina.jpg",
        "https://amina.example/feed",
        ("fr", "en"),
    )


def test_a_member_in_markdown_has_the_text_as_bio(tmp_path: Path) -> None:
    result = read(tmp_path, {"leo.md": "---\nname: Léo\nrole: Cariste\n---\n\nIl **explique**.\n"})
    assert result.faults == ()
    assert (result.members[0].bios, result.members[0].roles) == ((("fr", "Il **explique**."),), (("fr", "Cariste"),))


def test_members_come_by_id_and_other_files_are_none(tmp_path: Path) -> None:
    files = {
        "b.yaml": "name: B",
        "a.md": "---\nname: A\n---\n",
        "x.jpg": "no",
        "README.md": "# Members",
        ".c.yaml": "{",
    }
    result = read(tmp_path, files)
    assert ([member.id for member in result.members], result.faults) == (["a", "b"], ())


def test_a_folder_that_is_not_there_has_no_members(tmp_path: Path) -> None:
    assert read_members(tmp_path / "no", shown="x") == MembersRead((), ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("role: x", "amina.yaml:1: the member has no name"),
        ("name: A\nrol: x", 'amina.yaml:2: unknown key "rol"; our key is "role"'),
        ("name: A\njoined: 2026-02-30", "amina.yaml:2: joined"),
        ("name: A\nbio: {fr: [a]}", "a text for each language"),
        ("name: A\nlinks: [javascript:x]", "http, https and mailto"),
        ("name: A\nlinks: ['http://[']", "http, https and mailto"),
        ("name: A\nfeed: /feed.xml", "may not be linked to"),
        ("name: A\nlanguages: [french!]", "is no language"),
        ("- name: A", "a member is a list"),
        ("name: A: B", "a colon and a space"),
        ("", "the file is empty"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    result = read(tmp_path, {"amina.yaml": text})
    assert result.members == ()
    assert len(result.faults) == 1
    assert words in str(result.faults[0])


def test_two_files_for_one_member_are_named(tmp_path: Path) -> None:
    result = read(tmp_path, {"a.md": "---\nname: A\n---\n", "a.yaml": "name: A"})
    assert "content/members/a.yaml: there is a member" in str(result.faults[0])


def test_an_unknown_key_is_a_fault_where_rules_are_strict(tmp_path: Path) -> None:
    assert read(tmp_path, {"a.yaml": "name: A\nhobby: x"}).faults == ()
    assert 'unknown key "hobby"' in str(read(tmp_path, {"a.yaml": "name: A\nhobby: x"}, is_strict=True).faults[0])
