"""The built site by template: every page, and one of each template and language, the largest that there is.

Derived from the list of places and of kinds, so that no new template can be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from veillee.model import Kind
from veillee.model.places import Place
from veillee.site.pages.plan import TEMPLATES

LANGUAGES = ("en",)
"""Those of the demonstration that stand below their code; its default language stands at the root."""

_CODE = re.compile(r"[a-z]{2}(-\w+)?")
_NUMBER = re.compile(r"-\d+(?=\.html$)")


def all_pages(site: Path) -> tuple[str, ...]:
    """Every page's path below the site, with `/`."""
    return tuple(sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html")))


def sample_pages(site: Path, *, languages: tuple[str, ...] = ("", *LANGUAGES)) -> tuple[str, ...]:
    """One page of each sort in each of the languages, "" for the default one; none that sends its reader on."""
    largest: dict[tuple[str, str], str] = {}
    for page in all_pages(site):
        if _sends_on(site / page):
            continue
        lang, sort = sort_of(page)
        before = largest.get((lang, sort))
        if before is None or _size(site, page) > _size(site, before):
            largest[lang, sort] = page
    return tuple(page for (lang, _), page in sorted(largest.items()) if lang in languages)


def sort_of(page: str) -> tuple[str, str]:
    """The language code ("" for the default one), and what sort of page it is: one template may serve several."""
    lang, _, rest = page.partition("/")
    if not _CODE.fullmatch(lang):
        lang, rest = "", page
    return lang, _sort_of_path(rest)


def template_of(sort: str) -> str:
    """The template that a sort of page is made from; "" where nobody says so, such as for a page of search."""
    name = sort.partition(" ")[0]
    return TEMPLATES[Place[name]] if name in Place.__members__ else name if name.startswith("post-") else ""


def _sort_of_path(path: str) -> str:
    for place, pattern in _patterns():
        if match := pattern.fullmatch(path) or ("{" not in place.value and pattern.fullmatch(_NUMBER.sub("", path))):
            depth = match["key"].count("/") if "{" in place.value else 0
            return f"{place.name} {depth}" if depth else place.name
    folder, slash, _ = path.partition("/")
    kinds = {kind.folder: f"post-{kind}" for kind in Kind}
    return kinds.get(folder, folder) if slash else "page"


@cache
def _patterns() -> tuple[tuple[Place, re.Pattern[str]], ...]:
    """The exact paths first, and the more exact of two patterns before the other."""

    def by_exactness(place: Place) -> tuple[bool, int]:
        return "{" in place.value, -len(place.value)

    return tuple(
        (place, re.compile(re.escape(place.value).replace(r"\{key\}", "(?P<key>.+)")))
        for place in sorted(TEMPLATES, key=by_exactness)
    )


def _sends_on(page: Path) -> bool:
    return page.stat().st_size < 4_000 and 'http-equiv="refresh"' in page.read_text(encoding="utf-8")


def _size(site: Path, page: str) -> int:
    return (site / page).stat().st_size


def templates_of_pages(theme: Path) -> frozenset[str]:
    """The names of all templates of a theme that pages are made from: those that no other one extends."""
    names = {path.stem for path in (theme / "templates").glob("*.html")}
    frames = {name for path in (theme / "templates").glob("*.html") for name in _extended_by(path)}
    return frozenset(names - frames)


def _extended_by(template: Path) -> Iterator[str]:
    yield from re.findall(r'{% extends "([\w-]+)\.html"', template.read_text(encoding="utf-8"))
