"""Feeds and mails show a plain copy: JPEG or PNG, no wider than twice the column, with its size."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image

from tests.site.building import settings_of, write_site
from tests.site.pictures.test_pillow import bytes_of, picture
from veillee.render.newsletter.view import picture_view
from veillee.site.building import build_site
from veillee.site.pictures.plain import sized
from veillee.site.reading import read_site

URL = "https://test.example"
FILES: dict[str, str | bytes] = {
    "stories/night.md": "---\ntitle: Night\ndate: 2026-11-02\nimage: images/wide.webp\nimage_alt: A night\n---\n"
    'Text.\n\n![A bench](../images/photo.jpg)\n\n<img src="../images/photo.jpg" alt="Small" width="200">\n',
    "images/wide.webp": bytes_of(picture(2000, 1000), "WEBP"),
    "images/photo.jpg": bytes_of(picture(1600, 1000), "JPEG"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_site(tmp_path_factory.mktemp("site"), FILES)
    assert build_site(settings_of(folder)).faults == ()
    return folder


def test_a_feed_shows_files_of_the_site_that_every_reader_can_show(site: Path) -> None:
    (item,) = json.loads((site / "output/feeds/all.json").read_text())["items"]
    shown = re.findall(r'<img[^>]* src="([^"]+)"|<img src="([^"]+)"', item["content_html"])
    urls = [one or other for one, other in shown]
    assert len(urls) == 3 and item["image"] == urls[0]
    for url in urls:
        file = site / "output" / url.removeprefix(f"{URL}/")
        with Image.open(file) as copy:
            assert (copy.format, copy.width) == ("JPEG", 1200)
    assert "srcset" not in item["content_html"]
    assert 'width="1200" height="600"' in item["content_html"]


def test_a_mail_shows_a_webp_picture_as_jpeg_of_twice_its_column_at_most(site: Path) -> None:
    (post,) = read_site(settings_of(site)).community.posts
    view = picture_view(post)
    assert view is not None and view.url.endswith("-1200.jpg") and (view.width, view.height) == (536, 268)


def test_what_a_mail_shows_can_be_looked_at_before_the_site_is_built(tmp_path: Path) -> None:
    reading = read_site(settings_of(write_site(tmp_path, FILES)))
    image = reading.community.posts[0].image
    assert image is not None and not (tmp_path / "output").exists()
    made = reading.copy_of(image.url.removeprefix(f"{URL}/"))
    assert made is not None
    with Image.open(io.BytesIO(made)) as copy:
        assert (copy.format, copy.size) == ("JPEG", (1200, 600))
    assert reading.copy_of("pictures/other.jpg") is None


def test_a_page_keeps_the_size_that_an_author_asks_for(site: Path) -> None:
    page = (site / "output/stories/night.html").read_text()
    (tag,) = re.findall(r'<img[^>]*alt="Small"[^>]*>', page)
    assert 'width="200" height="125"' in tag
    assert 'sizes="(max-width: 200px) 94vw, 200px"' in page


@pytest.mark.parametrize(
    ("asked", "expected"),
    [({}, (800, 400)), ({"width": "200"}, (200, 100)), ({"height": "50"}, (100, 50)), ({"width": "0"}, (800, 400)),
     ({"width": "30", "height": "30"}, (30, 30)), ({"width": "50%"}, (800, 400))],
)  # fmt: skip
def test_a_picture_says_both_of_its_sizes(asked: dict[str, str], expected: tuple[int, int]) -> None:
    assert sized(asked, 800, 400) == {"width": str(expected[0]), "height": str(expected[1])}
