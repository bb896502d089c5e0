"""Digest definitions are read strictly: every fault at once, each with its line and what to do."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.errors import Fault
from veillee.model import Digest, Every, Mailbox, SectionKind, Stream, Weekday
from veillee.model.segments import parse_segment
from veillee.shipped import digests_folder
from veillee.sources.digests import (
    KNOWN_KEYS,
    SUBJECT_WORDS,
    DigestRules,
    DigestsRead,
    read_digest,
    read_digests,
)

PARIS = ZoneInfo("Europe/Paris")
RULES = DigestRules(("fr", "en"), PARIS, Mailbox("La Veillée", "veillee@veillee.example"))
SMALL = 'title: Un mot\nschedule: {every: week, on: friday, at: "08:00"}\n'


def read(tmp_path: Path, text: str | bytes, *, name: str = "weekly") -> Digest | tuple[Fault, ...]:
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    path = folder / "digest.yaml"
    path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
    return read_digest(path, shown=f"digests/{name}/digest.yaml", rules=RULES)


def said(found: Digest | tuple[Fault, ...]) -> list[str]:
    assert not isinstance(found, Digest)
    return [str(fault) for fault in sorted(found)]


def test_a_small_definition_has_the_sites_defaults(tmp_path: Path) -> None:
    digest = read(tmp_path, SMALL)
    assert isinstance(digest, Digest)
    assert digest.id == "weekly"
    assert digest.folder == "digests/weekly"
    assert digest.titles == (("fr", "Un mot"),)
    assert digest.languages == ("fr", "en")
    assert digest.schedule.timezone == PARIS
    assert digest.sender == RULES.sender
    assert dict(digest.mix) == dict.fromkeys(Stream, 1)
    assert digest.sections[0] is SectionKind.STORY
    assert (digest.item_count, digest.minimum_items, digest.help_count, digest.zapping_count) == (9, 3, 3, 6)


def test_every_key_is_read(tmp_path: Path) -> None:
    text = """
        title: {fr: Le mois, en: The month}
        description: {fr: Tout le mois, en: All of it}
        languages: [en]
        schedule: {every: month, on: 15, at: 7:30, timezone: America/New_York}
        sections: [buzz, zapping]
        mix: {buzz: 2, questions: 1}
        items: 5
        minimum: 0
        help: 1
        zapping: 2
        sender: {name: Les voisins, address: news@voisins.example}
        reply_to: hello@voisins.example
        subject: {en: "{title} of {date}: {story} and {count}"}
        budget_kb: 60
        late_days: 2
        review: true
        segment: "lang=en and topic:sql"
        local_time: true
    """
    assert set(KNOWN_KEYS) == {line.split(":")[0].strip() for line in text.splitlines() if line.strip()}
    digest = read(tmp_path, text, name="monthly")
    assert isinstance(digest, Digest)
    assert digest.title_in("en") == "The month"
    assert digest.description_in("fr") == "Tout le mois"
    assert digest.languages == ("en",)
    assert (digest.schedule.every, digest.schedule.day_of_month) == (Every.MONTH, 15)
    assert (digest.schedule.at, digest.schedule.timezone.key) == (time(7, 30), "America/New_York")
    assert digest.sections == (SectionKind.BUZZ, SectionKind.ZAPPING)
    assert dict(digest.mix) == {Stream.ANNOUNCEMENTS: 0, Stream.QUESTIONS: 1, Stream.BUZZ: 2}
    assert digest.sender == Mailbox("Les voisins", "news@voisins.example")
    assert digest.reply_to == "hello@voisins.example"
    assert digest.subjects == (("en", "{title} of {date}: {story} and {count}"),)
    assert (digest.size_budget_bytes, digest.lateness_days) == (60_000, 2)
    assert (digest.needs_review, digest.at_local_time) == (True, True)
    assert digest.segment == parse_segment("lang=en and topic:sql")


def test_an_edition_may_always_be_a_little_late(tmp_path: Path) -> None:
    """No machine runs in the very second in which an edition is due."""
    (message,) = said(read(tmp_path, SMALL + "late_days: 0\n"))
    assert message == 'digests/weekly/digest.yaml:3: late_days is "0"; a whole number from 1 to 366; mend the number'


def test_an_unknown_key_names_the_nearest_known_one_and_its_line(tmp_path: Path) -> None:
    (message,) = said(read(tmp_path, SMALL + "minimun: 3\n"))
    assert message.startswith('digests/weekly/digest.yaml:3: unknown key "minimun"; known keys: title, ')
    assert message.endswith('; did you mean "minimum"?')


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    messages = said(
        read(
            tmp_path,
            """\
            title: {fr: Un mot, deutsch: Ein Wort}
            languages: [fr, de]
            schedule:
              every: week
              on: vendredi
              at: 8
              timezone: Paris
              weekly: true
            sections: [story, storys, story]
            mix: {anouncements: 1}
            items: nine
            help: -1
            sender: {name: La Veillée}
            reply_to: "Amina <a@b.example>"
            subject:
              fr: "{titre} du {date}"
            """,
        )
    )
    assert [message.split(":")[1] for message in messages] == [
        *("1", "2", "5", "6", "7", "8", "9", "9", "10", "10", "11", "12", "13", "14", "16")
    ]
    whole = "\n".join(messages)
    for words in (
        '"deutsch" is no language',
        "the site's languages are fr, en; take it out, or add it to VEILLEE_LANGUAGES",
        'on is "vendredi"; allowed: monday, tuesday',
        'at is "8"; a time of day; write it in quotes: at: "08:00"',
        "a name like Europe/Paris",
        'unknown key "weekly"; known keys: every, on, at, timezone',
        'sections has "storys"; allowed: announcements',
        'did you mean "story"?',
        '"story" is in sections twice',
        'did you mean "announcements"?',
        "at least one stream with a weight",
        'items is "nine"; a whole number from 0 to 60',
        "there is no address",
        "write the address alone, without a name",
        'subject has "{titre}"; filled in: {title}, {story}, {date}, {count}',
    ):
        assert words in whole


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "digest.yaml:1: the file is empty"),
        ("# nothing\n", "nothing is defined here"),
        ("- title: x\n", "nothing is defined here"),
        ("title: x\n", "there is no schedule; it is required; add schedule: {every: week"),
        ('schedule: {every: day, at: "08:00"}\n', "there is no title"),
        ("title: x\nschedule: friday\n", 'schedule is "friday"; keys and values'),
        ("title: x\nschedule: {at: '08:00'}\n", "there is no every"),
        ("title: x\nschedule: {every: week}\n", "there is no on"),
        ("title: x\nschedule: {every: day, on: friday}\n", "a digest that appears every day has no day"),
        ("title: x\nschedule: {every: month, on: 31}\n", "a whole number from 1 to 28"),
        ("title: x\nschedule: {every: fortnight}\n", "allowed: instant, day, week, month"),
        (SMALL + "title: y\n", "a second time"),
        (SMALL + "\titems: 9\n", "a tab"),
        (SMALL.encode() + b"sender: {name: Veill\xe9e}\n", "not UTF-8"),
        (SMALL + "mix: {announcements: 0}\n", "at least one stream with a weight"),
        (SMALL + "description: [a, b]\n", "description is a list"),
        (SMALL + "title_de: x: y\n", "a colon"),
    ],
)
def test_bad_definitions_are_named_in_plain_words(tmp_path: Path, text: str | bytes, words: str) -> None:
    assert words in "\n".join(said(read(tmp_path, text)))


def test_a_folder_that_cannot_be_part_of_an_address_is_refused(tmp_path: Path) -> None:
    (message,) = said(read(tmp_path, SMALL, name="La semaine"))
    assert 'the folder is called "La semaine"' in message


def test_broken_definitions_do_not_hide_the_others(tmp_path: Path) -> None:
    read(tmp_path, SMALL, name="weekly")
    read(tmp_path, "title: [", name="broken")
    read(tmp_path, SMALL, name="_draft")
    (tmp_path / "shared").mkdir()
    found = read_digests(tmp_path, shown="digests", rules=RULES)
    assert [digest.id for digest in found.digests] == ["weekly"]
    assert {fault.path for fault in found.faults} == {"digests/broken/digest.yaml"}


def test_definitions_in_the_wrong_place_are_named(tmp_path: Path) -> None:
    read(tmp_path, SMALL)
    (tmp_path / "weekly.yaml").write_text(SMALL)
    (tmp_path / "weekly" / "digests.yml").write_text(SMALL)
    found = read_digests(tmp_path, shown="digests", rules=RULES)
    assert [fault.path for fault in found.faults] == ["digests/weekly.yaml", "digests/weekly/digests.yml"]
    assert all("move it to digests/NAME/digest.yaml" in fault.todo for fault in found.faults)


def test_no_folder_means_no_digests(tmp_path: Path) -> None:
    assert read_digests(tmp_path / "digests", shown="digests", rules=RULES) == DigestsRead()


def test_the_definitions_that_come_with_veillee_are_valid_in_both_languages() -> None:
    found = read_digests(digests_folder(), shown="digests", rules=RULES)
    assert found.faults == ()
    questions, weekly = found.digests
    assert (questions.id, questions.schedule.every, questions.schedule.at) == ("questions", Every.DAY, time(18))
    assert (weekly.id, weekly.schedule.weekday, weekly.schedule.at) == ("weekly", Weekday.FRIDAY, time(8))
    for digest in found.digests:
        assert {lang for lang, _ in digest.titles} == {lang for lang, _ in digest.descriptions} == {"fr", "en"}
    assert len({share for _, share in weekly.mix}) == 1


def test_the_subjects_words_are_those_that_composing_fills_in() -> None:
    from veillee.editorial.compose import PLACEHOLDERS

    assert tuple(PLACEHOLDERS) == SUBJECT_WORDS


@given(st.text(max_size=60), st.sampled_from(sorted(KNOWN_KEYS)))
def test_no_value_of_any_key_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str, key: str) -> None:
    folder = tmp_path_factory.mktemp("digests")
    found = read(folder, SMALL.encode() + f"{key}: {text}\n".encode("utf-8", "surrogatepass"))
    assert isinstance(found, Digest) or all(fault.found for fault in found)


def test_an_instant_digest_tells_announcements_at_once_and_has_no_hour(tmp_path: Path) -> None:
    digest = read(tmp_path, "title: x\nschedule: {every: instant}\n")
    assert isinstance(digest, Digest)
    assert (digest.schedule.every, digest.sections) == (Every.INSTANT, (SectionKind.ANNOUNCEMENTS,))
    assert (digest.minimum_items, digest.lateness_days) == (1, 1)


def test_an_instant_digest_has_no_hour_and_no_section_that_looks_back(tmp_path: Path) -> None:
    text = """
        title: Flash
        schedule: {every: instant, on: friday, at: "08:00"}
        sections: [buzz, story, help]
        local_time: true
    """
    assert [message.partition("; ")[0] for message in said(read(tmp_path, text))] == [
        'digests/weekly/digest.yaml:3: at is "08:00"',
        'digests/weekly/digest.yaml:3: on is "friday"',
        'digests/weekly/digest.yaml:4: sections has "help"',
        'digests/weekly/digest.yaml:4: sections has "story"',
        'digests/weekly/digest.yaml:5: local_time is "true"',
    ]


def test_review_is_true_or_false_and_never_guessed(tmp_path: Path) -> None:
    digest = read(tmp_path, SMALL)
    assert isinstance(digest, Digest)
    assert not digest.needs_review
    (message,) = said(read(tmp_path, SMALL + "review: yes\n"))
    assert message.startswith('digests/weekly/digest.yaml:3: review is "yes"; true or false; write review: true')


def test_a_segment_that_cannot_be_asked_is_named_with_its_place(tmp_path: Path) -> None:
    wrong = read(tmp_path, "title: x\nschedule: {every: day}\nsegment: lnag=fr\n")
    (fault,) = said(wrong)
    assert 'digest.yaml:3: segment is "lnag=fr"; "lnag" is no field (character 1); did you mean lang?' in fault
