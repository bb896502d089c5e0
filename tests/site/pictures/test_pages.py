"""Pictures on the pages of a small site that is built whole."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from PIL import Image

from tests.site.building import settings_of, tree_of, write_site
from tests.site.pictures.test_pillow import bytes_of, picture, words
from veillee.site.building import build_site
from veillee.site.checking import check_site

PHOTO = bytes_of(picture(1600, 1000), "JPEG", exif=words())
STORY = (
    "---\ntitle: Night\ndate: 2026-11-02\nauthor: amina\nimage: images/photo.jpg\nimage_alt: A night\n---\n"
    "Text.\n\n![A *bench*]({static}/images/photo.jpg)\n\n![Small]({static}/images/small.png)\n"
)
FILES: dict[str, str | bytes] = {
    "stories/night.md": STORY,
    "questions/q.yaml": "title: Q\ndate: 2026-11-02\nbody: x\nanswers:\n"
    "- {author: amina, date: 2026-11-03, body: '![In an answer](/images/photo.jpg)'}\n",
    "members/amina.yaml": "name: Amina\navatar: images/photo.jpg\n",
    "pages/about.md": "---\ntitle: About\n---\n![On a page]({static}/images/photo.jpg)\n",
    "images/photo.jpg": PHOTO,
    "images/small.png": bytes_of(picture(100, 50), "PNG"),
}


def build(folder: Path, files: dict[str, Any], **settings: Any) -> Path:
    write_site(folder, files)
    report = build_site(settings_of(folder, **settings))
    assert report.faults == ()
    return folder / "output"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("site"), FILES)


def images_of(built: Path, page: str, alt: str) -> lxml.html.HtmlElement:
    (found,) = lxml.html.parse(built / page).xpath(f"//main//img[@alt='{alt}']")
    return found


@pytest.mark.parametrize(
    ("page", "alt"),
    [
        ("stories/night.html", "A night"),
        ("stories/night.html", "A bench"),
        ("stories/index.html", "A night"),
        ("questions/q.html", "In an answer"),
        ("about.html", "On a page"),
    ],
)
def test_a_picture_is_offered_in_several_sizes_and_forms(built: Path, page: str, alt: str) -> None:
    image = images_of(built, page, alt)
    (whole,) = image.xpath("ancestor::picture")
    assert (image.get("width"), image.get("height"), image.get("decoding")) == ("1200", "750", "async")
    sources = whole.xpath(".//source")
    assert [source.get("type") for source in sources] == ["image/avif", "image/webp"]
    folder = (built / page).parent
    assert (folder / image.get("src")).resolve().suffix == ".jpg"
    for source in sources:
        for row in source.get("srcset").split(", "):
            path, width = row.split()
            with Image.open((folder / path).resolve()) as copy:
                assert copy.width == int(width.removesuffix("w")) <= 1600


def test_a_small_picture_stays_as_it_is_and_says_its_size(built: Path) -> None:
    image = images_of(built, "stories/night.html", "Small")
    assert (image.getparent().tag, image.get("width"), image.get("height")) == ("p", "100", "50")


def test_what_is_first_on_a_page_comes_first_and_what_is_below_waits(built: Path) -> None:
    first, below = (images_of(built, "stories/night.html", alt) for alt in ("A night", "A bench"))
    assert (first.get("fetchpriority"), first.get("loading")) == ("high", None)
    assert (below.get("fetchpriority"), below.get("loading")) == (None, "lazy")


def test_a_members_picture_is_cut_square(built: Path) -> None:
    (face,) = lxml.html.parse(built / "members/amina.html").xpath("//img[@class='avatar']")
    with Image.open((built / "members" / face.get("src")).resolve()) as copy:
        assert copy.width == copy.height == 192


def test_no_file_that_is_served_says_where_it_was_taken(built: Path) -> None:
    files = [path for path in built.rglob("*") if path.suffix in (".jpg", ".png", ".webp", ".avif")]
    assert len(files) > 8
    for path in files:
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            assert not dict(image.getexif()), path


def test_a_broken_picture_is_named_with_the_line_of_whoever_shows_it(tmp_path: Path) -> None:
    write_site(tmp_path, {**FILES, "images/small.png": b"\x89PNG\r\n\x1a\nbroken"})
    (fault,) = check_site(settings_of(tmp_path)).faults
    assert (
        str(fault)
        .partition("content/")[2]
        .startswith('stories/night.md:12: the picture "images/small.png" is no picture that pages show;')
    )


def test_another_picture_of_the_same_name_is_another_file(tmp_path: Path) -> None:
    output = build(tmp_path, FILES)
    before = {name for name in tree_of(output) if name.startswith("pictures/photo")}
    changed = {**FILES, "images/photo.jpg": bytes_of(picture(1600, 1000).rotate(180), "JPEG")}
    after = {name for name in tree_of(build(tmp_path, changed)) if name.startswith("pictures/photo")}
    assert len(before) == len(after) > 5
    assert before.isdisjoint(after)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    assert tree_of(output) == tree_of(build(fresh, changed))
