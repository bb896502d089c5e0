"""Colours and contrast, by day and by night."""

from __future__ import annotations

import pytest

from tests.preflight.samples import TEMPLATE, a_mail, said
from tests.render.newsletter.samples import DAILY_SECTIONS, WEEKLY_SECTIONS, a_community, composed, our_templates
from veillee.preflight.colour import BLACK, WHITE, Colour, contrast, parse_colour
from veillee.preflight.contrast import find_faint_texts
from veillee.preflight.mail import Mail
from veillee.render.newsletter import render_variant


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#fff", WHITE), ("#FFFFFF", WHITE), ("black", BLACK), ("rgb(255, 0, 10)", Colour(255, 0, 10)),
        ("rgb(255 0 10 / 50%)", Colour(255, 0, 10, 0.5)), ("#ff000080", Colour(255, 0, 0, 128 / 255)),
        ("#fff url(x)", WHITE), ("transparent", Colour(0, 0, 0, 0.0)), ("inherit", None), ("#12", None), ("", None),
    ],
)  # fmt: skip
def test_colours_are_read(text: str, colour: Colour | None) -> None:
    assert parse_colour(text) == colour


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast(Colour(118, 118, 118), WHITE) == pytest.approx(4.54, abs=0.01)  # the lightest grey that passes


def found(html: str, template: str = "") -> list[str]:
    return said(find_faint_texts(a_mail(html, has_way_out=False, texts={TEMPLATE: template})))


def test_a_faint_text_is_named_with_its_colours() -> None:
    html = '<div style="background-color:#ffffff"><p style="color:#999999">Pâle</p></div>'
    assert found(html, "<mjml>\n.a { color: #999999 }") == [
        (
            f'warning {TEMPLATE}:2: "Pâle" is hard to read by day: #999999 on #ffffff is 2.85:1; '
            "at least 4.5:1 (WCAG 2.2 AA); take a darker colour, or a lighter one behind it"
        )
    ]


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color:#767676">Assez sombre</p>', '<p style="color:#949494;font-size:24px">Grand</p>',
        '<p style="color:#949494;font-size:19px;font-weight:700">Grand et gras</p>',
        '<p style="color:#ffffff">&nbsp;</p>', '<div style="display:none;color:#ffffff">caché</div>',
        '<td bgcolor="#000000"><p style="color:#ffffff">clair</p></td>',
        '<div style="background:url(x.png)"><p style="color:#ffffff">sur une image</p></div>',
        '<div style="color:#ffffff;background:#20263a"><a href="x" style="color:inherit">clair</a></div>',
    ],
)  # fmt: skip
def test_a_text_that_can_be_read_is_well(html: str) -> None:
    assert found(html) == []


def test_a_link_without_a_colour_is_blue() -> None:
    assert "#0000ee on #20263a" in found('<div style="background:#20263a"><a href="x">sombre</a></div>')[0]


NIGHT = "<style>@media (prefers-color-scheme: dark) { .page { background: #12192b !important } %s }</style>"
PAGE = '<div class="page" style="background:#ffffff"><p class="ink" style="color:#20263a">Texte</p></div>'


def test_a_text_that_the_night_forgot_is_named() -> None:
    assert [line.partition(";")[0] for line in found(NIGHT % "" + PAGE)] == [
        f'warning {TEMPLATE}: "Texte" is hard to read by night: #20263a on #12192b is 1.17:1'
    ]
    assert found(NIGHT % ".page .ink { color: #ece5d6 !important }" + PAGE) == []


def test_the_weightier_rule_wins() -> None:
    rules = ".page .ink { color: #ece5d6 !important } p { color: #20263a !important }"
    assert found(NIGHT % rules + PAGE) == []


@pytest.mark.parametrize(("sections", "digest"), [(WEEKLY_SECTIONS, "weekly"), (DAILY_SECTIONS, "questions")])
def test_our_own_mails_can_be_read_by_day_and_by_night(sections: tuple[object, ...], digest: str) -> None:
    edition = composed(*sections)  # type: ignore[arg-type]
    variant = render_variant(edition, community=a_community(), templates=our_templates(digest))
    assert said(find_faint_texts(Mail(variant, edition))) == []
