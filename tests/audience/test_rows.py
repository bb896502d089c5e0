"""Rows checked: what is stored, and what is refused with a reason."""

from __future__ import annotations

import pytest

from veillee.audience.rows import NewSubscriber, check_row, check_rows
from veillee.errors import Fault
from veillee.model import RawSubscriber

DIGESTS = ("questions", "weekly")


def raw(address: str = "amina@example.org", **fields: object) -> RawSubscriber:
    return RawSubscriber(path="people.csv", line=2, address=address, **fields)  # type: ignore[arg-type]


def stored(row: RawSubscriber) -> NewSubscriber:
    (checked,) = check_row(row, digest_ids=DIGESTS)
    assert isinstance(checked, NewSubscriber), checked
    return checked


def refused(row: RawSubscriber) -> list[str]:
    checked = check_row(row, digest_ids=DIGESTS)
    assert all(isinstance(one, Fault) for one in checked), checked
    return [str(fault) for fault in checked]


def test_a_row_is_cleaned() -> None:
    row = stored(raw(" Amina@Example.ORG ", name=" Amina ", lang="fr_FR", topics=("sql", "  a  b ", "sql", "")))
    assert (row.address.shown, row.address.key) == ("Amina@example.org", "amina@example.org")
    assert (row.name, row.lang, row.topics, row.digests) == ("Amina", "fr-fr", ("a b", "sql"), None)


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "amina@example.org\nBcc: x@example.com"},
        {"address": "amina@example.org\r\n"},
        {"address": "amina@exam\x00ple.org"},
        {"name": "Amina\nBcc: x@example.com"},
        {"name": "Am\x85ina"},
        {"name": "Amina\u2028Bcc"},
        {"name": "Amina \u202egro.elpmaxe"},
        {"topics": ("sql\x07",)},
    ],
)
def test_control_characters_are_refused_in_every_field(fields: dict[str, object]) -> None:
    (fault,) = refused(raw(**fields))  # type: ignore[arg-type]
    assert "control character U+" in fault
    assert fault.isprintable()


@pytest.mark.parametrize(
    "address", ["", "  ", "amina", "amina@", "@example.org", "a b@example.org", "amina@example", "a@b@example.org"]
)
def test_what_is_not_an_address_is_refused_with_a_reason(address: str) -> None:
    (fault,) = refused(raw(address))
    assert fault.startswith("people.csv:2: ")
    assert fault.count(";") == 2


def test_all_faults_of_a_row_are_said() -> None:
    assert len(refused(raw("amina", name="x" * 300, lang="français", digests=("wekly",), streams=("noise",)))) == 5


def test_a_slip_in_a_digest_names_the_one_that_is_meant() -> None:
    (fault,) = refused(raw(digests=("wekly",)))
    assert fault.endswith('digests "wekly" is not known; allowed: questions, weekly; did you mean weekly?')


@pytest.mark.parametrize("name", ["Zoë 🦊", "عمر", 'Ann "the boss" O\'Neil', "अमीना", "a, b; <c>", "👩\u200d🚀"])
def test_names_of_the_world_are_stored_as_they_are(name: str) -> None:
    assert stored(raw(name=name)).name == name


@pytest.mark.parametrize(
    "second", ["AMINA@example.org", "amina@EXAMPLE.ORG", "amina@xn--bcher-kva.example", "Amina@BÜCHER.example"]
)
def test_a_second_spelling_in_one_list_is_refused(second: str) -> None:
    first = "amina@bücher.example" if "cher" in second.lower() else "amina@example.org"
    checked = list(check_rows([raw(first), raw(second)], digest_ids=DIGESTS))
    assert isinstance(checked[0], NewSubscriber)
    assert isinstance(checked[1], Fault)
    assert "a second time (first in line 2)" in str(checked[1])
