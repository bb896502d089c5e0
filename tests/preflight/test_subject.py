"""The subject."""

from __future__ import annotations

import pytest

from tests.preflight.samples import EDITION, a_mail, said
from veillee.preflight.subject import find_subject_faults


def found(subject: str, **texts: str) -> list[str]:
    return said(find_subject_faults(a_mail(subject=subject, texts={EDITION: "---\nedition: x\nsubject: y\n---\n"})))


@pytest.mark.parametrize("subject", ["Une nuit à l’atelier", "SQL : qui sait ?", "À lundi !", "OK"])
def test_a_calm_subject_is_well(subject: str) -> None:
    assert found(subject) == []


def test_an_empty_subject_stops_the_mail() -> None:
    assert found("  ") == [f"error {EDITION}:3: the subject is empty; write subject: in the edition, or in digest.yaml"]


def test_a_subject_that_the_digest_makes_is_named_there() -> None:
    texts = {"digests/weekly/digest.yaml": 'title: x\nsubject:\n  en: "{story}"\n'}
    mail = a_mail(subject="a" * 60, texts=texts)
    assert [one.where for one in find_subject_faults(mail)] == ["digests/weekly/digest.yaml:2"]
    assert [one.where for one in find_subject_faults(a_mail(subject=""))] == [EDITION]


def test_a_long_subject_is_cut() -> None:
    assert found("a" * 60)[0].startswith(
        f'warning {EDITION}:3: the subject "{"a" * 60}" has 60 characters; telephones cut'
    )
    assert "most programs cut it at 78" in found("a" * 79)[0]


@pytest.mark.parametrize("subject", ["GRANDE NOUVELLE DEMAIN", "ПРИВЕТ ВСЕМ СЕГОДНЯ"])
def test_shouting_is_named(subject: str) -> None:
    assert ["is in capital letters" in one for one in found(subject)] == [True]


def test_one_mark_is_enough() -> None:
    assert ["shouts" in one for one in found("Enfin !!!")] == [True]
    assert ["shouts" in one for one in found("Quoi ???")] == [True]
