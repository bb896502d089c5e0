"""Searching the demonstration in Chromium, by keyboard, in both languages; and without a script, and from a disk."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.audit.browsing import press
from veillee.site.leftovers import Leftovers
from veillee.site.search import parts
from veillee.site.search.index import Search


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The address of a folder that is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def base(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site below a path, as a project's pages are."""
    above = tmp_path_factory.mktemp("web")
    (above / "project").symlink_to(demo)
    with _served(above) as address:
        yield f"{address}project/"


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def _titles(tab: Page) -> list[str]:
    return tab.locator("#search-results a").all_inner_texts()


def test_nothing_of_the_search_is_loaded_before_the_field_is_entered(base: str, tab: Page) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{base}search/index.html", wait_until="networkidle")
    assert [url for url in asked if "/pagefind/" in url] == []
    tab.keyboard.press("/")
    expect(tab.locator("#q")).to_be_focused()
    tab.wait_for_function("() => document.getElementById('search-topic').length > 1")
    assert [url for url in asked if "/pagefind/" in url] != []


def test_a_word_is_found_without_its_accents_and_in_other_forms(base: str, tab: Page) -> None:
    found = []
    for words in ("requêtes", "requete", "REQUÊTE"):
        tab.goto(f"{base}search/index.html?q={words}")
        expect(tab.locator("#search-status")).to_contain_text("résultats")
        found.append(_titles(tab))
    assert found[0] == found[1] == found[2]
    assert found[0][0] == "Trois requêtes pour vider une étagère"
    assert tab.locator("#search-results mark").first.inner_text().lower().startswith("requête")


def test_from_any_page_to_a_result_and_back_by_keyboard_alone(base: str, tab: Page) -> None:
    tab.goto(f"{base}members/amina.html")
    tab.focus("#search-field")
    tab.keyboard.type("atelier de nuit")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search/index.html?q=atelier+de+nuit")
    expect(tab.locator("#search-status")).to_contain_text("résultats")
    tab.keyboard.press("/")
    tab.keyboard.press("ArrowDown")
    expect(tab.locator("#search-results a").first).to_be_focused()
    tab.keyboard.press("ArrowDown")
    expect(tab.locator("#search-results a").nth(1)).to_be_focused()
    tab.keyboard.press("Escape")
    expect(tab.locator("#q")).to_be_focused()
    tab.keyboard.press("ArrowDown")
    target = tab.locator("#search-results a").first.get_attribute("href")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/{str(target).removeprefix('../')}")
    tab.go_back()
    expect(tab.locator("#q")).to_have_value("atelier de nuit")
    expect(tab.locator("#search-status")).to_contain_text("résultats")


def test_filters_narrow_down_and_the_address_keeps_them(base: str, tab: Page) -> None:
    tab.goto(f"{base}search/index.html?q=sql")
    expect(tab.locator("#search-results a").first).to_be_visible()
    whole = len(_titles(tab))
    tab.select_option("#search-stream", "questions")
    tab.wait_for_function(f"() => document.querySelectorAll('#search-results a').length < {whole}")
    assert "stream=questions" in tab.url
    questions = _titles(tab)
    tab.reload()
    tab.wait_for_function(f"() => document.querySelectorAll('#search-results a').length === {len(questions)}")
    assert _titles(tab) == questions
    tab.select_option("#search-topic", "SQL")
    tab.wait_for_function("() => location.search.includes('topic=SQL')")


def test_the_other_language_is_searched_and_marked_as_such(base: str, tab: Page) -> None:
    tab.goto(f"{base}search/index.html?q=catalogue&lang=en")
    expect(tab.locator("#search-results a").first).to_have_attribute("lang", "en")
    assert "The winter catalogue opens on Monday" in _titles(tab)
    assert tab.evaluate("document.documentElement.lang") == "fr"
    tab.goto(f"{base}en/search/index.html?q=catalogue")
    expect(tab.locator("#search-status")).to_contain_text("result")
    assert "The winter catalogue opens on Monday" in _titles(tab)
    press(tab, "The winter catalogue opens on Monday")
    tab.wait_for_url("**/en/announcements/**")


def test_an_index_in_parts_finds_what_a_whole_one_does(
    base: str, demo: Path, tab: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    divided = shutil.copytree(demo, tmp_path / "site")
    monkeypatch.setattr(parts, "LEAST_PAGES", 10)
    search = Search(divided, tmp_path / "kept")
    search.put(search.make(), Leftovers(divided, tmp_path / "list", set))
    assert min(map(len, json.loads((divided / "pagefind/parts.json").read_bytes()).values())) > 1
    with _served(divided) as address:
        for page, words, said in (("search", "sql", "résultats"), ("en/search", "catalogue", "results")):
            found = []
            for start in (base, address):
                tab.goto(f"{start}{page}/index.html?q={words}")
                expect(tab.locator("#search-status")).to_contain_text(said)
                topics = tab.locator("#search-topic option").all_inner_texts()
                found.append((tab.inner_text("#search-status"), sorted(_titles(tab)), topics))
            assert found[0] == found[1]
            assert len(found[0][2]) > 1


def test_nothing_found_is_said_with_what_to_do_and_never_as_markup(base: str, tab: Page) -> None:
    tab.goto(f"{base}search/index.html?kind=story&stream=questions&q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    expect(tab.locator("#search-status")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(tab.locator("#search-status")).to_contain_text("autre langue")
    assert tab.locator("main img").count() == 0


def test_a_site_without_its_index_says_where_to_look(base: str, tab: Page) -> None:
    tab.route("**/pagefind/**", lambda route: route.abort())
    tab.goto(f"{base}search/index.html?q=sql")
    expect(tab.locator("#search-status")).to_contain_text("ne répond pas")


def test_without_a_script_the_page_says_what_to_do_instead(base: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{base}search/index.html?q=sql")
    assert "JavaScript" in tab.inner_text(".search-else")
    tab.click(".search-else a >> nth=0")
    assert tab.url.endswith("/tags/index.html")
    context.close()


def test_from_a_disk_it_says_why_nothing_is_found(demo: Path, tab: Page) -> None:
    tab.goto((demo / "search/index.html").as_uri())
    assert "veillee serve" in tab.inner_text("#search-status")
    expect(tab.locator("#q")).to_be_disabled()
