"""Links inside of the built site that lead nowhere, fragments included."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LINKING = ("href", "src", "poster", "data-source")
_LISTING = ("srcset", "imagesrcset")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if not value:
                continue
            if name in _LINKING:
                self.targets.append(value)
            elif name in _LISTING:
                self.targets += [part.split()[0] for part in value.split(",") if part.strip()]
            elif name == "id":
                self.ids.add(value)


def broken_links(site: Path, *, address: str) -> list[str]:
    """`page: target` of each link that leads nowhere; what stands below `address` is ours as well."""
    pages = {path: _links_of(path) for path in sorted(site.rglob("*.html"))}
    return [
        f"{page.relative_to(site).as_posix()}: {target}"
        for page, links in pages.items()
        for target in links.targets
        if not _leads_somewhere(site, page, target, pages, address)
    ]


def _links_of(page: Path) -> _Links:
    links = _Links()
    links.feed(page.read_text(encoding="utf-8"))
    return links


def _leads_somewhere(site: Path, page: Path, target: str, pages: dict[Path, _Links], address: str) -> bool:
    if target.startswith(f"{address}/"):
        target, page = target.removeprefix(f"{address}/") or "index.html", site / "index.html"
    if target.startswith("/") and not target.startswith("//"):  # the page for unknown addresses links from the root
        target, page = target.removeprefix("/"), site / "index.html"
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return True
    found = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not found.is_file():
        return False
    return not parts.fragment or found not in pages or unquote(parts.fragment) in pages[found].ids
