"""Pages as Chromium sees them: violations that axe finds, what the policy forbade, who was asked, what does not fit."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.conftest import ROOT, require_tool

AXE = ROOT / "node_modules/axe-core/axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
SCHEMES = ("light", "dark")
WIDE, ZOOMED, NARROW = 1280, 640, 320
"""A window, the same at 200 % zoom, and at 400 %, where WCAG 1.4.10 still forbids to scroll both ways."""
WIDTHS = (NARROW, 360, ZOOMED, WIDE)
MANY = 120
"""More stops of the keyboard than any page that is walked through has."""
FOCUSED = "() => document.activeElement.textContent.trim().replace(/\\s+/g, ' ')"

_TIME_FOR_SCRIPTS_MS = 100

_HEED_POLICY = """
window.forbidden = [];
document.addEventListener("securitypolicyviolation",
  event => window.forbidden.push(event.effectiveDirective + " " + event.blockedURI));
"""
_RUN_AXE = """async tags => {
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  return found.violations.flatMap(v => v.nodes.map(node => v.id + ": " + node.target.join(" ") + " " + node.html));
}"""
_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_LARGE_TEXT = "size => { document.documentElement.style.fontSize = size }"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a page: `judge` names who says so."""

    judge: str
    page: str
    what: str


@contextmanager
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    require_tool(path, "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def calm_context(browser: Browser, *, scheme: str = "light", width: int = WIDE) -> BrowserContext:
    """Without motion, since a colour that is on its way is not the one to judge."""
    return browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        viewport={"width": width, "height": 900},
        locale="fr-FR",
    )


def judge_accessibility(browser: Browser, address: str, pages: Iterable[str], *, scheme: str, width: int) -> list[str]:
    """`page: rule: element` for each violation that axe finds."""
    require_tool(AXE.exists(), "axe-core (npm)")
    axe = AXE.read_text(encoding="utf-8")
    context = calm_context(browser, scheme=scheme, width=width)
    tab = context.new_page()
    found = []
    for page in pages:
        tab.goto(url_of(address, page))
        tab.evaluate(axe)
        found += [f"{page}: {violation}" for violation in tab.evaluate(_RUN_AXE, list(TAGS))]
    context.close()
    return found


def judge_manners(browser: Browser, address: str, pages: Iterable[str]) -> list[Finding]:
    """What the policy forbade, what was asked of a third party, what is missing, what was said on the console."""
    context = calm_context(browser)
    context.add_init_script(_HEED_POLICY)
    tab = context.new_page()
    open_page, found = [""], []
    _listen(tab, address, lambda judge, what: found.append(Finding(judge, open_page[0], what)))
    for open_page[0] in pages:
        tab.goto(url_of(address, open_page[0]))
        if tab.evaluate("document.scripts.length"):
            tab.wait_for_timeout(_TIME_FOR_SCRIPTS_MS)
        found += [Finding("policy", open_page[0], what) for what in tab.evaluate("window.forbidden")]
    context.close()
    return found


def _listen(tab: Page, address: str, note: Callable[[str, str], None]) -> None:
    def heard(kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            note("policy" if "Content Security Policy" in text else "console", text)

    def asked(url: str) -> None:
        if not url.startswith((f"{address}/", "data:", "blob:")):
            note("third party", url)

    tab.on("request", lambda request: asked(request.url))
    tab.on("console", lambda message: heard(message.type, message.text))
    tab.on("pageerror", lambda error: note("script", str(error)))


def judge_reflow(browser: Browser, address: str, pages: Iterable[str]) -> list[str]:
    """`page: width` where a page scrolls sideways, and where it does so with text of twice the size."""
    context = calm_context(browser)
    tab = context.new_page()
    found = []
    for page in pages:
        tab.goto(url_of(address, page))
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 900})
            if tab.evaluate(_SIDEWAYS):
                found.append(f"{page}: {width}")
        tab.set_viewport_size({"width": WIDE, "height": 900})
        tab.evaluate(_LARGE_TEXT, "200%")
        if tab.evaluate(_SIDEWAYS):
            found.append(f"{page}: {WIDE}, text at 200 %")
    context.close()
    return found


def url_of(address: str, page: str) -> str:
    return f"{address}/{quote(page)}"


def file_of(site: Path, url: str, address: str) -> Path:
    """The file that a request for an address of the site was answered with."""
    path = site / url.removeprefix(address).partition("?")[0].lstrip("/")
    return path / "index.html" if path.is_dir() else path


def go_to(tab: Page, text: str) -> None:
    """From stop to stop, by the keyboard, up to the one with this text; fails where there is none."""
    for _ in range(MANY):
        tab.keyboard.press("Tab")
        if tab.evaluate(FOCUSED) == text:
            return
    pytest.fail(f"no stop says {text!r} on {tab.url}", pytrace=False)


def press(tab: Page, text: str) -> None:
    """The button or link with this text, reached and pressed by the keyboard."""
    go_to(tab, text)
    tab.keyboard.press("Enter")
