"""Photographs the demonstration for the README: the home page by day and by night, and the mail.

Run `make pictures`; it writes docs/pictures/.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
MAIL = ROOT / "var" / "preview" / "weekly" / "2026-W47" / "fr.html"


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        photograph(browser, ROOT / "output" / "index.html", "site-by-day.png", width=1280, height=1000)
        photograph(browser, ROOT / "output" / "index.html", "site-by-night.png", width=1280, height=1000, scheme="dark")
        photograph(browser, MAIL, "mail.png", width=680, height=1000)
        browser.close()


def photograph(browser: Browser, page: Path, name: str, *, width: int, height: int, scheme: str = "light") -> None:
    """One screenful of a local page, written to docs/pictures/."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, locale="fr-FR")
    tab = context.new_page()
    tab.goto(page.as_uri(), wait_until="load")
    tab.evaluate("document.fonts.ready")
    tab.screenshot(path=PICTURES / name)
    context.close()
    print(f"docs/pictures/{name}")


if __name__ == "__main__":
    main()
