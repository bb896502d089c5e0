"""`veillee digest send`, from content to mail, on a site that has nothing of ours but the plugin."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox as MailboxHandler

from tests.cli.mail_sites import MailSite, bare_site, mail_site

__all__ = ["bare_site", "mail_site"]

SEND = ("digest", "send", "weekly", "--edition", "2026-W47")


def test_each_subscriber_gets_one_message_of_their_own(mail_site: MailSite) -> None:
    mail_site.ok("subscribers", "remove", "zoe.b@bücher.example")
    mail_site.ok("subscribers", "add", "zoe@bücher.example", "--name", 'Zoë "la luciole"', "--lang", "fr")
    ran = mail_site.ok(*SEND)
    assert "planned 3 = accepted 3 + failed 0 + in doubt 0 + skipped 0" in ran.out
    assert ran.out.startswith("weekly 2026-W47: Sent.\n")
    mails = {mail["To"].addresses[0].addr_spec: mail for mail in mail_site.mails()}
    assert sorted(mails) == ["amina@example.org", "omar@example.net", "zoe@xn--bcher-kva.example"]
    assert mails["omar@example.net"]["Content-Language"] == "en"
    assert mails["amina@example.org"]["Content-Language"] == "fr"
    assert mails["zoe@xn--bcher-kva.example"]["To"].addresses[0].display_name == 'Zoë "la luciole"'
    for mail in mails.values():
        assert mail["From"] == "Les voisins <veillee@voisins.example>"
        assert "mailto:veillee@voisins.example?subject=unsubscribe%20v1." in mail["List-Unsubscribe"]
        for kind in ("plain", "html"):
            body = mail.get_body((kind,))
            assert body is not None
            assert "Day 17" in body.get_content()
            assert "subject=unsubscribe%20v1." in body.get_content()


def test_sending_again_sends_nothing(mail_site: MailSite) -> None:
    mail_site.ok(*SEND)
    before = mail_site.recipients()
    ran = mail_site.ok(*SEND, "--json")
    assert (ran.json["accepted_now"], ran.json["accepted"], ran.json["is_sent"]) == (0, 3, True)
    assert mail_site.recipients() == before
    assert max(before.values()) == 1


def test_who_subscribes_later_gets_the_next_edition(mail_site: MailSite) -> None:
    mail_site.ok(*SEND)
    mail_site.ok("subscribers", "add", "late@example.org")
    assert mail_site.ok(*SEND, "--json").json["planned"] == 3
    assert "late@example.org" not in mail_site.recipients()


def test_a_dry_run_says_who_would_get_what_and_stores_nothing(mail_site: MailSite) -> None:
    mail_site.ok("subscribers", "remove", "omar@example.net")
    ran = mail_site.ok(*SEND, "--dry-run")
    assert ran.out.startswith("weekly 2026-W47 would go to 2 recipients.\n  fr: 2 recipients, subject: Day ")
    assert "  at xn--bcher-kva.example: 1\n" in ran.out
    assert "  not mailed, unsubscribed: 1\n" in ran.out
    assert mail_site.mails() == []
    assert mail_site.run("digest", "status", "weekly", now=None).exit_code == 2
    assert mail_site.ok(*SEND, "--dry-run", "--json").json["total"] == 2


def test_a_dry_run_of_what_was_begun_says_what_is_left(mail_site: MailSite) -> None:
    mail_site.ok(*SEND)
    ran = mail_site.ok(*SEND, "--dry-run")
    assert ran.out.startswith("weekly 2026-W47 would go to 0 recipients.\n  It was frozen on 2026-11-20 at 08:00 UTC")
    assert "  not mailed, accepted: 3\n" in ran.out


def test_without_a_name_the_newest_edition_that_is_due_goes_out(mail_site: MailSite) -> None:
    assert mail_site.ok("digest", "send", "weekly", "--json").json["edition"] == "2026-W47"


def test_an_edition_that_is_not_due_waits(mail_site: MailSite) -> None:
    ran = mail_site.run(*SEND, now="2026-11-20T07:59")
    assert ran.exit_code == 4
    assert "due on 2026-11-20 at 08:00" in ran.err
    assert mail_site.run("digest", "send", "weekly", now="2026-11-20T07:59").exit_code == 2


def test_an_edition_that_is_too_old_goes_out_only_when_told_to(mail_site: MailSite) -> None:
    ran = mail_site.run(*SEND, now="2026-12-01T09:00")
    assert ran.exit_code == 4
    assert "11 days late" in ran.err
    assert mail_site.mails() == []
    mail_site.ok(*SEND, "--late", now="2026-12-01T09:00")
    assert len(mail_site.mails()) == 3


def test_an_edition_with_too_little_in_it_does_not_go_out(mail_site: MailSite) -> None:
    path = mail_site.folder / "digests" / "weekly" / "editions" / "2026-W47.md"
    path.write_text("---\nsections:\n  - announcements: [misc/day-17]\n---\n")
    ran = mail_site.run(*SEND)
    assert ran.exit_code == 1
    assert mail_site.mails() == []


def test_an_item_that_is_gone_stops_a_new_edition_and_not_one_that_was_begun(mail_site: MailSite) -> None:
    post = mail_site.folder / "content" / "day17.md"
    text = post.read_text()
    post.unlink()
    ran = mail_site.run(*SEND)
    assert ran.exit_code == 1
    assert "digests/weekly/editions/2026-W47.md:" in ran.err
    assert mail_site.mails() == []
    post.write_text(text)
    mail_site.ok(*SEND)
    post.unlink()
    mail_site.ok(*SEND)


def test_nobody_subscribed_is_said(bare_site: MailSite) -> None:
    bare_site.ok("digest", "draft", "weekly", "--edition", "2026-W47")
    assert "veillee subscribers import" in bare_site.run(*SEND).err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("weekli",), 2),
        (("weekly", "--edition", "2026-W46"), 2),
        (("weekly", "--edition", "2026-W47", "--transport", "pigeon"), 2),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(mail_site: MailSite, arguments: tuple[str, ...], code: int) -> None:
    assert mail_site.run("digest", "send", *arguments).exit_code == code


def test_a_server_that_is_not_there_loses_nobody(mail_site: MailSite) -> None:
    mail_site.settings('VEILLEE_SMTP_HOST = "127.0.0.1"\nVEILLEE_SMTP_PORT = 9\nVEILLEE_SMTP_SECURITY = "plain"\n')
    ran = mail_site.run(*SEND, "--transport", "smtp")
    assert ran.exit_code == 5
    assert "127.0.0.1:9 cannot be reached" in ran.err
    assert "3 recipients still to come" in ran.out
    assert mail_site.ok(*SEND, "--json").json["accepted_now"] == 3


def test_a_real_server_gets_what_the_settings_say(mail_site: MailSite, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    mail_site.settings(
        'VEILLEE_TRANSPORT = "smtp"\nVEILLEE_SMTP_HOST = "127.0.0.1"\n'
        f'VEILLEE_SMTP_PORT = {port}\nVEILLEE_SMTP_SECURITY = "plain"\n'
    )
    controller = Controller(
        MailboxHandler(str(tmp_path / "box")), hostname="127.0.0.1", port=port, enable_SMTPUTF8=True
    )
    controller.start()
    try:
        ran = mail_site.ok(*SEND)
    finally:
        controller.stop()
    assert f"through smtp:127.0.0.1:{port}" in ran.out
    assert len(list((tmp_path / "box" / "new").iterdir())) == 3


def test_a_key_from_the_environment_makes_the_same_ids_on_every_machine(
    mail_site: MailSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEILLEE_SECRET", "the same long text on every machine")
    mail_site.ok(*SEND)
    ids = [mail["Message-ID"] for mail in mail_site.mails()]
    assert not (mail_site.folder / "var" / "secret").exists()
    shutil.rmtree(mail_site.folder / "var")
    mail_site.ok("subscribers", "import", "people.csv")
    mail_site.ok(*SEND)
    assert [mail["Message-ID"] for mail in mail_site.mails()] == ids
