"""The pages of tags, categories and authors are asked for as Pelican asks for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pelican.generators import ArticlesGenerator

from tests.site.building import settings_of, write_site
from tests.site.content.remembered import FOREIGN
from veillee.site.content.groups import Members, hasten_groups
from veillee.site.reading import open_session

POSTS = {
    f"{n}.md": f"Title: {n}\nDate: 2026-01-0{n}\nCategory: {'ab'[n % 2]}\nTags: x, {'yz'[n % 2]}\nAuthors: M, N\n\nT.\n"
    for n in range(1, 8)
}


@pytest.mark.parametrize("is_newest_first", [True, False])
@pytest.mark.parametrize("kind", ["tags", "categories", "authors"])
def test_each_group_has_its_own_dates(kind: str, is_newest_first: bool, tmp_path: Path) -> None:
    write_site(tmp_path, POSTS)
    with open_session(settings_of(tmp_path, **FOREIGN, NEWEST_FIRST_ARCHIVES=is_newest_first)) as session:
        session.read()
        generator = session.articles
        groups, dates = getattr(generator, kind), generator.dates
        asked: list[Any] = []
        getattr(generator, f"generate_{kind}")(lambda *_, **named: asked.append((named["articles"], named["dates"])))
        pairs = list(groups.items() if kind == "tags" else groups)
        assert [articles for articles, _ in asked] == [articles for _, articles in pairs]
        assert [own for _, own in asked] == [[one for one in dates if one in articles] for _, articles in pairs]
        assert getattr(generator, kind) is groups
        assert generator.dates is dates


def test_what_a_plugin_puts_there_is_gone_through_as_ever(tmp_path: Path) -> None:
    write_site(tmp_path, POSTS)
    with open_session(settings_of(tmp_path, **FOREIGN)) as session:
        session.read()
        generator = session.articles
        category, articles = generator.categories[0]
        generator.categories = [(category, articles[:1])]
        asked: list[Any] = []
        generator.generate_categories(lambda *_, **named: asked.append(named["dates"]))
        assert asked == [articles[:1]]


def test_groups_that_can_be_gone_through_once_are_all_asked_for(tmp_path: Path) -> None:
    write_site(tmp_path, POSTS)
    with open_session(settings_of(tmp_path, **FOREIGN)) as session:
        session.read()
        generator = session.articles
        expected = [articles for _, articles in generator.authors]
        generator.authors = iter(generator.authors)
        asked: list[Any] = []
        generator.generate_authors(lambda *_, **named: asked.append(named["articles"]))
        assert asked == expected


def test_a_failing_page_leaves_the_groups_as_they_were(tmp_path: Path) -> None:
    write_site(tmp_path, POSTS)
    with open_session(settings_of(tmp_path, **FOREIGN)) as session:
        session.read()
        generator = session.articles
        authors, dates = generator.authors, generator.dates

        def fail(*_: Any, **__: Any) -> None:
            raise ValueError

        with pytest.raises(ValueError):
            generator.generate_authors(fail)
        assert generator.authors is authors
        assert generator.dates is dates


def test_it_is_done_once() -> None:
    hasten_groups()
    before = ArticlesGenerator.generate_tags
    hasten_groups()
    assert ArticlesGenerator.generate_tags is before


def test_members_of_a_list_are_told_by_what_they_are_not_by_how_they_look() -> None:
    one, other = [1], [1]
    assert one in Members([one])
    assert other not in Members([one])


def test_looking_for_members_costs_one_step_for_each() -> None:
    class Article:
        compared = 0

        def __eq__(self, other: object) -> bool:
            Article.compared += 1
            return self is other

        __hash__ = None

    articles = [Article() for _ in range(300)]
    members = Members(articles)
    assert [article for article in articles if article in members] == articles
    assert Article.compared < 3 * len(articles)


def test_who_is_put_first_is_a_member() -> None:
    members = Members(["one"])
    members.put_first(other := object())
    assert members == [other, "one"]
    assert other in members
