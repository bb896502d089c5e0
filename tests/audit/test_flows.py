"""What people do on the site, in Chromium, by the keyboard alone: no step may need a mouse, and each stop is seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.audit.browsing import FOCUSED, MANY, SCHEMES, calm_context, go_to

_SEEN = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const luminance = colour => channels(colour).slice(0, 3)
    .map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
  const ground = part => getComputedStyle(part).backgroundColor;
  let behind = one.parentElement;
  while (behind.parentElement && channels(ground(behind))[3] === 0) behind = behind.parentElement;
  const [low, high] = [style.outlineColor, ground(behind)].map(luminance).sort((a, b) => a - b);
  return {
    what: one.outerHTML.slice(0, 120),
    width: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    contrast: (high + 0.05) / (low + 0.05),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = calm_context(browser)
    yield context.new_page()
    context.close()


def follow(tab: Page, text: str) -> None:
    go_to(tab, text)
    with tab.expect_navigation():
        tab.keyboard.press("Enter")


def heading(tab: Page) -> str:
    return tab.locator("main h1").inner_text()


def test_reading_begins_behind_the_skip_link(tab: Page, address: str) -> None:
    tab.goto(f"{address}/index.html")
    tab.keyboard.press("Tab")
    assert tab.evaluate(FOCUSED) == "Aller au contenu"
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    title = tab.evaluate(FOCUSED)
    assert title == tab.locator(".lead-title a").inner_text()
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert heading(tab) == title
    before = tab.evaluate("scrollY")
    tab.keyboard.press("Space")
    tab.wait_for_function("before => scrollY > before", arg=before)


def test_questions_are_filtered(tab: Page, address: str) -> None:
    tab.goto(f"{address}/questions/index.html")
    everything = tab.locator(".rows > li").count()
    _, waiting, answered = tab.locator(".filters a").all_inner_texts()
    follow(tab, waiting)
    assert tab.locator(".filters a[aria-current]").inner_text() == waiting
    assert 0 < tab.locator(".rows > li").count() == tab.locator(".state-waiting").count() < everything
    follow(tab, answered)
    assert tab.locator(".filters a[aria-current]").inner_text() == answered
    assert 0 < tab.locator(".rows > li").count() < everything
    assert tab.locator(".state-waiting").count() == 0


def test_the_language_is_switched_there_and_back(tab: Page, address: str) -> None:
    tab.goto(f"{address}/questions/open.html")
    follow(tab, "English")
    assert tab.url == f"{address}/en/questions/open.html"
    assert tab.locator("html").get_attribute("lang") == "en"
    follow(tab, "Français")
    assert tab.url == f"{address}/questions/open.html"


def test_lists_are_paged(tab: Page, address: str) -> None:
    tab.goto(f"{address}/buzz/index.html")
    follow(tab, tab.locator(".pagination a").last.inner_text())
    assert tab.url == f"{address}/buzz/index-2.html"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("page", ["index.html", "questions/index.html", "stories/trois-requetes.html"])
def test_every_stop_can_be_seen(browser: Browser, address: str, page: str, scheme: str) -> None:
    """WCAG 2.4.7 and 2.4.11; the line around a stop has the contrast of 1.4.11 against what is behind it."""
    context = calm_context(browser, scheme=scheme)
    tab = context.new_page()
    tab.goto(f"{address}/{page}")
    stops = []
    tab.keyboard.press("Tab")
    while not tab.evaluate("document.activeElement === document.body") and len(stops) < MANY:
        stops.append(tab.evaluate(_SEEN))
        tab.keyboard.press("Tab")
    context.close()
    assert len(stops) > 15
    assert [stop for stop in stops if stop["width"] < 2 or stop["contrast"] < 3 or not stop["inside"]] == []
