"""The demonstration, one page of each sort, judged by axe, the Nu HTML checker, Chromium and a link check."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.audit import html_checker
from tests.audit.browsing import NARROW, SCHEMES, WIDE, judge_accessibility, judge_manners, judge_reflow
from tests.audit.links import broken_links
from tests.audit.pages import LANGUAGES, all_pages, sample_pages, sort_of, template_of, templates_of_pages
from tests.audit.weight import LIMIT, SCRIPT_LIMIT, weigh
from tests.conftest import ROOT, require_tool
from veillee.site.pages.plan import TEMPLATES

STANDING = {"page", "article", "redirect"}
"""Templates that are asked for by name: Pelican's own, and what stands at an old address."""


def test_no_template_is_forgotten(demo: Path) -> None:
    sorts = {sort_of(page)[1] for page in sample_pages(demo)}
    made = {template_of(sort) for sort in sorts}
    assert set(TEMPLATES.values()) <= made
    assert templates_of_pages(ROOT / "theme") - made - STANDING == set()
    assert "page" in sorts


def test_every_sort_of_page_is_there_in_each_language(demo: Path) -> None:
    found = {lang: {sort_of(page)[1] for page in sample_pages(demo, languages=(lang,))} for lang in ("", *LANGUAGES)}
    assert found["en"] == found[""]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_no_violation(demo: Path, browser: Browser, address: str, scheme: str) -> None:
    assert judge_accessibility(browser, address, sample_pages(demo, languages=("",)), scheme=scheme, width=WIDE) == []


def test_axe_finds_no_violation_on_a_narrow_screen(demo: Path, browser: Browser, address: str) -> None:
    pages = sample_pages(demo, languages=("en",))
    assert judge_accessibility(browser, address, pages, scheme="light", width=NARROW) == []


def test_no_page_scrolls_sideways(demo: Path, browser: Browser, address: str) -> None:
    assert judge_reflow(browser, address, sample_pages(demo, languages=("en",))) == []


def test_what_is_current_is_seen_in_forced_colours(browser: Browser, address: str) -> None:
    context = browser.new_context(forced_colors="active")
    tab = context.new_page()
    tab.goto(f"{address}/questions/index.html")
    looks = (
        "all => all.map(one => getComputedStyle(one)).map(style => style.backgroundColor + style.textDecorationLine)"
    )
    for links in (".filters a", ".sections a"):
        current = tab.locator(f"{links}[aria-current]").evaluate_all(looks)
        others = tab.locator(f"{links}:not([aria-current])").evaluate_all(looks)
        assert len(current) == len(set(others)) == 1
        assert current[0] != others[0]
    context.close()


def test_pages_keep_to_the_policy_and_ask_nothing_of_others(demo: Path, browser: Browser, address: str) -> None:
    assert judge_manners(browser, address, sample_pages(demo, languages=("",))) == []


def test_the_nu_html_checker_finds_no_error_on_any_page(demo: Path) -> None:
    require_tool(html_checker.is_there(), "vnu (java and npm)")
    assert html_checker.html_errors(demo) == []


def test_every_internal_link_leads_somewhere(demo: Path) -> None:
    assert len(all_pages(demo)) > 100
    assert broken_links(demo, address="https://veillee.example") == []


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_the_front_page_is_light(demo: Path, browser: Browser, address: str, encoding: str) -> None:
    weight = weigh(browser, demo, address, "index.html", encoding=encoding)
    assert weight.html and weight.css and weight.fonts
    assert weight.total < LIMIT, weight
    assert len(weight.scripts) <= 1
    assert [url for url, size, waits in weight.scripts if size >= SCRIPT_LIMIT or not waits] == []
