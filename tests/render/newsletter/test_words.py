"""What mails say themselves is said in French, too, and once only."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from tests.conftest import ROOT
from tests.render.newsletter.samples import DIGESTS, WAITING, a_digest, a_post
from veillee.languages import language
from veillee.model import Every, Kind, Schedule, SectionKind
from veillee.render.newsletter import words

CATALOGUE = ROOT / "src/veillee/languages/fr.po"
CODE = ROOT / "src/veillee/render/newsletter/words.py"


def messages_of_templates() -> set[str]:
    found: set[str] = set()
    for path in sorted(DIGESTS.glob("*/newsletter.*")) + sorted((DIGESTS / "shared").glob("*.*")):
        with path.open("rb") as file:
            for _line, _function, message, _comments in babel_extract(file, ("_", "ngettext"), [], {}):
                found.add(message if isinstance(message, str) else str(message[0]))
    return found


def messages_of_code() -> set[str]:
    keywords = {"gettext": None, "ngettext": (1, 2)}
    found = extract_from_file("python", CODE, keywords=keywords)
    return {message if isinstance(message, str) else str(message[0]) for _line, message, _comments, _context in found}


def test_every_message_of_the_mails_is_translated() -> None:
    messages = messages_of_templates() | messages_of_code()
    assert len(messages) > 20
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    missing = [message for message in sorted(messages) if not (catalogue.get(message) and catalogue[message].string)]
    assert missing == []


def test_no_message_stands_twice_in_the_catalogue() -> None:
    """Of two entries for one message the later wins in silence."""
    ids = Counter(re.findall(r'^msgid "(.+)"$', CATALOGUE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert [message for message, count in ids.items() if count > 1] == []


@pytest.mark.parametrize("kind", SectionKind)
@pytest.mark.parametrize("every", Every)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_section_has_a_name(kind: SectionKind, every: Every, lang: str) -> None:
    schedule = a_digest().schedule
    digest = a_digest(schedule=Schedule(every, schedule.at, schedule.timezone))
    assert words.section_name(kind, digest, language(lang))


def test_a_post_that_is_no_question_has_no_state() -> None:
    assert words.question_state(a_post(), language("fr"), now=WAITING.published_at) == ""


def test_a_question_just_asked_has_waited_an_hour() -> None:
    state = words.question_state(WAITING, language("en"), now=WAITING.published_at)
    assert state == "Waiting for an answer for 1 hour"


def test_short_posts_have_no_reading_time() -> None:
    assert words.reading_time(a_post(kind=Kind.BUZZ), language("fr")) == ""
