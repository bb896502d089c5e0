"""Rows checked: what is stored, and what is refused with a reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.audience.rows import NewSubscriber, check_row, check_rows
from veillee.audience.seen import SeenKeys
from veillee.errors import Fault
from veillee.model import Consent, RawSubscriber, SubscriberState
from veillee.model.address import forbidden_character
from veillee.sources.subscribers import COLUMNS

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


HOSTILE = (
    "x\nBcc: y@example.com",
    "x\r\nBcc: y@example.com",
    "x\rBcc: y@example.com",
    "x\0y",
    "x\x85Bcc: y",
    "x\u2028Bcc: y",
    "x\u2029Bcc: y",
    "\u202egro.elpmaxe",
    "x\ud800",
    "=?UTF-8?Q?=0A?=Bcc: y@example.com",
    "=?utf-8?b?Cg==?=Bcc: y@example.com",
)
LISTS = ("topics", "digests", "streams", "left")


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize("column", COLUMNS)
def test_nothing_that_ends_a_line_gets_through_any_column(column: str, text: str) -> None:
    """Refused by name, or cleaned; a consent's words alone may have several lines."""
    for checked in check_row(raw(**{column: (text,) if column in LISTS else text}), digest_ids=()):
        if isinstance(checked, Fault):
            assert str(checked).isprintable()
            continue
        kept = [checked.address.shown, checked.name or "", *(checked.topics or ()), *(checked.left or ())]
        consent = checked.consent or Consent()
        kept += [*(checked.digests or ()), consent.how, consent.text.replace("\n", " ")]
        assert not [one for one in kept if forbidden_character(one)]
        assert "=?" not in (checked.name or "")


@pytest.mark.parametrize(
    ("column", "text", "kept"),
    [
        ("frequency", " Hebdomadaire ", "week"),
        ("frequency", "daily", "day"),
        ("frequency", "", ""),
        ("timezone", "europe/paris", "Europe/Paris"),
        ("timezone", "America/New York", "America/New_York"),
        ("state", "Désabonné", SubscriberState.UNSUBSCRIBED),
        ("state", "cleaned", SubscriberState.BOUNCED),
        ("state", "", None),
        ("subscribed_at", "2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("subscribed_at", "2026-11-20T08:00+01:00", datetime(2026, 11, 20, 7, tzinfo=UTC)),
    ],
)
def test_words_of_people_and_of_other_systems_are_understood(column: str, text: str, kept: object) -> None:
    assert getattr(stored(raw(**{column: text})), column) == kept


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("timezone", "Paris", "did you mean Europe/Paris?"),
        ("timezone", "Europe/Pariss", "did you mean Europe/Paris?"),
        ("timezone", "CEST+2", "leave it empty for the digest's"),
        ("frequency", "weakly", "did you mean weekly?"),
        ("state", "erased", "veillee subscribers erase"),
        ("state", "activ", "did you mean active?"),
        ("consent_at", "31/12/2025", "a date like 2026-11-20"),
        ("consent_at", "0001-01-01T00:00+14:00", "a date like 2026-11-20"),
        ("consent_how", "x" * 201, "at most 200"),
        ("consent_text", "x\n" * 60, "at most 4000 in 50"),
    ],
)
def test_what_is_not_understood_says_what_is(column: str, text: str, said: str) -> None:
    (fault,) = refused(raw(**{column: text}))
    assert said in fault


def test_a_consent_is_one_record_and_an_empty_one_takes_nothing_away() -> None:
    assert stored(raw(consent_at="2026-11-20")).consent == Consent(datetime(2026, 11, 20, tzinfo=UTC))
    assert stored(raw(consent_at="", consent_how=" ", consent_text="")).consent is None


@given(st.lists(st.integers(0, 3000), max_size=6000))
def test_what_was_seen_is_known_with_its_first_line(numbers: list[int]) -> None:
    seen, first = SeenKeys(), dict[int, int]()
    for line, number in enumerate(numbers, start=1):
        assert seen.first_line(f"member{number}@example.org", line) == first.get(number)
        first.setdefault(number, line)


def test_many_keys_take_little_room() -> None:
    seen = SeenKeys()
    assert not any(seen.first_line(f"member{number}@example.org", number) for number in range(1, 50_000))
    assert seen.first_line("member7@example.org", 60_000) == 7
