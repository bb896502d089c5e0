"""The figures that the site is held to: what was wanted of each, what was found, and whether it is met."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.audit import html_checker, lighthouse
from tests.audit.browsing import NARROW, SCHEMES, WIDE, ZOOMED, judge_accessibility, judge_manners, judge_reflow
from tests.audit.links import broken_links
from tests.audit.pages import all_pages, sample_pages, sort_of
from tests.audit.weight import LIMIT, SCRIPT_LIMIT, weigh

SCORED = ("HOME", "post-story", "post-question", "MEMBER", "EDITION", "SEARCH", "LIVE")
"""The sorts of pages that Lighthouse looks at."""

SITE_ADDRESS = "https://veillee.example"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; `missed` says what stands in the way."""

    name: str
    wanted: str
    found: str
    missed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Served:
    """The demonstration: its folder, the address that it is served at, and a browser to look with."""

    site: Path
    address: str
    browser: Browser


def quick_figures(served: Served) -> Iterator[Figure]:
    """All but Lighthouse."""
    pages = sample_pages(served.site)
    yield from _accessibility(served, pages)
    yield _none_of("pages that scroll sideways", len(pages), judge_reflow(served.browser, served.address, pages))
    manners = judge_manners(served.browser, served.address, pages)
    for name, judges in (
        ("violations of the policy", ("policy",)),
        ("requests to third parties", ("third party",)),
        ("errors in scripts and on the console", ("script", "console")),
    ):
        yield _none_of(name, len(pages), [f"{found.page}: {found.what}" for found in manners if found.judge in judges])
    every = len(all_pages(served.site))
    yield _none_of("errors of HTML", every, html_checker.html_errors(served.site))
    yield _none_of("broken links", every, broken_links(served.site, address=SITE_ADDRESS))
    yield from _weights(served)


def _accessibility(served: Served, pages: Iterable[str]) -> Iterator[Figure]:
    pages = tuple(pages)
    looks = [(scheme, WIDE) for scheme in SCHEMES] + [("light", ZOOMED), ("dark", NARROW)]
    for scheme, width in looks:
        found = judge_accessibility(served.browser, served.address, pages, scheme=scheme, width=width)
        yield _none_of(f"axe, {scheme}, {width} pixels", len(pages), found)


def _weights(served: Served) -> Iterator[Figure]:
    for encoding in ("gzip", "br"):
        weight = weigh(served.browser, served.site, served.address, "index.html", encoding=encoding)
        parts = f"HTML {weight.html}, CSS {weight.css}, script {weight.script + weight.other}, fonts {weight.fonts}"
        missed = () if weight.total < LIMIT else (f"{weight.total - LIMIT} bytes too many",)
        yield Figure(f"front page by {encoding}", f"< {LIMIT} bytes", f"{weight.total}: {parts}", missed)
    too_large = [f"{url}: {size} bytes" for url, size, _ in weight.scripts if size >= SCRIPT_LIMIT]
    at_once = [f"{url}: not deferred" for url, _, waits in weight.scripts if not waits]
    many = [f"{len(weight.scripts)} scripts"] if weight.scripts[1:] else []
    found = ", ".join(f"{size} bytes" for _, size, _ in weight.scripts) or "none"
    wanted = f"at most one, < {SCRIPT_LIMIT} bytes, deferred"
    yield Figure("scripts of the front page", wanted, found, (*too_large, *at_once, *many))


def _none_of(name: str, page_count: int, found: list[str]) -> Figure:
    return Figure(name, "0", f"{len(found)} on {page_count} pages", tuple(found))


def lighthouse_figures(served: Served, *, score: Callable[[str], lighthouse.Scores]) -> Iterator[Figure]:
    """The four scores of each page that must have them; a page that is not there is a miss."""
    pages = {sort_of(page)[1].partition(" ")[0]: page for page in sample_pages(served.site, languages=("",))}
    for sort in SCORED:
        page = pages.get(sort, "")
        if not page:
            yield Figure(f"Lighthouse, {sort}", "a page", "none", (f"the site has no page of the sort {sort}",))
            continue
        scores = score(f"{served.address}/{page}")
        for category, wanted in lighthouse.WANTED.items():
            missed = () if scores.met(category) else scores.lost[category]
            yield Figure(f"Lighthouse, {page}, {category}", f"{wanted:.2f}", f"{scores.found[category]:.2f}", missed)
