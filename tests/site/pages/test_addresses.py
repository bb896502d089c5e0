"""Links from one page to another."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from tests.theme.sample import make_community
from veillee.site.content.links import path_below
from veillee.site.pages.addresses import relative_path
from veillee.site.pages.interface import install_interface


@pytest.fixture(scope="module")
def environment() -> Environment:
    made = Environment(autoescape=True)
    install_interface(made)
    return made


def call(environment: Environment, source: str, output_file: str = "index.html", **values: object) -> str:
    community = values.pop("community", None) or make_community()
    context = {"community": community, "output_file": output_file, "THEME_STATIC_DIR": "theme", **values}
    return environment.from_string("{{ " + source + " }}").render(context)


@pytest.mark.parametrize(
    ("path", "start", "link"),
    [
        ("index.html", "index.html", "index.html"),
        ("questions/sql.html", "index.html", "questions/sql.html"),
        ("index.html", "en/questions/sql.html", "../../index.html"),
        ("archives/2026/11.html", "archives/2026.html", "2026/11.html"),
        ("archives/2026.html", "archives/2026/11.html", "../2026.html"),
        ("en/index.html", "en/index.html", "index.html"),
        ("a/b:c.html", "a/index.html", "./b:c.html"),
    ],
)
def test_a_link_leads_from_one_output_path_to_another(path: str, start: str, link: str) -> None:
    assert relative_path(path, start=start) == link


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://a.example/x/y.html", "x/y.html"),
        ("https://a.example/", "index.html"),
        ("https://a.example", "index.html"),
        ("https://a.example.evil/x.html", None),
        ("http://a.example/x.html", None),
        ("mailto:x@a.example", None),
    ],
)
def test_only_our_own_urls_have_a_path_of_ours(url: str, path: str | None) -> None:
    assert path_below(url, "https://a.example") == path


def test_without_an_address_of_its_own_a_site_never_takes_another_for_itself() -> None:
    assert path_below("//elsewhere.example/x", "") is None
    assert path_below("/x.html", "") == "x.html"


def test_a_place_is_linked_in_the_language_of_the_page(environment: Environment) -> None:
    assert call(environment, "place('questions')", "buzz/index.html", lang="fr") == "../questions/index.html"
    assert call(environment, "place('questions')", "en/buzz/index.html", lang="en") == "../questions/index.html"
    assert call(environment, "place('questions', lang='en')", lang="fr") == "en/questions/index.html"
    assert call(environment, "place('tag', 'c-sharp', 2)", lang="fr") == "tags/c-sharp-2.html"


def test_a_tag_in_another_script_becomes_a_valid_link(environment: Environment) -> None:
    assert call(environment, "place('tag', 'données')", lang="fr") == "tags/donn%C3%A9es.html"


def test_a_fragment_stays_on_the_link(environment: Environment) -> None:
    link = call(environment, "rel('https://veillee.example/questions/sql.html#answer-2')", "buzz/x.html")
    assert link == "../questions/sql.html#answer-2"


def test_links_to_other_sites_stay_as_they_are(environment: Environment) -> None:
    assert call(environment, "rel('https://example.org/a?b=1')") == "https://example.org/a?b=1"


def test_the_page_for_unknown_addresses_links_from_the_root(environment: Environment) -> None:
    assert call(environment, "place('home')", "404.html", lang="fr", is_served_anywhere=True) == "/index.html"
    below = make_community(url="https://a.example/below")
    link = call(environment, "asset('css/veillee.css')", "404.html", community=below, is_served_anywhere=True)
    assert link == "/below/theme/css/veillee.css"


def test_a_link_to_a_part_of_the_same_page_is_that_part_alone(environment: Environment) -> None:
    community = make_community()
    source = f'rel("{community.url}/questions/sql.html#answer-1")'
    assert call(environment, source, "questions/sql.html", community=community) == "#answer-1"
    assert call(environment, source, "questions/other.html", community=community) == "sql.html#answer-1"
