"""The fonts: their weight, their licences, and which files a text is set with, as Chromium tells."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from veillee.shipped import theme_folder

CSS = theme_folder() / "static/css/veillee.css"
FONTS = theme_folder() / "static/fonts"
FAMILIES = {"Fraunces": "fraunces", "Literata": "literata", "Instrument Sans": "instrument-sans"}
FRENCH = (
    "À l’œuvre ! « Où ça ? » dit Noël : çà et là, dès l’été, un maïs mûr… "
    "Ça coûte 1\u202f200 % — “so far”, 3–4 (a/b) & c."
)
TEXTS = {
    FRENCH: "",
    "Où sont Jürgen, Åsa, Íñigo & João ? Straße, 20 €, <@> #1": "-more",
    "Gdańsk, Škoda, Ğ, Űr, Țara": "-europe",
}
"""What is written, and the ending of the file that is needed beside the first."""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


def test_what_the_first_screen_needs_weighs_less_than_twenty_five_kilobytes() -> None:
    assert sum((FONTS / f"{name}.woff2").stat().st_size for name in FAMILIES.values()) < 25_000
    assert [font.name for font in FONTS.glob("*.woff2") if font.stat().st_size > 13_000] == []


def test_every_font_comes_with_its_licence() -> None:
    for font in FONTS.glob("*.woff2"):
        [family] = [name for name in FAMILIES.values() if font.stem.startswith(name)]
        licence = (FONTS / f"{family}-OFL.txt").read_text(encoding="utf-8")
        assert "SIL Open Font License" in licence.replace("OPEN FONT LICENSE", "")


@pytest.mark.parametrize("style", ["normal", "italic"])
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("text", "ending"), TEXTS.items(), ids=["french", "western", "central"])
def test_a_text_is_set_with_our_letters_and_fetches_no_more_than_it_needs(
    tmp_path: Path, browser: Browser, family: str, style: str, text: str, ending: str
) -> None:
    file = FAMILIES[family] + ("-italic" if style == "italic" and family == "Literata" else "")
    page = tmp_path / "page.html"
    page.write_text(
        f"""<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="{CSS.as_uri()}">
        <p style='font: {style} 400 20px "{family}"'>{escape(text)}</p>""",
        encoding="utf-8",
    )
    tab = browser.new_page()
    fetched: set[str] = set()
    tab.on("request", lambda request: fetched.add(request.url.rpartition("/")[2]))
    tab.goto(page.as_uri())
    tab.evaluate("document.fonts.ready")
    used = fonts_used(tab)
    tab.close()
    assert [font["familyName"] for font in used if not font["isCustomFont"]] == []
    assert fetched - {"page.html", "veillee.css"} == {f"{file}.woff2", f"{file}{ending}.woff2"}


def fonts_used(tab: Page) -> list[dict[str, Any]]:
    """What the first paragraph is really set with."""
    devtools = tab.context.new_cdp_session(tab)
    for room in ("DOM", "CSS"):
        devtools.send(f"{room}.enable")
    root = devtools.send("DOM.getDocument")["root"]["nodeId"]
    node = devtools.send("DOM.querySelector", {"nodeId": root, "selector": "p"})["nodeId"]
    return devtools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
