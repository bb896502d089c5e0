"""Translations sorted out group by group: what Pelican makes of the whole list, in as many steps as there are posts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pelican.utils import process_translations as pelicans

from veillee.site.content.translations import process_translations


class Post:
    """As much of a content as is looked at; `compared` counts how often two were held against each other."""

    compared = 0

    def __init__(self, slug: str, category: str, lang: str, is_translation: bool) -> None:
        self.slug, self.category, self.lang, self.in_default_lang = slug, category, lang, lang == "en"
        self.source_path = f"{category}/{slug}.{lang}.md"
        self.metadata = {"translation": "true"} if is_translation else {}
        self.translations: list[Post] = []

    def __eq__(self, other: object) -> bool:
        Post.compared += 1
        return self is other

    __hash__ = object.__hash__


def made(kinds: Iterable[tuple[Any, ...]]) -> list[Post]:
    return [Post(*kind) for kind in kinds]


def outcome(posts: list[Post], split: Any, by: Any) -> tuple[object, ...]:
    """Which posts went where, which are each other's translations, in what order all are left: by their places."""
    place = {id(post): number for number, post in enumerate(posts)}
    listed = list(posts)
    originals, translations = split(listed, by)
    versions = [[place[id(one)] for one in post.translations] for post in posts]
    rows = [[place[id(post)] for post in row] for row in (originals, translations, listed)]
    return (*rows, versions)


KINDS = st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.sampled_from(["en", "fr", "de"]), st.booleans())


@given(st.lists(KINDS, max_size=12), st.sampled_from(["slug", ("slug", "category"), "", None]))
def test_the_groups_together_are_the_whole(kinds: list[tuple[Any, ...]], by: Any) -> None:
    assert outcome(made(kinds), process_translations, by) == outcome(made(kinds), pelicans, by)


@pytest.mark.parametrize("by", ["no_such", 5])
def test_what_cannot_be_sorted_is_said_as_pelican_says_it(by: Any) -> None:
    raised = []
    for split in (process_translations, pelicans):
        with pytest.raises((TypeError, AttributeError)) as caught:
            split(made([("a", "x", "en", False)]), by)
        raised.append((caught.type, str(caught.value)))
    assert raised[0] == raised[1]


def test_each_post_costs_a_step_or_two() -> None:
    posts = made((f"{number:04}", "x", "en", False) for number in range(500))
    Post.compared = 0
    process_translations(posts, "slug")
    assert Post.compared < 3 * len(posts)
