"""What templates may call: languages, dates, safe HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from jinja2 import Environment

from tests.theme.sample import NOW, URL, make_community, make_post
from veillee.model import Author, Kind
from veillee.shipped import theme_folder
from veillee.site.pages.interface import HUES, install_interface

POST = make_post(Kind.QUESTION, "why", "Pourquoi ?", days=3)


@pytest.fixture(scope="module")
def environment() -> Environment:
    made = Environment(autoescape=True)
    install_interface(made)
    return made


def show(environment: Environment, source: str, **values: object) -> str:
    context = {"community": make_community(), "output_file": "buzz/index.html", "lang": "fr", **values}
    return environment.from_string(source).render(context)


def test_a_page_speaks_the_language_of_its_post_where_the_site_has_it(environment: Environment) -> None:
    english = SimpleNamespace(post=replace(POST, lang="en"))
    persian = SimpleNamespace(post=replace(POST, lang="fa"))
    assert show(environment, "{{ page_language() }}", lang="", article=english) == "en"
    assert show(environment, "{{ page_language() }}", lang="", article=persian) == "fr"


def test_the_interface_speaks_french_or_english(environment: Environment) -> None:
    source = "{{ _('Digests') }} {{ ngettext('%(num)s answer', '%(num)s answers', 2) }}"
    assert show(environment, source) == "Lettres 2 réponses"
    assert show(environment, source, lang="en") == "Digests 2 answers"


def test_french_counts_nothing_in_the_singular_and_english_in_the_plural(environment: Environment) -> None:
    source = "{{ ngettext('%(num)s answer', '%(num)s answers', 0) }}"
    assert show(environment, source) == "0 réponse"
    assert show(environment, source, lang="en") == "0 answers"


def test_what_is_filled_into_a_message_is_escaped(environment: Environment) -> None:
    source = "{{ _('Welcome to %(title)s', title='<b>') }}"
    assert show(environment, source) == "Bienvenue à &lt;b&gt;"


def test_text_in_another_language_is_marked_and_so_is_its_direction(environment: Environment) -> None:
    source = "<p{{ tongue(spoken) | xmlattr }}>"
    assert show(environment, source, spoken="fr") == "<p>"
    assert show(environment, source, spoken="en") == '<p lang="en">'
    assert show(environment, source, spoken="ar") == '<p lang="ar" dir="rtl">'


def test_a_day_is_shown_in_the_time_zone_of_the_community(environment: Environment) -> None:
    late = make_community().now.replace(day=19, hour=23, minute=30)
    shown = show(environment, "{{ late | time_tag }}", late=late)
    assert shown == '<time datetime="2026-11-20T00:30+01:00">20 novembre 2026</time>'
    assert "20 November 2026" in show(environment, "{{ late | time_tag }}", late=late, lang="en")


def test_how_long_a_question_waits_is_told_from_the_instant_of_the_community(environment: Environment) -> None:
    source = "{{ waiting_time(post) }}"
    assert show(environment, source, post=POST) == "3\u00a0jours"
    assert show(environment, source, post=POST, lang="en") == "3 days"
    assert show(environment, source, post=replace(POST, published_at=NOW), lang="en") == "1 hour"


def test_our_own_links_in_a_text_become_relative_and_others_stay(environment: Environment) -> None:
    html = f'<p><a href="{URL}/questions/sql.html">ici</a> <a href="https://example.org/">là</a></p>'
    shown = show(environment, "{{ html | trusted }}", html=html)
    assert shown == '<p><a href="../questions/sql.html">ici</a> <a href="https://example.org/">là</a></p>'


def test_an_excerpt_keeps_words_and_links_but_no_headings_pictures_or_anchors(environment: Environment) -> None:
    html = '<h2 id="a">Fini</h2><p id="b">Un <strong>mot</strong> <a href="#a">haut</a><img src="x.png" alt="y"></p>'
    shown = show(environment, "{{ html | excerpt }}", html=html)
    assert "<h2" not in shown and "<img" not in shown and "id=" not in shown and 'href="#' not in shown
    assert "Fini" in shown and "<strong>mot</strong>" in shown


def test_the_edit_link_names_the_file_and_is_absent_without_the_setting(environment: Environment) -> None:
    source = "{{ edit_url('stories/à deux.md') }}"
    assert show(environment, source) == ""
    setting = {"VEILLEE_EDIT_URL": "https://git.example/edit/{path}"}
    assert show(environment, source, **setting) == "https://git.example/edit/stories/%C3%A0%20deux.md"


def test_the_tagline_is_in_the_language_of_the_page_else_in_the_default_one(environment: Environment) -> None:
    both = {"VEILLEE_TAGLINE": {"fr": "Bonsoir", "en": "Good evening"}}
    assert show(environment, "{{ tagline() }}", **both, lang="en") == "Good evening"
    assert show(environment, "{{ tagline() }}", VEILLEE_TAGLINE={"fr": "Bonsoir"}, lang="en") == "Bonsoir"
    assert show(environment, "{{ tagline() }}", VEILLEE_TAGLINE="Salut", lang="en") == "Salut"


def test_a_host_is_what_a_reader_recognises(environment: Environment) -> None:
    assert show(environment, "{{ 'https://www.example.org/a/b' | host }}") == "example.org"


def test_the_colour_behind_initials_stays_whatever_else_is_on_the_page(environment: Environment) -> None:
    amina, guest = Author("Amina Benali", "amina"), Author("Amina Benali")
    assert show(environment, "{{ author | hue }}", author=amina) == "1"
    assert show(environment, "{{ author | hue }}", author=replace(amina, name="A. Benali"), lang="en") == "1"
    assert show(environment, "{{ author | hue }}", author=guest) == show(
        environment, "{{ author | hue }}", author=guest
    )
    names = [Author("", f"member-{number}") for number in range(200)]
    assert {int(show(environment, "{{ author | hue }}", author=one)) for one in names} == set(range(1, HUES + 1))


def test_initials_can_be_read_on_every_colour_by_day_and_by_night() -> None:
    css = (theme_folder() / "static/css/veillee.css").read_text(encoding="utf-8")
    pair = r"light-dark\((#\w{6}), (#\w{6})\)"
    rules = re.findall(rf"\.hue-(\d) {{ background: {pair}; color: {pair}; }}", css)
    assert [int(rule[0]) for rule in rules] == list(range(1, HUES + 1))
    for _, by_day, by_night, day_ink, night_ink in rules:
        assert min(contrast(by_day, day_ink), contrast(by_night, night_ink)) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio"."""
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
