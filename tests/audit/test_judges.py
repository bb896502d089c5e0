"""The judges themselves: each finds what is wrong with a page that is wrong on purpose, and nothing on a good one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.audit import html_checker
from tests.audit.browsing import SCHEMES, WIDE, judge_accessibility, judge_manners, judge_reflow
from tests.audit.links import broken_links
from tests.audit.static_host import hosted, read_headers
from tests.conftest import require_tool

FRAME = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="style.css"></head>
<body><main><h1>A page</h1>{}</main></body></html>"""
STYLE = """:root { color-scheme: light dark }
body { background: light-dark(#fff, #111); color: light-dark(#000, #fff) } a { color: light-dark(#00c, #9cf) }
.night { color: light-dark(#000, #333) }
.wide { width: 100rem } .large { width: 40rem; height: 1rem; overflow: hidden }"""
PAGES = {
    "good.html": "<p>Words, and <a href='good.html#here' id='here'>a link</a>.</p>",
    "night.html": "<p class='night'>Seen by day alone</p>",
    "picture.html": "<img src='good.html'>",
    "inline.html": "<p style='color: red'>Red</p>",
    "guest.html": "<img alt='' src='https://example.org/pixel.png'>",
    "loud.html": "<script src='loud.js'></script>",
    "wide.html": "<p class='wide'>Wide</p>",
    "large.html": "<p class='large'>Wide when text is large</p>",
    "broken.html": "<p><a href='gone.html'>gone</a> <a href='good.html#nowhere'>nowhere</a></p>",
    "nested.html": "<a href='good.html'><button>both</button></a>",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged")
    for name, body in PAGES.items():
        (folder / name).write_text(FRAME.format(body), encoding="utf-8")
    (folder / "style.css").write_text(STYLE, encoding="utf-8")
    (folder / "loud.js").write_text("eval('1')", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with hosted(site) as served:
        yield served


def test_axe_sees_what_is_wrong_in_one_scheme_alone(browser: Browser, address: str) -> None:
    def judged(page: str) -> list[list[str]]:
        return [judge_accessibility(browser, address, [page], scheme=scheme, width=WIDE) for scheme in SCHEMES]

    assert judged("good.html") == [[], []]
    by_day, by_night = judged("night.html")
    assert by_day == []
    assert [found.split(": ")[:2] for found in by_night] == [["night.html", "color-contrast"]]
    assert all("image-alt" in found[0] for found in judged("picture.html"))


@pytest.mark.parametrize(
    ("page", "judges"),
    [("good.html", set()), ("inline.html", {"policy"}), ("guest.html", {"policy", "third party"})],
)
def test_manners_are_seen(browser: Browser, address: str, page: str, judges: set[str]) -> None:
    assert {found.judge for found in judge_manners(browser, address, [page])} == judges


def test_a_script_that_does_what_is_forbidden_is_seen(browser: Browser, address: str) -> None:
    assert "policy" in {found.judge for found in judge_manners(browser, address, ["loud.html"])}


def test_a_page_that_scrolls_sideways_is_seen(browser: Browser, address: str) -> None:
    assert judge_reflow(browser, address, ["good.html"]) == []
    assert judge_reflow(browser, address, ["wide.html"])[0] == "wide.html: 320"
    found = judge_reflow(browser, address, ["large.html"])
    assert "large.html: 1280" not in found
    assert found[-1] == "large.html: 1280, text at 200 %"


def test_links_that_lead_nowhere_are_seen(site: Path) -> None:
    assert broken_links(site, address="https://x.example") == [
        "broken.html: gone.html",
        "broken.html: good.html#nowhere",
    ]


def test_errors_of_html_are_seen(site: Path) -> None:
    require_tool(html_checker.is_there(), "vnu (java and npm)")
    assert {found.partition(":")[0] for found in html_checker.html_errors(site)} == {"/nested.html", "/picture.html"}


def test_headers_are_read_as_hosts_read_them(tmp_path: Path) -> None:
    path = tmp_path / "_headers"
    path.write_text("# all\n/*\n  X-One: a: b\n/theme/*\n  Cache-Control: max-age=1\n", encoding="utf-8")
    assert read_headers(path) == (("/*", "X-One", "a: b"), ("/theme/*", "Cache-Control", "max-age=1"))
    assert read_headers(tmp_path / "none") == ()
