"""The mail as Chromium shows it: on a phone and on a desk, by day and by night, with pictures and without."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import ROOT, require_tool
from tests.render.newsletter.samples import (
    BUZZ,
    DAILY_SECTIONS,
    STORY,
    WEEKLY_SECTIONS,
    a_community,
    composed,
    our_templates,
)
from veillee.model import ComposedEdition, ComposedSection, SectionKind, Token
from veillee.render.newsletter import render_variant
from veillee.render.newsletter.tokens import joined

AXE = ROOT / "node_modules/axe-core/axe.min.js"
RUN_AXE = """async () => {
  const rules = {region: {enabled: false}, "landmark-one-main": {enabled: false}};
  const judged = await axe.run({rules});
  return judged.violations.map(one => [one.id, one.nodes.map(node => node.html)]);
}"""
COLOURS = """[getComputedStyle(document.body).backgroundColor,
  getComputedStyle(document.querySelector(".headline")).color]"""
VALUES = {Token.UNSUBSCRIBE_URL: escape("mailto:a@veillee.example"), Token.RECIPIENT_NAME: "x"}
WORD = "Donaudampfschifffahrtsgesellschaftskapitän" * 4
LONG = composed(
    ComposedSection(SectionKind.STORY, (replace(STORY, title=WORD, summary=WORD),)),
    ComposedSection(SectionKind.BUZZ, (replace(BUZZ[0], text=f"https://a.example/{WORD}"),)),
    ComposedSection(SectionKind.ZAPPING, (), (WORD,)),
    ComposedSection(SectionKind.HELP, (replace(STORY, title=WORD),)),
)
MAILS = {
    "weekly": ("weekly", composed(*WEEKLY_SECTIONS)),
    "questions": ("questions", composed(*DAILY_SECTIONS)),
    "arabic": ("weekly", composed(lang="ar")),
    "long words": ("weekly", LONG),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    require_tool(path, "chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


def shown(browser: Browser, name: str, folder: Path, *, width: int = 640, scheme: str = "light") -> Page:
    """A tab with the mail in it; nothing is loaded, as in a mail program that blocks pictures."""
    digest, edition = MAILS[name]
    file = folder / "mail.html"
    file.write_text(html_of(edition, digest), encoding="utf-8")
    tab = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    tab.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
    tab.goto(file.as_uri())
    return tab


def html_of(edition: ComposedEdition, digest: str) -> str:
    variant = render_variant(edition, community=a_community(), templates=our_templates(digest))
    return joined(variant.html, VALUES)


@pytest.mark.parametrize("name", MAILS)
@pytest.mark.parametrize("width", [360, 640])
def test_no_mail_scrolls_sideways(name: str, width: int, browser: Browser, tmp_path: Path) -> None:
    tab = shown(browser, name, tmp_path, width=width)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["weekly", "questions"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(name: str, scheme: str, browser: Browser, tmp_path: Path) -> None:
    """Colour contrast among them, in both schemes. A mail is no page: landmarks are the mail program's."""
    require_tool(AXE.exists(), "axe-core (npm)")
    tab = shown(browser, name, tmp_path, scheme=scheme)
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    violations = tab.evaluate(RUN_AXE)
    assert violations == []


def test_the_night_is_dark_and_the_day_is_light(browser: Browser, tmp_path: Path) -> None:
    colours = {
        scheme: shown(browser, "weekly", tmp_path, scheme=scheme).evaluate(COLOURS) for scheme in ("light", "dark")
    }
    assert colours == {
        "light": ["rgb(251, 246, 236)", "rgb(32, 38, 58)"],
        "dark": ["rgb(18, 25, 43)", "rgb(236, 229, 214)"],
    }


def test_a_blocked_picture_leaves_its_description_readable(browser: Browser, tmp_path: Path) -> None:
    tab = shown(browser, "weekly", tmp_path, width=360)
    size, colour = tab.evaluate(
        "(s => [s.fontSize, s.color])(getComputedStyle(document.querySelector('.picture img')))"
    )
    assert (size, colour) == ("16px", "rgb(91, 96, 116)")


def test_the_preheader_is_not_shown(browser: Browser, tmp_path: Path) -> None:
    tab = shown(browser, "weekly", tmp_path)
    first = tab.evaluate("document.querySelector('[role=article] > div').getBoundingClientRect().height")
    assert first == 0


def test_the_picture_keeps_its_proportions_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    tab = shown(browser, "weekly", tmp_path, width=360)
    assert tab.evaluate("document.querySelector('.picture img').style.height") == "auto"
