"""The text part against the HTML."""

from __future__ import annotations

from tests.preflight.samples import EDITION, POST, SITE, TEXT_TEMPLATE, a_mail, said
from veillee.preflight.text_part import covered_share, find_text_faults, words_of

HTML = f"""<h1>La lettre de la semaine</h1><h2>Annonces</h2>
<h3><a href="{POST.url}">Nouvelle salle</a></h3><p>Dix postes dès lundi.</p><p><a href="{SITE}/">La Veillée</a></p>"""
TEXT = f"""La Veillée
LA LETTRE DE LA
SEMAINE
===============
ANNONCES
- Nouvelle salle
  Dix postes dès lundi.
  {POST.url}
{SITE}/"""


def found(text: str, html: str = HTML) -> list[str]:
    return said(find_text_faults(a_mail(html, text, posts=(POST,))))


def test_a_text_part_that_says_the_same_in_its_own_form_is_well() -> None:
    assert found(TEXT) == []


def test_a_mail_without_text_part_does_not_go_out() -> None:
    mail = a_mail(HTML, " \n", has_way_out=False)
    assert said(find_text_faults(mail)) == [
        (
            f"error {TEXT_TEMPLATE}: there is no text part; filters and programs that show text alone need one; "
            "write it: copy newsletter.txt from another digest's folder"
        )
    ]


def test_a_heading_that_is_missing_is_named() -> None:
    assert found(TEXT.replace("ANNONCES", "annonce")) == [
        f'warning {TEXT_TEMPLATE}: the text part lacks the heading "Annonces"; print it in newsletter.txt too',
    ]


def test_a_title_that_is_missing_is_named_by_its_line() -> None:
    assert found(TEXT.replace("- Nouvelle salle", "- Une salle nouvelle")) == [
        f'warning {EDITION}:10: the text part lacks "Nouvelle salle"; print its title in {TEXT_TEMPLATE}'
    ]


def test_a_link_that_is_missing_is_named() -> None:
    assert [line.partition(";")[0] for line in found(TEXT.replace(POST.url, ""))] == [
        f"warning {EDITION}:10: the text part lacks the link {POST.url}"
    ]


def test_a_text_part_that_says_much_less_stops_the_mail() -> None:
    html = HTML + "<p>" + " ".join(f"mot{n}" for n in range(40)) + "</p>"
    lines = [line for line in found(TEXT, html) if "of the words" in line]
    assert len(lines) == 1
    assert lines[0].startswith(f"error {TEXT_TEMPLATE}: the text part says 2")
    assert "it lacks mot10, mot11" in lines[0]


def test_words_are_compared_without_their_dress() -> None:
    assert words_of("L’ÉTÉ, «\u00a0fin\u00a0»!") == words_of("l'été fin") == ("l", "été", "fin")
    assert words_of("co\u00adopérer ﬁn") == ("coopérer", "fin")
    assert covered_share(frozenset(), frozenset()) == 1.0
    assert covered_share(frozenset("ab"), frozenset("a")) == 0.5
