"""The community's own pages: which there are, and that Pelican writes them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.theme.sample import make_archive, make_community, make_post
from veillee.model import Kind
from veillee.model.places import Place
from veillee.shipped import theme_folder
from veillee.site.building import build_site
from veillee.site.pages.plan import TEMPLATES, plan_pages
from veillee.site.settings import load_settings


def test_every_place_has_a_template_and_every_template_is_there() -> None:
    assert set(TEMPLATES) == set(Place)
    assert [name for name in TEMPLATES.values() if not (theme_folder() / f"templates/{name}.html").is_file()] == []


def test_no_two_pages_have_one_path() -> None:
    community = make_community()
    paths = Counter(page.path("fr") for page in plan_pages(community, make_archive(community)))
    assert [path for path, count in paths.items() if count > 1] == []


def test_a_page_knows_in_which_languages_it_stands() -> None:
    only_english = make_post(Kind.STORY, "s", "Story", lang="en", tags=("weather",))
    french_version = make_post(Kind.STORY, "s", "Histoire", tags=("météo",), is_original=False)
    community = make_community(posts=(only_english, french_version), scheduled=())
    languages = {page.path("fr"): page.languages for page in plan_pages(community, make_archive(community))}
    assert languages["tags/meteo.html"] == ("fr",)
    assert languages["en/tags/weather.html"] == ("en",)
    assert languages["tags/index.html"] == languages["en/tags/index.html"] == ("fr", "en")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole small site, read and written by Pelican."""
    folder = tmp_path_factory.mktemp("site")
    for name, text in SITE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    report = build_site(load_settings(folder / "pelicanconf.py"))
    assert report.faults == ()
    return folder / "output"


SITE = {
    "pelicanconf.py": f"""SITENAME = "Le coin du feu"
SITEURL = "https://fire.example/below"
DEFAULT_LANG = "fr"
TIMEZONE = "Europe/Paris"
THEME = "{theme_folder().as_posix()}"
PLUGINS = ["veillee.plugin"]
VEILLEE_LANGUAGES = ["fr", "en"]
VEILLEE_NOW = "2026-11-20T09:00"
""",
    "content/stories/nuit.md": "---\ntitle: La nuit\ndate: 2026-11-18\nauthor: amina\ntags: [atelier]\n---\n"
    "Un récit.\n\n## Le début\n\nVoir [la question]({filename}/questions/pourquoi.yaml).\n",
    "content/questions/pourquoi.yaml": "title: Pourquoi ?\nauthor: amina\ndate: 2026-11-17\nbody: Dites-moi.\n"
    "answers:\n  - {author: amina, date: 2026-11-18, body: Parce que., accepted: true}\n",
    "content/buzz/mercis.yaml": "- {author: amina, date: 2026-11-19, body: Merci à tous}\n",
    "content/members/amina.yaml": "name: Amina Benali\nrole: Responsable d’atelier\n",
    "content/pages/charte.md": "---\ntitle: Charte\n---\nOn s’écoute.\n",
}


def test_pelican_writes_lists_posts_and_standing_pages(built: Path) -> None:
    for path in (
        *("index.html", "en/index.html", "stories/nuit.html", "questions/pourquoi.html", "questions/open.html"),
        *("members/amina.html", "en/members/amina.html", "tags/atelier.html", "archives/2026/11.html", "charte.html"),
        *("digests/index.html", "feeds/index.html", "404.html", "theme/css/veillee.css"),
    ):
        assert (built / path).is_file(), path


def test_a_post_links_relatively_and_says_where_it_really_stands(built: Path) -> None:
    html = (built / "stories/nuit.html").read_text(encoding="utf-8")
    assert 'href="../questions/pourquoi.html"' in html
    assert '<link rel="canonical" href="https://fire.example/below/stories/nuit.html">' in html
    assert 'href="../charte.html"' in html and 'href="../members/amina.html"' in html


def test_the_members_page_tells_what_they_did(built: Path) -> None:
    html = (built / "members/amina.html").read_text(encoding="utf-8")
    assert "Questions posées" in html and "Réponses données" in html and "../stories/nuit.html" in html


def test_a_site_below_a_path_has_its_404_linked_from_there(built: Path) -> None:
    html = (built / "404.html").read_text(encoding="utf-8")
    assert 'href="/below/theme/css/veillee.css"' in html and 'href="/below/index.html"' in html
