"""The operator's side: mailbox, desk, keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.preflight.keys import ed25519_pem, rsa_pem
from tests.preflight.samples import said
from veillee.config import DkimSettings, MailSettings
from veillee.preflight.setup import find_desk_faults, find_setup_faults, selectors_of


def settings(**changes: object) -> MailSettings:
    given = {
        "transport": "smtp", "maildir": Path("x"), "host": "relay.voisins.fr", "port": None, "security": "tls",
        "user": None, "password": None, "mailbox": "maildir:var/mailbox",
        "dkim": DkimSettings(selector="veillee", key=rsa_pem()), **changes,
    }  # fmt: skip
    return MailSettings(**given)  # type: ignore[arg-type]


def found(transport: str = "smtp", **changes: object) -> list[str]:
    given = settings(**changes)
    return said(
        find_setup_faults(
            given, transport=transport, settings_file="pelicanconf.py", unsubscribe_to="leave@voisins.fr", root=Path()
        )
    )


def test_a_signed_and_read_mailing_is_well() -> None:
    assert found() == []
    assert [one.name for one in selectors_of(settings(), root=Path())] == ["veillee"]


def test_a_mailbox_that_nobody_reads_is_named() -> None:
    assert [line.partition(";")[0] for line in found(mailbox=None)] == [
        "warning pelicanconf.py: VEILLEE_MAILBOX is not set: nobody reads what arrives at leave@voisins.fr"
    ]


def test_mail_for_real_is_signed() -> None:
    assert [line.partition(";")[0] for line in found(dkim=DkimSettings())] == [
        "warning pelicanconf.py: mails are not signed: VEILLEE_DKIM_SELECTOR is not set"
    ]
    assert found("maildir", dkim=DkimSettings()) == []


@pytest.mark.parametrize(
    ("dkim", "words"),
    [
        (DkimSettings(selector="a"), "VEILLEE_DKIM_SELECTOR is set, and VEILLEE_DKIM_KEY is not in the environment"),
        (DkimSettings(selector="a", key="no.pem"), "VEILLEE_DKIM_KEY cannot be used: its file cannot"),
        (DkimSettings(selector="a", key=rsa_pem(1024)), "VEILLEE_DKIM_KEY has 1024 bits; 2048 to 4096"),
        (DkimSettings(selector="a", key=ed25519_pem()), "VEILLEE_DKIM_KEY is an ed25519 key; an rsa key"),
        (
            DkimSettings(selector="a", key=rsa_pem(), ed25519_selector="b"),
            "VEILLEE_DKIM_ED25519_SELECTOR is set, and VEILLEE_DKIM_ED25519_KEY is not in the environment",
        ),
    ],
    ids=["no key", "no file", "short", "other kind", "no second key"],
)  # fmt: skip
def test_a_key_that_cannot_sign_stops_the_mail(dkim: DkimSettings, words: str) -> None:
    lines = found(dkim=dkim)
    assert [line.startswith(f"error pelicanconf.py: {words}") for line in lines] == [True]
    assert "PRIVATE KEY" not in lines[0]


@pytest.mark.parametrize(
    ("dkim", "words"),
    [
        (DkimSettings(ed25519_selector="b", ed25519_key=ed25519_pem()), "is set without VEILLEE_DKIM_SELECTOR"),
        (
            DkimSettings(selector="a", key=rsa_pem(), ed25519_selector="A", ed25519_key=ed25519_pem()),
            'both DKIM selectors are "a"; each key needs a record of its own',
        ),
    ],
    ids=["alone", "one name"],
)
def test_selectors_must_go_together(dkim: DkimSettings, words: str) -> None:
    errors = [line for line in found("maildir", dkim=dkim) if line.startswith("error")]
    assert [words in line for line in errors] == [True]


def test_a_desk_that_does_not_answer_stops_the_mail() -> None:
    with_desk = settings(desk_url="https://desk.voisins.fr")
    lines = said(find_desk_faults(with_desk, answer="nothing listens there", settings_file="pelicanconf.py"))
    assert lines[0].startswith(
        "error pelicanconf.py: nothing answers at VEILLEE_DESK_URL, https://desk.voisins.fr (nothing listens there);"
    )
    assert said(find_desk_faults(with_desk, answer="", settings_file="pelicanconf.py")) == []
    assert said(find_desk_faults(settings(), answer="x", settings_file="pelicanconf.py")) == []
