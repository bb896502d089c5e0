"""Which features mail programs lack, beyond what MJML itself uses."""

from __future__ import annotations

import pytest

from tests.preflight.samples import TEMPLATE, a_mail, said
from tests.render.newsletter.samples import WEEKLY_SECTIONS, a_community, composed, our_templates
from veillee.cli.digest.mailfacts import skeleton
from veillee.preflight.features import uses_in
from veillee.preflight.mail import Mail
from veillee.preflight.page import read_page
from veillee.preflight.support import find_support_faults, load_support
from veillee.render.newsletter import render_variant


def found(html: str, **texts: str) -> list[str]:
    mail = a_mail(html, texts={TEMPLATE: texts.get("template", "")})
    return said(find_support_faults(mail, skeleton=skeleton(), support=load_support()))


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ('<div style="display: flex">x</div>', '"display: flex" on <div> is lost in Outlook'),
        ('<p style="padding: 4px">x</p>', '"padding: 4px" on <p> is lost in Outlook (Windows);'),
        ('<p style="width: 40px">x</p>', '"width: 40px" on <p> is lost in Outlook (Windows)'),
        ('<span style="display: inline-block">x</span>', '"display: inline-block" on <span> is lost in Outlook'),
        ('<div style="position: absolute; top: 0">x</div>', '"position: absolute" on <div> is lost in'),
        ('<p style="font-size: 1rem">x</p>', '"font-size: 1rem" on <p> is lost in'),
        ('<p style="color: var(--ink)">x</p>', '"color: var(--ink)" on <p> is lost in Gmail'),
        ('<video src="x">x</video>', "<video> is lost in Gmail, Outlook"),
        ("<form>x</form>", "<form> is lost in"),
        ("<section>x</section>", "<section> is lost in"),
        ("<style>.a { display: grid }</style><p class='a'>x</p>", '"display: grid" is lost in'),
    ],
)  # fmt: skip
def test_what_readers_would_miss_is_a_warning(html: str, words: str) -> None:
    lines = [line for line in found(html) if line.startswith("warning")]
    assert any(words in line for line in lines), lines


def test_the_line_of_the_template_is_named() -> None:
    lines = found('<p style="padding:4px">x</p>', template="<mjml>\n\n.a { padding: 4px }")
    assert lines[0].startswith(f"warning {TEMPLATE}:3: ")
    assert lines[0].endswith("; put the space into a table cell, or use margin")


@pytest.mark.parametrize(
    "html",
    [
        '<td style="padding: 4px">x</td>', '<p style="margin: 0 0 4px">x</p>', '<p style="padding: 0; margin: 0">x</p>',
        "<style>@media (max-width: 480px) { .a { display: flex } }</style>", '<h2 style="font-weight: 700">x</h2>',
        "<style>[data-ogsc] p { display: flex } a:hover { position: fixed }</style>", "<p><b>x</b><br></p>",
        '<table style="width: 100%"><tr><td width="50%" valign="top">x</td></tr></table>',
    ],
)  # fmt: skip
def test_what_everybody_shows_and_what_is_progressive_is_well(html: str) -> None:
    assert [line for line in found(html) if not line.startswith("note")] == []


def test_looks_alone_are_one_note() -> None:
    lines = found('<p style="border-radius: 4px; text-shadow: 1px 1px red"><span style="width: 9px"> </span>x</p>')
    assert [line.partition(":")[0] for line in lines] == [f"note {TEMPLATE}"]
    assert "some programs leave out border-radius, text-shadow, width: " in lines[0]


def test_a_script_stops_the_mail() -> None:
    assert f"error {TEMPLATE}: <script>: mail programs run no scripts; take it out" in found("<script>x</script>")


def test_what_mjml_itself_uses_is_not_the_templates_doing() -> None:
    assert ("css-max-width", "div", "") in skeleton()
    assert found('<div style="max-width: 600px">x</div>') == []


def test_our_own_templates_lose_nothing_of_weight() -> None:
    edition = composed(*WEEKLY_SECTIONS)
    variant = render_variant(edition, community=a_community(), templates=our_templates())
    lines = said(find_support_faults(Mail(variant, edition), skeleton=skeleton(), support=load_support()))
    assert [line for line in lines if not line.startswith("note")] == []


def test_the_table_names_its_source_and_knows_the_programs() -> None:
    support = load_support()
    assert support.date == "2026-06-29"
    assert len(support.features) > 250
    assert support.named((("outlook", ("windows",)), ("gmail", ("*",)))) == ("Gmail", "Outlook (Windows)")


def test_a_declaration_may_use_several_features() -> None:
    slugs = {
        use.slug for use in uses_in(read_page('<p style="background: linear-gradient(rgba(0,0,0,.5), red)">x</p>'))
    }
    assert {"css-background", "css-linear-gradient", "css-rgba", "html-p"} <= slugs
