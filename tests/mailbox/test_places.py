"""Where an inbox may be, as it is written in the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from veillee.errors import ConfigurationError
from veillee.mailbox.imap import ImapInbox
from veillee.mailbox.places import ImapPlace, MaildirPlace, parse_place

ROOT = Path("/srv/site")


def parsed(text: str, *, password: str | None = "secret") -> MaildirPlace | ImapPlace:
    return parse_place(text, root=ROOT, password=password, authority=None)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("maildir:var/mailbox", MaildirPlace(ROOT / "var/mailbox")),
        ("maildir:/var/mail/veillee", MaildirPlace(Path("/var/mail/veillee"))),
        ("maildir:///var/mail/veillee", MaildirPlace(Path("/var/mail/veillee"))),
        (
            "imaps://veillee@imap.example.org/INBOX",
            ImapPlace("imap.example.org", 993, "veillee", "INBOX", True, "secret"),
        ),
        (
            "imaps://a@b.example@imap.b.example",
            ImapPlace("imap.b.example", 993, "a@b.example", "INBOX", True, "secret"),
        ),
        (
            "imaps://a%40b@h.example:1993/Lists/R%C3%A9ponses",
            ImapPlace("h.example", 1993, "a@b", "Lists/Réponses", True, "secret"),
        ),
        ("imap://a@localhost:1143/INBOX", ImapPlace("localhost", 1143, "a", "INBOX", False, "secret")),
        ("imap://a@127.0.0.1", ImapPlace("127.0.0.1", 143, "a", "INBOX", False, "secret")),
    ],
)
def test_a_place_is_understood(text: str, place: MaildirPlace | ImapPlace) -> None:
    assert parsed(text) == place


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("var/mailbox", "allowed: "),
        ("pop3://a@h.example", "allowed: "),
        ("maildir:", "write a folder"),
        ("maildir://var/mailbox", "write a folder"),
        ("imaps://h.example/INBOX", "write imaps://USER@HOST/FOLDER"),
        ("imaps://a@/INBOX", "write imaps://USER@HOST/FOLDER"),
        ("imaps://a@h.example/In#box", "%23 for #"),
        ("imaps://a@h.example:99999/INBOX", "Port out of range"),
        ("imaps://a@h.example/IN%0ABOX", "control character"),
        ("imap://a@h.example/INBOX", "would cross the network in clear; write imaps://"),
        ("imap://a@localhost.example/INBOX", "would cross the network in clear"),
    ],
)
def test_a_place_that_cannot_be_is_explained(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parsed(text)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f'VEILLEE_MAILBOX is "{text}"')


def test_a_password_has_no_place_in_an_address_and_is_not_repeated() -> None:
    with pytest.raises(ConfigurationError, match="VEILLEE_MAILBOX_PASSWORD") as caught:
        parsed("imaps://a:hunter2@h.example/INBOX")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(("password", "words"), [(None, "must be in VEILLEE_MAILBOX_PASSWORD"), ("a\n", "a line end")])
def test_a_password_is_needed_as_one_line(password: str | None, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        parsed("imaps://a@h.example/INBOX", password=password)
    assert isinstance(parsed("maildir:var/mailbox", password=None), MaildirPlace)


def test_a_place_does_not_show_its_password() -> None:
    place = parsed("imaps://a@h.example/INBOX")
    assert isinstance(place, ImapPlace)
    assert "secret" not in repr(place) + ImapInbox(place).label
