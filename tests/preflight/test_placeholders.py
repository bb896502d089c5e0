"""What was left to be filled in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.preflight.samples import EDITION, POST, TEMPLATE, a_mail, said
from veillee.preflight.placeholders import find_placeholders


@pytest.mark.parametrize(
    "left",
    [
        "{{ mail.title }}",
        "{% if x %}",
        "{story}",
        "%(sender)s",
        "Lorem ipsum",
        "*|FNAME|*",
        "[Prénom]".upper(),
        "[[first name]]",
        "SITEURL",
    ],
)
def test_what_nobody_writes_on_purpose_stops_the_mail(left: str) -> None:
    mail = a_mail(f"<p>Bonjour {left} et merci</p>", texts={TEMPLATE: f"<mjml>\n<p>{left}</p>"})
    lines = said(find_placeholders(mail))
    assert len(lines) == 1
    assert lines[0].startswith(f"error {TEMPLATE}:2: the mail holds ")
    assert f'"{left}"' in lines[0]


@pytest.mark.parametrize("left", ["TODO", "TBD", "XXX", "À COMPLÉTER", "Votre texte ici"])
def test_a_reminder_is_named(left: str) -> None:
    lines = said(find_placeholders(a_mail(f"<p>Ici, {left}.</p>", texts={EDITION: f"---\n---\n\n{left}"})))
    assert [line.partition(": ")[0] for line in lines] == [f"warning {EDITION}:4"]


def test_a_member_may_write_of_templates() -> None:
    post = replace(POST, summary="Écrire {{ nom }} dans un gabarit")
    lines = said(find_placeholders(a_mail(f"<p>{post.summary}</p>", posts=(post,))))
    assert [line.partition(": ")[0] for line in lines] == [f"warning {EDITION}:10"]
    assert lines[0].endswith("if it is not meant, mend content/announcements/salle.md")


@pytest.mark.parametrize("text", ["todo mundo", "Le XXe siècle", "f(x) = {1, 2}", "100 % {sic}", "Txt, TO DO", "XX"])
def test_ordinary_words_are_no_placeholders(text: str) -> None:
    assert said(find_placeholders(a_mail(f"<p>{text}</p>", text))) == []


def test_addresses_descriptions_and_the_text_part_are_read_too() -> None:
    html = '<a href="https://a.fr/{{ x }}">a</a><img src="https://a.fr/b.png" alt="TODO">'
    lines = said(find_placeholders(a_mail(html, "FIXME")))
    assert ["an address" in lines[0], "a description" in lines[1], "the text part" in lines[2]] == [True] * 3
    assert "the subject holds" in said(find_placeholders(a_mail(subject="{title}")))[0]
