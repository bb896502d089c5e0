"""The interface in French: nothing missing, nothing left over, typeset as a newspaper would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import veillee
from veillee.languages import language
from veillee.shipped import theme_folder

CATALOGUE = Path(veillee.__file__).parent / "languages" / "fr.po"
OPTIONS = {"trim_blocks": "1", "lstrip_blocks": "1", "silent": "false"}
NARROW = "\u202f"


@pytest.fixture(scope="module")
def french() -> Catalog:
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="fr")


def messages_of_templates() -> Iterator[tuple[str, str]]:
    for template in sorted((theme_folder() / "templates").rglob("*.html")):
        with template.open("rb") as source:
            for _, _, message, _ in babel_extract(source, ("_", "gettext", "ngettext"), [], OPTIONS):
                words = (message,) if isinstance(message, str) else message
                yield template.name, next(word for word in words if word)


def test_every_message_of_the_templates_has_its_french(french: Catalog) -> None:
    found = {message: name for name, message in messages_of_templates()}
    assert len(found) > 80
    missing = [(name, message) for message, name in found.items() if not french.get(message)]
    assert missing == []


def test_no_french_message_is_empty_or_given_twice(french: Catalog) -> None:
    assert [message.id for message in french if message.id and not all(texts(message))] == []
    ids = re.findall(r'^msgid "(.+)"$', CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(one for one in set(ids) if ids.count(one) > 1) == []


def test_placeholders_are_the_same_in_french(french: Catalog) -> None:
    def holes(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)s|\{(\w+)\}", text))

    differing = [
        message.id
        for message in french
        if message.id and any(holes(text) - holes(originals(message)[-1]) for text in texts(message))
    ]
    assert differing == []


def test_french_is_typeset_with_curved_apostrophes_and_narrow_spaces(french: Catalog) -> None:
    wrong = [text for message in french if message.id for text in texts(message) if not is_typeset(text)]
    assert wrong == []


def is_typeset(text: str) -> bool:
    words = re.sub(r"<[^>]*>|%\(\w+\)s|https?://\S+|\d\d:\d\d|%H:%M|\b(author|date|tags):", "", text)
    has_plain_apostrophe = "'" in words
    has_bare_mark = re.search(rf"[^{NARROW}\u00a0\s][;!?]|[^{NARROW}\u00a0\d]:(?=\s|$)", words)
    has_bare_quote = re.search(rf"«[^{NARROW}\u00a0]|[^{NARROW}\u00a0]»", words)
    return not (has_plain_apostrophe or has_bare_mark or has_bare_quote)


def test_the_sieve_for_typography_lets_no_slip_through() -> None:
    assert is_typeset(f"Qu’est-ce{NARROW}? «{NARROW}Rien{NARROW}»{NARROW}; à 08:00")
    for slip in ("l'eau", "Qui?", "Oui:", "«Non»"):
        assert not is_typeset(slip)


def test_a_language_without_a_catalogue_speaks_english() -> None:
    assert language("nl").gettext("Digests") == "Digests"


def texts(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def originals(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)
