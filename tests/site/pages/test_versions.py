"""The language switch."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.theme.sample import URL, Theme, make_community


@pytest.fixture(scope="module")
def theme() -> Theme:
    return Theme()


def links(theme: Theme, output_file: str, **values: Any) -> dict[str, tuple[str, str, bool]]:
    context = {"community": theme.community, "output_file": output_file, "got": [], **values}
    source = "{% for one in language_links() %}{{ got.append(one) or '' }}{% endfor %}"
    theme.environment.from_string(source).render(context)
    return {one.lang: (one.href, one.url, one.is_current) for one in context["got"]}


def article(slug: str, lang: str) -> SimpleNamespace:
    return SimpleNamespace(post=next(p for p in make_community().posts if p.slug == slug and p.lang == lang))


def test_a_translated_post_leads_to_its_translation(theme: Theme) -> None:
    found = links(theme, "stories/night-shift.html", article=article("night-shift", "fr"))
    assert found["en"] == ("../en/stories/night-shift.html", f"{URL}/en/stories/night-shift.html", False)
    assert found["fr"][2]


def test_a_post_without_a_translation_leads_to_the_list_of_its_kind(theme: Theme) -> None:
    found = links(theme, "questions/sql.html", article=article("sql", "fr"))
    assert found["en"] == ("../en/questions/index.html", "", False)


def test_a_post_in_a_language_that_the_site_has_not_offers_all_of_the_site_s(theme: Theme) -> None:
    found = links(theme, "ar/buzz/fa.html", article=article("fa", "ar"))
    assert {lang for lang, (_, _, is_current) in found.items() if not is_current} == {"fr", "en"}
    assert found["fr"][0] == "../../buzz/index.html"


def test_a_list_leads_to_the_same_list(theme: Theme) -> None:
    this = next(page for page in theme.planned() if page.path("fr") == "questions/open.html")
    assert links(theme, "questions/open.html", this=this, lang="fr")["en"][0] == "../en/questions/open.html"


def test_a_tag_that_the_other_language_has_not_leads_to_its_tags(theme: Theme) -> None:
    english = next(page for page in theme.planned() if page.path("fr") == "en/tags/sql.html")
    assert links(theme, "en/tags/sql.html", this=english, lang="en")["fr"][0] == "../../tags/sql.html"
    alone = SimpleNamespace(place=english.place, languages=("en",), path=lambda default, lang: "en/tags/sql.html")
    assert links(theme, "en/tags/sql.html", this=alone, lang="en")["fr"][0] == "../../tags/index.html"
