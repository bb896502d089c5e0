"""`veillee mailbox`: what comes back into a maildir, on a site that has mailed its edition."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.cli.mail_sites import MailSite, bare_site, mail_site
from tests.mailbox import samples
from tests.mailbox.dovecot import PASSWORD, running_dovecot
from tests.mailbox.samples import fields, mail, report
from veillee.audience.tokens import Leaving, sign_leaving
from veillee.cli import reading_back
from veillee.cli.reading_back import Fate, read_back
from veillee.cli.storage import load_site
from veillee.database import open_database
from veillee.database.tables import bounces, choices, deliveries, subscribers
from veillee.delivery.message.return_path import return_path
from veillee.errors import SourceError
from veillee.keys import load_keys

__all__ = ["bare_site", "mail_site"]

NOW = datetime.fromisoformat("2026-11-20T09:00+01:00")
UNKNOWN = fields("5.1.1", "smtp; 550 5.1.1 User unknown")


class Desk:
    """A site that has mailed an edition, and its mailbox."""

    def __init__(self, site: MailSite) -> None:
        self.site = site
        self.folder = site.folder / "var" / "mailbox"
        for name in ("tmp", "new", "cur"):
            (self.folder / name).mkdir(parents=True)
        site.settings('VEILLEE_MAILBOX = "maildir:var/mailbox"\n')
        site.ok("digest", "send", "weekly")
        self._count = 0

    def arrive(self, content: bytes) -> Path:
        self._count += 1
        path = self.folder / "new" / f"{self._count:03}.test"
        path.write_bytes(content)
        return path

    def unread(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "new").iterdir())

    @property
    def url(self) -> str:
        return f"sqlite:///{self.site.folder / 'var' / 'veillee.sqlite3'}"

    @property
    def key(self) -> bytes:
        return load_keys(self.site.folder / "var", given=None).current

    def path(self, address: str) -> str:
        """The return path of the mail that this subscriber got."""
        with open_database(self.url) as database, database.reading() as connection:
            row = connection.execute(select(deliveries).where(deliveries.c.address == address)).one()
        return return_path("bounces@voisins.example", row.id, row.message_id, key=self.key)

    def token(self, number: int, digest_id: str | None = "weekly", *, key: bytes | None = None) -> str:
        return sign_leaving(Leaving(number, digest_id), secret=key or self.key)

    def state(self, number: int) -> str:
        with open_database(self.url) as database, database.reading() as connection:
            return str(connection.execute(select(subscribers.c.state).where(subscribers.c.id == number)).scalar_one())

    def everything(self) -> list[object]:
        with open_database(self.url) as database, database.reading() as connection:
            return [connection.execute(select(table)).all() for table in (subscribers, choices, deliveries, bounces)]


@pytest.fixture
def desk(mail_site: MailSite) -> Desk:
    return Desk(mail_site)


def test_everything_that_comes_back_is_settled_told_and_read(desk: Desk) -> None:
    desk.arrive(mail(f"unsubscribe {desk.token(1)}"))
    desk.arrive(report(UNKNOWN, to=desk.path("omar@example.net")))
    desk.arrive(samples.complaint(fields=f"Original-Mail-From: <{desk.path('zoe.b@bücher.example')}>\n"))
    desk.arrive(samples.AUTOMATIC["vacation in French"])
    desk.arrive(samples.AUTOMATIC["vacation in English"])
    ran = desk.site.ok("mailbox")
    assert ran.out == (
        "left: amina@example.org: does not get weekly any more\n"
        "bounced: omar@example.net: the address does not exist (550 5.1.1 User unknown)\n"
        "complained: zoe.b@bücher.example: called spam by its reader (abuse reported by SomeGenerator/1.0)\n"
        "ignored: an automatic reply (2 times)\n"
        "maildir:var/mailbox: 5 unread messages: 1 left, 1 bounced, 1 complained, 2 ignored.\n"
    )
    assert [desk.state(number) for number in (1, 2, 3)] == ["active", "complained", "bounced"]
    assert desk.unread() == []
    assert len(list((desk.folder / "cur").glob("*:2,S"))) == 5
    assert desk.site.ok("mailbox").out == "maildir:var/mailbox: no unread messages.\n"


def test_a_mailbox_on_a_server_is_read_and_nothing_in_it_deleted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_dovecot() as server:
        user = server.new_user()
        server.put(user, "1.wish", mail(f"unsubscribe {desk.token(1, None)}"))
        server.put(user, "2.question", mail("Une question"))
        monkeypatch.setenv("VEILLEE_MAILBOX_PASSWORD", PASSWORD)
        desk.site.settings(
            f'VEILLEE_MAILBOX = "imaps://{user}@localhost:{server.tls}/INBOX"\nVEILLEE_SMTP_CA = "{server.authority}"\n'
        )
        for options in (("--dry-run",), ()):
            out = desk.site.ok("mailbox", *options).out
            assert out.startswith("left: amina@example.org: gets no digest any more\n")
        marks = sorted(path.name for path in (server.mail / user / "cur").iterdir())
        assert [name.partition(",")[0::2] for name in marks] == [("1.wish:2", "S"), ("2.question:2", "")]
        assert "no unread" not in desk.site.ok("mailbox").out
    assert desk.state(1) == "unsubscribed"
    assert desk.site.run("mailbox", "--mailbox", f"imap://{user}@localhost:{server.plain}").exit_code == 5


def test_a_rehearsal_says_the_same_and_changes_nothing(desk: Desk) -> None:
    desk.arrive(mail(f"unsubscribe {desk.token(1)}"))
    desk.arrive(mail(f"unsubscribe {desk.token(1)}"))
    desk.arrive(report(UNKNOWN, to=desk.path("omar@example.net")))
    before, unread = desk.everything(), desk.unread()
    rehearsed = desk.site.ok("mailbox", "--dry-run")
    assert rehearsed.out.endswith("1 left, 1 bounced, 1 ignored. Nothing was changed: this was a rehearsal.\n") or (
        "1 left, 1 ignored, 1 bounced. Nothing was changed" in rehearsed.out
    )
    assert (desk.everything(), desk.unread()) == (before, unread)
    assert desk.site.ok("mailbox").out == rehearsed.out.replace(" Nothing was changed: this was a rehearsal.", "")


def test_who_leaves_the_last_digest_is_unsubscribed_and_stays_out_of_later_lists(desk: Desk) -> None:
    for digest_id in ("weekly", "questions"):
        desk.arrive(mail(f"unsubscribe {desk.token(1, digest_id)}"))
    desk.arrive(mail(f"unsubscribe {desk.token(2, None)}"))
    out = desk.site.ok("mailbox").out
    assert "left: amina@example.org: gets no digest any more\n" in out
    assert "left: zoe.b@bücher.example: gets no digest any more\n" in out
    assert "2 stay out" in desk.site.ok("subscribers", "import", "people.csv").out
    assert [desk.state(number) for number in (1, 2, 3)] == ["unsubscribed", "unsubscribed", "active"]


def test_a_token_of_an_older_key_is_believed_while_that_key_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = b"the-key-of-the-year-2024"
    desk.arrive(mail(f"unsubscribe {desk.token(1, None, key=old)}"))
    ran = desk.site.ok("mailbox")
    assert "its token is not one that we signed, with any key that is still believed" in ran.out
    assert (desk.state(1), len(desk.unread())) == ("active", 1)
    monkeypatch.setenv("VEILLEE_SECRET_PAST", old.decode())
    assert desk.site.ok("mailbox").out.startswith("left: amina@example.org")


def test_a_wish_in_words_is_left_for_a_person_with_the_command(desk: Desk) -> None:
    desk.arrive(mail("Désabonnez-moi", sender="Amina <AMINA@example.org>"))
    desk.arrive(mail("unsubscribe", sender="nobody@example.org"))
    ran = desk.site.ok("mailbox")
    assert ran.out == (
        'for a human: amina@example.org, "Désabonnez-moi": asks to leave; it carries no token\n'
        "  if it is really them: veillee subscribers remove amina@example.org\n"
        'for a human: nobody@example.org, "unsubscribe": asks to leave; it carries no token, and its sender is no '
        "subscriber\n"
        "maildir:var/mailbox: 2 unread messages: 2 for a human (stay unread).\n"
    )
    assert (desk.state(1), len(desk.unread())) == ("active", 2)
    assert desk.site.ok("mailbox").out == ran.out


def test_forged_and_replayed_reports_change_nothing(desk: Desk) -> None:
    good = desk.path("omar@example.net")
    desk.arrive(report(fields("5.2.2", "smtp; 552 full"), to=good))
    assert "1 of 3 that end it within 30 days" in desk.site.ok("mailbox").out
    before = desk.everything()
    desk.arrive(report(UNKNOWN, to=good.replace("+", "+1")))
    desk.arrive(report(UNKNOWN, to="bounces+1-0123456789abcdef@voisins.example"))
    for _ in range(3):
        desk.arrive(report(fields("5.2.2", "smtp; 552 full"), to=good))
    ran = desk.site.ok("mailbox", "--json")
    assert [one["why"] for one in ran.json["ignored"]] == [
        "its return path is not one that we signed, with any key that is still believed",
        "its return path is not one that we signed, with any key that is still believed",
        *["it was reported before"] * 3,
    ]
    assert desk.everything() == before


def test_a_report_for_programs_names_everything(desk: Desk) -> None:
    desk.arrive(mail(f"unsubscribe {desk.token(1)}"))
    desk.arrive(mail("Une question"))
    told = desk.site.ok("mailbox", "--json", "--dry-run").json
    assert (told["mailbox"], told["is_dry_run"], told["error"]) == ("maildir:var/mailbox", True, None)
    assert [(one["address"], one["digest"]) for one in told["left"]] == [("amina@example.org", "weekly")]
    assert [(one["from"], one["subject"]) for one in told["for_a_human"]] == [("amina@example.org", "Une question")]
    assert {fate.name.lower() for fate in Fate} <= told.keys()


def test_a_mailbox_that_cannot_be_reached_is_said_with_exit_code_5(desk: Desk) -> None:
    ran = desk.site.run("mailbox", "--mailbox", "maildir:nowhere")
    assert ran.exit_code == 5
    assert "nowhere: this is no maildir" in ran.err


def test_without_a_mailbox_the_setting_is_named(mail_site: MailSite) -> None:
    ran = mail_site.run("mailbox")
    assert ran.exit_code == 3
    assert "VEILLEE_MAILBOX is not set" in ran.err
    ran = mail_site.run("mailbox", "--mailbox", "imap://a@example.org")
    assert ran.exit_code == 3
    assert ran.err.startswith('--mailbox is "imap://a@example.org"; the password would cross')


def test_a_crash_between_settling_and_marking_changes_nothing_the_second_time(desk: Desk) -> None:
    site = load_site(None, now=None)
    desk.arrive(mail(f"unsubscribe {desk.token(1)}"))
    desk.arrive(report(UNKNOWN, to=desk.path("omar@example.net")))
    with open_database(desk.url) as database:
        read_back(site, database, now=NOW)
        before = desk.everything()
        for path in list((desk.folder / "cur").iterdir()):
            path.rename(desk.folder / "new" / path.name.partition(":")[0])  # as if the marks had been lost
        again = read_back(site, database, now=NOW)
    assert [(one.fate, one.why) for one in again.findings] == [
        (Fate.IGNORED, "had left before"),
        (Fate.IGNORED, "it was reported before"),
    ]
    assert desk.everything() == before


def test_what_was_settled_before_the_mailbox_broke_stays_and_is_told(desk: Desk) -> None:
    desk.arrive(mail(f"unsubscribe {desk.token(1, None)}"))
    desk.arrive(mail("Une question"))
    ticks = iter((0.0, 1e9))
    with open_database(desk.url) as database:
        told = read_back(load_site(None, now=None), database, now=NOW, seconds=lambda: next(ticks))
    assert (len(told.findings), told.is_complete) == (1, False)
    assert desk.state(1) == "unsubscribed"


def test_a_mailing_without_a_mailbox_reads_none(mail_site: MailSite) -> None:
    with open_database(f"sqlite:///{mail_site.folder / 'var' / 'veillee.sqlite3'}") as database:
        assert read_back(load_site(None, now=None), database, now=NOW).label == ""


def test_an_unreachable_mailbox_is_in_the_report_that_a_mailing_gets(desk: Desk) -> None:
    place = reading_back.MaildirPlace(desk.folder / "nowhere")
    with open_database(desk.url) as database:
        assert isinstance(read_back(load_site(None, now=None), database, now=NOW, place=place).error, SourceError)


SOUP = st.lists(
    st.sampled_from([line + b"\n" for sample in (samples.POSTFIX, samples.COMPLAINT) for line in sample.splitlines()])
    | st.binary(max_size=60),
    max_size=60,
).map(b"".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(content=SOUP)
def test_no_bytes_stop_the_reading_or_change_anything(desk: Desk, content: bytes) -> None:
    path = desk.arrive(content)
    before = desk.everything()
    with open_database(desk.url) as database:
        told = read_back(load_site(None, now=None), database, now=NOW)
    assert told.error is None
    assert {one.fate for one in told.findings} <= {Fate.IGNORED, Fate.FOR_A_HUMAN}
    assert desk.everything() == before
    path.unlink(missing_ok=True)


def test_a_bounce_of_50_megabytes_is_read_in_part(desk: Desk) -> None:
    desk.arrive(report(UNKNOWN, to=desk.path("omar@example.net")) + b"x" * 50_000_000)
    assert desk.site.ok("mailbox").out.startswith("bounced: omar@example.net")
