"""What a reader downloads to see a page for the first time, pictures left out; measured by what Chromium asks for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.audit.browsing import calm_context, file_of, url_of
from tests.audit.static_host import compressed, is_text

LIMIT = 40_000
SCRIPT_LIMIT = 10_000
_PICTURES = ("image", "media")


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes over the wire, without headers; `scripts` are those that the page names, each with its plain size."""

    html: int
    css: int
    script: int
    fonts: int
    other: int
    scripts: tuple[tuple[str, int, bool], ...]

    @property
    def total(self) -> int:
        return self.html + self.css + self.script + self.fonts + self.other


def weigh(browser: Browser, site: Path, address: str, page: str, *, encoding: str) -> Weight:
    """The weight of a page; the third part of a script is whether it waits until the page was read."""
    context = calm_context(browser)
    tab = context.new_page()
    asked: dict[str, str] = {}
    tab.on("request", lambda request: asked.setdefault(request.url, request.resource_type))
    tab.goto(url_of(address, page), wait_until="networkidle")
    named = tab.evaluate(
        "[...document.querySelectorAll('script:not([type]), script[type=module], script[type=\"text/javascript\"]')]"
        ".map(s => [s.src, s.defer || s.type === 'module'])"
    )
    context.close()
    parts = dict.fromkeys(("html", "css", "script", "fonts", "other"), 0)
    for url, kind in asked.items():
        path = file_of(site, url, address)
        if url.startswith(address) and kind not in _PICTURES and not _is_picture(path):
            part = {"document": "html", "stylesheet": "css", "script": "script", "font": "fonts"}.get(kind, "other")
            parts[part] += len(compressed(path, encoding if is_text(path) else ""))
    scripts = tuple((url, _plain_size(site, url, address), waits) for url, waits in named)
    return Weight(**parts, scripts=scripts)


def _is_picture(path: Path) -> bool:
    return path.suffix in (".png", ".jpg", ".svg", ".webp", ".avif", ".ico")


def _plain_size(site: Path, url: str, address: str) -> int:
    return file_of(site, url, address).stat().st_size if url else SCRIPT_LIMIT  # one that is inline has no address
