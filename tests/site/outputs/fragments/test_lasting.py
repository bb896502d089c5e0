"""Texts of fragments last from build to build, as long as the content that they show stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.site.outputs.fragments.showing import Shown, article, keeping
from veillee.site.outputs.fragments.lasting import (
    Kept,
    Lasting,
    Texts,
    add_fragments,
    forget_fragments,
    load_fragments,
    save_fragments,
)

MARK, NEXT = b"12345678", b"abcdefgh"
FACTS = frozenset({("name", "SITEURL"), ("template", "card.html")})


def kept(text: str) -> Kept:
    return text, FACTS, (("summary", "post-1.html"),)


def one(number: int, text: str, *, address: str = "") -> Texts:
    return {number: {(address, "list.html", 0, ..., "str", "x", None): kept(text)}}


def said(known: Texts) -> dict[int, list[str]]:
    return {number: [text for text, *_ in several.values()] for number, several in known.items()}


def test_they_are_there_again(tmp_path: Path) -> None:
    path = tmp_path / "fragments"
    save_fragments(path, MARK, {**one(1, "one"), **one(-77, "two"), **one(-78, "nobody's")}, {77: 2})
    found = load_fragments(path, MARK)
    assert found == {**one(1, "one"), **one(2, "two")}
    assert load_fragments(path, NEXT) == {}
    assert load_fragments(tmp_path / "none", MARK) == {}


def test_a_file_grows_with_its_plan(tmp_path: Path) -> None:
    path = tmp_path / "fragments"
    save_fragments(path, MARK, {**one(1, "one"), **one(2, "two"), **one(3, "three")}, {})
    forget_fragments(path, [3])
    assert said(load_fragments(path, MARK)) == {1: ["one"], 2: ["two"]}
    add_fragments(path, NEXT, {**one(-9, "four"), **one(1, "one anew", address="x")}, {9: 4}, gone=[2])
    assert load_fragments(path, MARK) == {}
    assert said(load_fragments(path, NEXT)) == {1: ["one", "one anew"], 4: ["four"]}
    add_fragments(path, MARK, one(2, "two again"), {}, gone=[])
    assert said(load_fragments(path, MARK)) == {1: ["one", "one anew"], 4: ["four"], 2: ["two again"]}


def test_what_nobody_kept_is_not_forgotten_into_a_file(tmp_path: Path) -> None:
    forget_fragments(tmp_path / "fragments", [1])
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_not_whole_says_nothing(tmp_path: Path) -> None:
    """Cut anywhere but between two of its parts, or with any byte another."""
    path = tmp_path / "fragments"
    save_fragments(path, MARK, one(1, "one"), {})
    first = len(path.read_bytes())
    add_fragments(path, MARK, one(2, "two"), {}, gone=[1])
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        expected = {1: ["one"]} if end == first else {}
        assert said(load_fragments(path, MARK)) == expected, end
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert load_fragments(path, MARK) == {}, place


def test_too_much_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("veillee.site.outputs.fragments.lasting._MOST", 5)
    save_fragments(tmp_path / "fragments", MARK, {**one(1, "one"), **one(2, "two")}, {})
    assert load_fragments(tmp_path / "fragments", MARK) == {}


CARD = "{{ it.title }} {{ it.url }} {{ it.date.year }} {{ it.summary }} {{ SITENAME }}"
"""What a list shows of each."""


@pytest.mark.parametrize(
    ("body", "is_kept"),
    [
        pytest.param(CARD, True, id="a content"),
        pytest.param(f"{CARD}{{{{ it.content }}}}", True, id="its text"),
        pytest.param(f"{CARD}{{{{ it.next_article.title }}}}", False, id="a neighbour"),
        pytest.param(f"{CARD}{{{{ it.next_article.summary }}}}", False, id="the text of a neighbour"),
        pytest.param(f"{CARD}{{{{ it.next_article.next_article.title }}}}", False, id="a neighbour's neighbour"),
        pytest.param(f"{CARD}{{{{ first.title }}}}", False, id="another content"),
        pytest.param(f"{CARD}{{{{ category.name }}}}", False, id="a category"),
        pytest.param(f"{CARD}{'x' * 20_000}", False, id="very long"),
    ],
)
def test_what_shows_one_content_lasts(body: str, is_kept: bool) -> None:
    shown = Shown({"page": f"{{% for it in articles %}}{body}{{% endfor %}}"})
    articles = [article(number) for number in (1, 2, 3)]
    for older, newer in zip(articles, [*articles[1:], articles[0]], strict=True):
        older.next_article = newer
    context: dict[str, Any] = {"articles": articles[:2], "first": articles[0], "category": articles[0].category}
    context["SITENAME"] = "x"
    numbers = {id(one): number for number, one in enumerate(articles[1:], start=1)}
    lasting = Lasting(lambda content: numbers.get(id(content)))
    with keeping(shown, lasting):
        expected = shown.now(**context)
        lasting.note(shown.fragments.noted())
    assert lasting.new.keys() == ({-id(articles[0]), 1} if is_kept else set())
    numbers[id(articles[0])] = 0
    known: Texts = {max(number, 0): several for number, several in lasting.new.items()}
    for one in articles:
        one.title = "Nobody asks"
    with keeping(shown, Lasting(lambda content: numbers.get(id(content)), known)):
        found = shown.now(**context)
        assert (found == expected) is is_kept
        assert not list(shown.fragments.noted()) or not is_kept
