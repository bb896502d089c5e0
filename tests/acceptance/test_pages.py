"""The demonstration's pages, judged by the Nu HTML checker, axe and a link check of our own."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import ROOT, require_tool

VNU = ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss2m")  # for a run of seconds, without a second compiler
AXE = ROOT / "node_modules/axe-core/axe.min.js"
PAGES = (
    "index.html",
    "en/index.html",
    "stories/atelier-de-nuit.html",
    "en/stories/atelier-de-nuit.html",
    "questions/index.html",
    "questions/open.html",
    "buzz/index.html",
    "members/index.html",
    "members/amina.html",
    "tags/index.html",
    "archives/index.html",
    "digests/index.html",
    "digests/weekly/index.html",
    "digests/weekly/2026-W47.html",
    "en/digests/weekly/2026-W47.html",
    "style/index.html",
    "404.html",
)
WIDTHS = (320, 360, 768, 1280)


def test_the_nu_html_checker_finds_no_error_on_any_page(demo: Path) -> None:
    require_tool(shutil.which("java") and VNU.exists(), "vnu (java and npm)")
    command = ["java", *QUICK, "-jar", str(VNU), "--format", "json", "--skip-non-html", "--errors-only", str(demo)]
    judged = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    messages = json.loads(judged.stderr)["messages"]
    assert [f"{m['url']}:{m.get('lastLine')}: {m['message']}" for m in messages] == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    require_tool(path, "chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


def test_the_named_pages_and_some_of_each_kind_exist(demo: Path) -> None:
    assert [page for page in PAGES if not (demo / page).is_file()] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(demo: Path, browser: Browser, scheme: str) -> None:
    require_tool(AXE.exists(), "axe-core (npm)")
    questions = [f"questions/{path.name}" for path in sorted((demo / "questions").glob("*.html"))[:4]]
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    violations = []
    for page in (*PAGES, *questions):
        tab.goto((demo / page).as_uri())
        tab.evaluate(AXE.read_text(encoding="utf-8"))
        found = tab.evaluate("async () => (await axe.run()).violations.map(v => [v.id, v.nodes[0].html])")
        violations += [(page, *violation) for violation in found]
    context.close()
    assert violations == []


def test_no_page_scrolls_sideways(demo: Path, browser: Browser) -> None:
    context = browser.new_context()
    tab = context.new_page()
    wide = []
    for page in PAGES:
        tab.goto((demo / page).as_uri())
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 800})
            if tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wide.append((page, width))
    context.close()
    assert wide == []


def test_a_page_asks_nothing_of_a_third_party(demo: Path, browser: Browser) -> None:
    context = browser.new_context()
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    for page in PAGES:
        tab.goto((demo / page).as_uri())
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.targets.append(value)
            elif name == "id" and value:
                self.ids.add(value)


def test_every_internal_link_leads_somewhere(demo: Path) -> None:
    pages = {path: _links_of(path) for path in sorted(demo.rglob("*.html"))}
    assert len(pages) > 100
    broken = [
        f"{page.relative_to(demo)}: {target}"
        for page, links in pages.items()
        for target in links.targets
        if not _leads_somewhere(demo, page, target, pages)
    ]
    assert broken == []


def _links_of(page: Path) -> _Links:
    links = _Links()
    links.feed(page.read_text(encoding="utf-8"))
    return links


def _leads_somewhere(demo: Path, page: Path, target: str, pages: dict[Path, _Links]) -> bool:
    if target.startswith("https://veillee.example/"):
        target, page = target.removeprefix("https://veillee.example/") or "index.html", demo / "index.html"
    if target.startswith("/") and not target.startswith("//"):  # the page for unknown addresses links from the root
        target, page = target.removeprefix("/"), demo / "index.html"
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return True
    start = demo if parts.path.startswith("/") else page.parent
    found = (start / unquote(parts.path.lstrip("/"))).resolve() if parts.path else page
    if not found.is_file():
        return False
    return not parts.fragment or found not in pages or unquote(parts.fragment) in pages[found].ids
