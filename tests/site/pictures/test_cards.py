"""Social cards: what fits, what is left out, and that each post and edition has its own."""

from __future__ import annotations

import io
from pathlib import Path

import lxml.html
import pytest
from PIL import Image, ImageChops

from tests.site.building import settings_of, write_site
from veillee.shipped import theme_folder
from veillee.site.building import build_site
from veillee.site.pictures.cards import HEIGHT, WIDTH, Card, can_be_drawn, draw_card

LONG = "Un titre qui ne finit pas de dire ce qu’il a à dire, " * 12
FILES = {
    "stories/night.md": "---\ntitle: Night\ndate: 2026-11-02\n---\nText.\n",
    "stories/hello.md": "---\ntitle: مرحبا بالجميع\ndate: 2026-11-02\nlang: ar\n---\nText.\n",
}


def drawn(title: str, *, byline: str = "Amina · 2 novembre 2026", stream: str = "buzz") -> Image.Image:
    content = draw_card(Card(title, "Buzz", byline, "La Veillée", stream), theme_folder())
    assert len(content) < 100_000
    return Image.open(io.BytesIO(content)).convert("RGB")


def ink_box(image: Image.Image) -> tuple[int, int, int, int]:
    """What is not paper, above the band at the foot."""
    paper = Image.new("RGB", (WIDTH, HEIGHT - 20), image.getpixel((5, 5)))
    difference = ImageChops.difference(image.crop((0, 0, WIDTH, HEIGHT - 20)), paper).convert("L")
    box = difference.point(lambda value: 255 * (value > 24)).getbbox()
    assert box
    return box


@pytest.mark.parametrize("title", ["Court", LONG, "Łukasz Żółć, Øystein, Ştefan", "w" * 90, "1 < 2 & « œuf » #3"])
def test_every_title_stays_within_the_card(title: str) -> None:
    left, _, right, _ = ink_box(drawn(title, byline=LONG))
    assert left >= 70
    assert right <= WIDTH - 60


def same(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is None


def test_emoji_are_drawn_each_as_its_own() -> None:
    fire, moon, none = (drawn(f"Le feu {emoji}", byline="") for emoji in "🔥🌙 ")
    assert not same(fire, none)
    assert not same(fire, moon)
    assert ink_box(fire)[2] > ink_box(none)[2] + 50


@pytest.mark.parametrize("sequence", ["👩🏽‍🏭", "👩🏿", "👩️"])
def test_of_an_emoji_that_is_made_of_several_the_first_is_drawn(sequence: str) -> None:
    assert same(drawn(f"Nora {sequence}"), drawn("Nora 👩"))


@pytest.mark.parametrize("unknown", ["\U0001fafe", "🇫🇷", "ש"])
def test_what_the_fonts_do_not_have_is_left_out(unknown: str) -> None:
    assert same(drawn(f"Le feu {unknown}"), drawn("Le feu"))


@pytest.mark.parametrize(
    ("title", "can"),
    [
        ("مرحبا", False),
        ("日本語", False),
        ("日本語 🔥🔥🔥🔥🔥🔥🔥🔥", False),
        ("🔥", True),
        ("🇫🇷", False),
        ("Été", True),
        ("", False),
    ],
)
def test_a_title_in_another_script_has_no_card(title: str, can: bool) -> None:
    assert can_be_drawn(title) == can


def test_each_stream_has_its_colour() -> None:
    feet = {stream: drawn("x", stream=stream).getpixel((9, HEIGHT - 5)) for stream in ("buzz", "questions", "")}
    assert len(set(feet.values())) == 3


def card_of(page: Path) -> list[str]:
    return lxml.html.parse(page).xpath("//meta[@property='og:image']/@content")


def test_a_page_names_its_card_and_the_card_is_there(tmp_path: Path) -> None:
    write_site(tmp_path, FILES)
    build_site(settings_of(tmp_path, DEFAULT_LANG="en", VEILLEE_SOCIAL_CARDS=True))
    output = tmp_path / "output"
    assert card_of(output / "stories/night.html") == ["https://test.example/cards/stories/night.jpg"]
    with Image.open(output / "cards/stories/night.jpg") as card:
        assert card.size == (WIDTH, HEIGHT)
    assert card_of(output / "ar/stories/hello.html") == []
    build_site(settings_of(tmp_path, DEFAULT_LANG="en"))
    assert (card_of(output / "stories/night.html"), (output / "cards").exists()) == ([], False)
