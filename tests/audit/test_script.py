"""What the one script adds to pages, in Chromium, with clocks that are set: and that pages are whole without it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.audit.browsing import press
from tests.audit.static_host import hosted
from tests.conftest import ROOT

SCRIPT = ROOT / "theme/static/js/veillee.js"
TUESDAY, FRIDAY = "2026-11-17T12:00:00+01:00", "2026-11-20T10:00:00+01:00"


def context_of(browser: Browser, **options: Any) -> BrowserContext:
    return browser.new_context(**{"locale": "fr-FR", "timezone_id": "Europe/Paris", **options})


def tab_at(context: BrowserContext, moment: str, url: str) -> Page:
    """A page opened at an instant; every error that it meets fails the test."""
    tab = context.new_page()
    tab.on("pageerror", lambda error: pytest.fail(str(error)))
    tab.clock.set_fixed_time(moment)
    tab.goto(url)
    return tab


def test_it_is_small_and_pages_ask_for_no_other() -> None:
    assert len(SCRIPT.read_bytes()) < 10_000


def test_a_scheme_that_is_chosen_stays(browser: Browser, address: str) -> None:
    context = context_of(browser, color_scheme="light")
    tab = tab_at(context, FRIDAY, f"{address}/index.html")
    paper = "getComputedStyle(document.body).backgroundColor"
    day = tab.evaluate(paper)
    press(tab, "Sombre")
    night = tab.evaluate(paper)
    assert night != day
    other = tab_at(context, FRIDAY, f"{address}/questions/index.html")
    assert other.evaluate(paper) == night
    press(other, "Automatique")
    assert other.evaluate(paper) == day
    context.close()


def test_a_first_visit_is_told_of_nothing_new(browser: Browser, address: str) -> None:
    context = context_of(browser)
    tab = tab_at(context, FRIDAY, f"{address}/index.html")
    assert (tab.locator(".since").is_visible(), tab.locator(".new").count()) == (False, 0)
    context.close()


def test_what_is_new_since_the_last_visit_is_counted_marked_and_put_aside(browser: Browser, address: str) -> None:
    context = context_of(browser)
    tab_at(context, TUESDAY, f"{address}/index.html").close()
    tab = tab_at(context, FRIDAY, f"{address}/questions/index.html")
    dates = tab.evaluate("[...document.querySelectorAll('article.row time')].map(time => time.dateTime)")
    fresh = sum(date > "2026-11-17T12:00+01:00" for date in dates)
    assert 0 < fresh < len(dates)
    assert tab.locator(".since span").inner_text().startswith(f"{fresh} nouveauté")
    assert "depuis votre visite du mardi 17 novembre" in tab.locator(".since span").inner_text()
    assert tab.locator(".new").count() == fresh
    press(tab, "Tout marquer comme vu")
    assert tab.locator(".new").count() == 0
    tab.reload()
    assert not tab.locator(".since").is_visible()
    context.close()


def test_within_one_visit_what_is_new_stays_new(browser: Browser, address: str) -> None:
    context = context_of(browser)
    tab_at(context, TUESDAY, f"{address}/index.html").close()
    tab_at(context, FRIDAY, f"{address}/index.html").close()
    tab = tab_at(context, "2026-11-20T10:05:00+01:00", f"{address}/questions/index.html")
    assert tab.locator(".new").count() > 0
    context.close()


def test_a_browser_that_keeps_nothing_shows_the_page(browser: Browser, address: str) -> None:
    context = context_of(browser)
    context.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }})")
    tab = tab_at(context, FRIDAY, f"{address}/index.html")
    press(tab, "Sombre")
    assert tab.evaluate("document.documentElement.dataset.scheme") == "dark"
    context.close()


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-24T23:50:00+01:00", "(dans 3 jours)"),
        ("2026-11-26T00:10:00+01:00", "(demain)"),
        ("2026-11-29T10:00:00+01:00", ""),
    ],
)
def test_the_days_until_the_next_edition_are_counted_by_date(
    browser: Browser, address: str, moment: str, said: str
) -> None:
    context = context_of(browser)
    text = tab_at(context, moment, f"{address}/index.html").locator(".next-edition").inner_text()
    assert (said in text) and ("(" in text) == bool(said)
    context.close()


def test_a_readers_language_is_offered_and_taken_no_for_an_answer(browser: Browser, address: str) -> None:
    context = context_of(browser, locale="en-GB")
    tab = tab_at(context, FRIDAY, f"{address}/index.html")
    offer = tab.locator("aside.offer")
    assert offer.get_attribute("lang") == "en"
    assert (
        offer.get_by_role("link", name="This page exists in English.").get_attribute("href")
        == f"{address}/en/index.html"
    )
    press(tab, "No, thank you")
    assert tab.locator("aside.offer").count() == 0
    tab.reload()
    assert tab.locator("aside.offer").count() == 0
    assert tab.url == f"{address}/index.html"
    context.close()


def test_nothing_is_offered_where_it_is_not_wanted(browser: Browser, address: str) -> None:
    for locale, page in (("fr-FR", "index.html"), ("en-GB", "en/index.html"), ("de-DE", "index.html")):
        context = context_of(browser, locale=locale)
        assert tab_at(context, FRIDAY, f"{address}/{page}").locator("aside.offer").count() == 0
        context.close()


def test_a_slash_leads_to_the_search_by_keyboard(browser: Browser, address: str) -> None:
    context = context_of(browser)
    tab = tab_at(context, FRIDAY, f"{address}/index.html")
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.type") == "search"
    tab.keyboard.type("a/b")
    assert tab.evaluate("document.activeElement.value") == "a/b"
    context.close()


def test_without_the_script_nothing_is_there_that_does_nothing(browser: Browser, address: str) -> None:
    context = context_of(browser, java_script_enabled=False)
    tab = context.new_page()
    for page in ("index.html", "live/index.html", "questions/index.html"):
        tab.goto(f"{address}/{page}")
        assert tab.locator("button:visible:not(.search-field button)").count() == 0
    context.close()


class Site:
    """A copy of the demonstration whose activity can be changed."""

    def __init__(self, demo: Path, folder: Path) -> None:
        self.output = folder / "output"
        shutil.copytree(demo, self.output)
        self.file = self.output / "live/activity.json"

    def happen(self, title: str) -> None:
        told = json.loads(self.file.read_text(encoding="utf-8"))
        entry = {"key": title, "label": "Question", "stream": "questions", "title": title, "lang": "en"}
        told["entries"].insert(0, {**entry, "url": "../index.html", "at": "2026-11-20T09:59:00+01:00"})
        told["version"] += "x"
        self.file.write_text(json.dumps(told), encoding="utf-8")


@pytest.fixture
def live(demo: Path, tmp_path: Path, browser: Browser) -> Iterator[tuple[Site, Page]]:
    site = Site(demo, tmp_path)
    with hosted(site.output) as served:
        context = context_of(browser, viewport={"width": 800, "height": 700})
        tab = context.new_page()
        tab.on("pageerror", lambda error: pytest.fail(str(error)))
        tab.clock.install(time=FRIDAY)
        tab.goto(f"{served}/live/index.html")
        yield site, tab
        context.close()


def minute(tab: Page) -> None:
    tab.clock.run_for(61_000)
    tab.wait_for_timeout(300)


HOSTILE = "<img src=x onerror=alert(1)>"


def test_the_live_page_shows_and_says_what_has_happened(live: tuple[Site, Page]) -> None:
    site, tab = live
    before = tab.locator(".live-entries > li").count()
    site.happen(HOSTILE)
    minute(tab)
    first = tab.locator(".live-entries > li").first
    assert first.locator("a").inner_text() == HOSTILE
    assert first.locator("h2").get_attribute("lang") == "en"
    assert first.locator("time").inner_text() == "il y a 2 minutes"
    assert tab.get_by_role("status").inner_text() == f"1 nouveauté\u202f: {HOSTILE}"
    assert tab.locator(".live-entries > li").count() == before + 1


def test_nothing_moves_below_whoever_is_reading(live: tuple[Site, Page]) -> None:
    site, tab = live
    tab.mouse.wheel(0, 1500)
    tab.wait_for_function("() => scrollY > 1000")
    tab.wait_for_timeout(500)  # until the wheel stands still
    site.happen("Something")
    top = tab.locator(".live-entries > li").nth(12).bounding_box()
    minute(tab)
    assert tab.locator(".live-entries > li").nth(12).bounding_box() == top
    press(tab, "Montrer 1 nouveauté")
    assert tab.locator(".live-entries > li").first.locator("a").inner_text() == "Something"


def test_it_can_be_paused_and_stays_so(live: tuple[Site, Page]) -> None:
    site, tab = live
    press(tab, "Pause")
    assert tab.get_by_role("button", name="Pause").get_attribute("aria-pressed") == "true"
    site.happen("Something")
    minute(tab)
    assert tab.locator(".live-entries", has_text="Something").count() == 0
    tab.reload()
    assert tab.locator(".live-state").inner_text() == "En pause."
    press(tab, "Pause")
    minute(tab)
    assert tab.locator(".live-entries", has_text="Something").count() == 1


def test_a_site_that_does_not_answer_is_asked_less_often(live: tuple[Site, Page]) -> None:
    site, tab = live
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url) if "activity" in request.url else None)
    site.file.rename(site.file.with_suffix(".away"))
    for _ in range(7):
        minute(tab)
    assert 2 <= len(asked) <= 3
    assert "ne répond pas" in tab.locator(".live-state").inner_text()
    site.file.with_suffix(".away").rename(site.file)
    for _ in range(8):
        minute(tab)
    assert tab.locator(".live-state").inner_text() == "Cherche du nouveau toutes les minutes."
