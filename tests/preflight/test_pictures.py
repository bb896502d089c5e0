"""Pictures: described, there, light, of a kind that is shown everywhere, from our own host."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.preflight.samples import EDITION, POST, SITE, TEMPLATE, a_mail, said
from veillee.model import ComposedSection, Image, SectionKind
from veillee.preflight.pictures import (
    PictureFile,
    find_foreign_hosts,
    find_left_out_pictures,
    find_missing_alts,
    find_picture_faults,
    form_of,
)

GOOD = PictureFile("content/images/x.jpg", 90_000, "jpeg", 1072, 600)
URL = f"{SITE}/images/x.jpg"
SHOWN = f'<img src="{URL}" alt="Une lampe" width="536" height="300">'


def found(file: PictureFile | None = GOOD, html: str = SHOWN) -> list[str]:
    return said(find_picture_faults(a_mail(html), site_url=SITE, find=lambda url: file if url == URL else None))


def test_a_light_picture_with_its_size_is_well() -> None:
    assert found() == []
    assert said(find_missing_alts(a_mail(SHOWN))) == []
    assert said(find_foreign_hosts(a_mail(SHOWN), site_url=SITE)) == []


@pytest.mark.parametrize(
    ("file", "begins"),
    [
        (None, "error {t}: the picture x.jpg is not there; put the file there"),
        (replace(GOOD, form="webp"), "error {t}: the picture content/images/x.jpg is WEBP; Outlook and Gmail show PNG"),
        (replace(GOOD, form=""), "error {t}: the picture content/images/x.jpg is of no kind that is known;"),
        (replace(GOOD, size_bytes=200_001), "warning {t}: the picture content/images/x.jpg weighs 200 KB; 200 KB at"),
        (replace(GOOD, size_bytes=1_000_001), "error {t}: the picture content/images/x.jpg weighs 1,000 KB;"),
        (replace(GOOD, width=2000), "warning {t}: the picture content/images/x.jpg is 2000 pixels across, and shown"),
    ],
)  # fmt: skip
def test_a_bad_picture_is_named(file: PictureFile | None, begins: str) -> None:
    lines = found(file)
    assert len(lines) == 1
    assert lines[0].startswith(begins.format(t=TEMPLATE))


def test_a_picture_for_share_cards_is_no_waste() -> None:
    assert found(replace(GOOD, width=1200)) == []


def test_a_picture_that_the_mail_cannot_show_is_named() -> None:
    post = replace(POST, image=Image(f"{SITE}/images/x.webp", "Une lampe"))
    introduction = '<p>Voir <img src="https://cdn.fr/a.png" alt="x"></p>'
    texts = {EDITION: "---\n![x](https://cdn.fr/a.png)"}
    story = (ComposedSection(SectionKind.STORY, (post,)),)
    mail = a_mail(posts=(post,), introduction_html=introduction, texts=texts, sections=story)
    assert said(find_left_out_pictures(mail)) == [
        (
            f"warning {EDITION}:10: the picture x.webp is left out of the mail; mail programs show PNG, JPEG and GIF "
            "alone; save it as PNG or JPEG, and name that in content/announcements/salle.md"
        ),
        (
            f"warning {EDITION}:2: the picture a.png of the introduction is left out of the mail; "
            "introductions are text; give it to a post"
        ),
    ]
    shown = (ComposedSection(SectionKind.STORY, (replace(POST, image=Image(URL, "x")),)),)
    assert said(find_left_out_pictures(a_mail(sections=shown))) == []


def test_a_picture_without_its_size_makes_the_mail_jump() -> None:
    assert [line.partition(";")[0] for line in found(html=f'<img src="{URL}" alt="x" width="536">')] == [
        f"warning {TEMPLATE}: the picture x.jpg has no height"
    ]
    assert "has no width and no height" in found(html=f'<img src="{URL}" alt="x" style="height: auto">')[0]
    assert found(html=f'<img src="{URL}" alt="x" style="width: 536px; height: 300px">') == []


def test_a_picture_needs_a_whole_address() -> None:
    lines = found(html='<img src="images/x.jpg" alt="x" width="1" height="1">')
    assert lines == [
        (
            f'error {TEMPLATE}: the picture "images/x.jpg" has no whole address; '
            "write the whole address, with PNG or JPEG behind it"
        )
    ]


@pytest.mark.parametrize("html", [f'<img src="{URL}">', f'<a href="x"><img src="{URL}" alt="" width="20"></a>'])
def test_a_picture_without_description_is_named(html: str) -> None:
    post = replace(POST, image=Image(URL, ""))
    assert said(find_missing_alts(a_mail(html, posts=(post,)))) == [
        (
            f"warning {EDITION}:10: the picture x.jpg has no description; who sees no pictures is told nothing by it; "
            "write image_alt: in content/announcements/salle.md"
        )
    ]


def test_a_small_picture_may_be_decoration() -> None:
    assert said(find_missing_alts(a_mail(f'<img src="{URL}" alt="" width="20" height="20">'))) == []


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://cdn.fr/x.png" alt="x">', '<img srcset="https://cdn.fr/x.png 2x">',
        '<div style="background: url(https://cdn.fr/x.png)">x</div>', '<td background="https://cdn.fr/x.png">x</td>',
        "<style>@import 'https://cdn.fr/x.css';</style>", '<link rel="stylesheet" href="//cdn.fr/x.css">',
        "<style>@font-face { src: url('https://cdn.fr/x.woff2') }</style>", '<iframe src="https://cdn.fr/"></iframe>',
    ],
)  # fmt: skip
def test_a_mail_names_no_third_party_host(html: str) -> None:
    lines = said(find_foreign_hosts(a_mail(html), site_url=SITE))
    assert len(lines) == 1
    assert "from cdn.fr; a mail names no third-party host" in lines[0]


def test_a_link_loads_nothing() -> None:
    assert said(find_foreign_hosts(a_mail('<a href="https://cdn.fr/">x</a>'), site_url=SITE)) == []


@pytest.mark.parametrize(
    ("beginning", "form"),
    [
        (b"\x89PNG\r\n\x1a\nxxxx", "png"), (b"\xff\xd8\xff\xe0", "jpeg"), (b"GIF89a", "gif"), (b"<svg xmlns", "svg"),
        (b"RIFF\0\0\0\0WEBP", "webp"), (b"\0\0\0\x20ftypavif", "avif"), (b"BM", ""), (b"", ""),
    ],
)  # fmt: skip
def test_a_form_is_known_by_its_first_bytes(beginning: bytes, form: str) -> None:
    assert form_of(beginning) == form
