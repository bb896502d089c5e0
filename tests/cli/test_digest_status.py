"""`veillee digest status`: the equation, and what keeps an edition from being called sent."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.cli.mail_sites import MailSite, bare_site, mail_site
from veillee.cli.digest.mailing import open_mailing
from veillee.cli.digest.sending import freeze_edition
from veillee.database import open_database
from veillee.delivery.envelope import Outcome, Reply
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.records import Run
from veillee.delivery.sending.rates import Rates

__all__ = ["bare_site", "mail_site"]

SEND = ("digest", "send", "weekly", "--edition", "2026-W47")
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
NO_LIMITS = Rates(None, {}, now_s=0)


def freeze_without_sending(site: MailSite) -> None:
    with open_database(f"sqlite:///{site.folder / 'var' / 'veillee.sqlite3'}") as database:
        freeze_edition(open_mailing("weekly", "2026-W47", settings=None, now="2026-11-20T09:00"), Ledger(database))


def settle(site: MailSite, *outcomes: Outcome) -> None:
    """Settles the first deliveries of the edition as a sender would, and claims one more."""
    with open_database(f"sqlite:///{site.folder / 'var' / 'veillee.sqlite3'}") as database:
        ledger = Ledger(database)
        (edition,) = ledger.editions_of("weekly")
        run = Run("r", "", "", "relay:")
        for outcome in outcomes:
            (claimed,) = ledger.advance(edition, (), run=run, rates=NO_LIMITS, now=NOW, limit=1).deliveries
            ledger.advance(edition, [(claimed, outcome)], run=run, rates=NO_LIMITS, now=NOW, limit=0)


def test_an_edition_that_everybody_got_is_called_sent(mail_site: MailSite) -> None:
    mail_site.ok(*SEND)
    ran = mail_site.ok("digest", "status", "weekly", now=None)
    assert ran.out == (
        "weekly 2026-W47, frozen on 2026-11-20 at 08:00 UTC. Sent.\n"
        "  planned 3 = accepted 3 + failed 0 + in doubt 0 + skipped 0\n"
    )


def test_an_edition_that_is_not_complete_is_not_called_sent(mail_site: MailSite) -> None:
    freeze_without_sending(mail_site)
    settle(mail_site, Outcome(Reply.ACCEPTED, "250 OK"))
    ran = mail_site.run("digest", "status", "weekly", now=None)
    assert ran.exit_code == 4
    assert "Sent" not in ran.out
    assert "Not complete: 2 recipients still to come." in ran.out
    assert "planned 3 ≠ accepted 1 + failed 0 + in doubt 0 + skipped 0 (not sent yet 2, in hand 0)" in ran.out


def test_what_failed_and_what_is_in_doubt_is_named_with_its_words(mail_site: MailSite) -> None:
    freeze_without_sending(mail_site)
    settle(
        mail_site,
        Outcome(Reply.PERMANENT, "550 no such user"),
        Outcome(Reply.IN_DOUBT, "the line broke"),
        Outcome(Reply.TEMPORARY, "450 later"),
    )
    ran = mail_site.run("digest", "status", "weekly", "--edition", "2026-W47", now=None)
    assert ran.exit_code == 4
    assert "planned 3 = accepted 0 + failed 2 + in doubt 1 + skipped 0" in ran.out
    assert "  failed: amina@example.org: 550 no such user\n" in ran.out
    assert "  in doubt: zoe.b@bücher.example: the line broke\n" in ran.out
    assert "  failed, will be tried again: omar@example.net: 450 later\n" in ran.out
    when = "to be tried again from 2026-11-20 08:05 UTC on"
    assert f"1 put off by the server, {when}, 1 in doubt, held and not sent again" in ran.out


def test_a_doubt_is_not_sent_again_and_what_was_put_off_is(mail_site: MailSite) -> None:
    freeze_without_sending(mail_site)
    settle(mail_site, Outcome(Reply.IN_DOUBT, "the line broke"), Outcome(Reply.TEMPORARY, "450 later"))
    ran = mail_site.run(*SEND, now="2026-11-20T09:06")
    assert ran.exit_code == 4
    assert sorted(mail_site.recipients()) == ["omar@example.net", "zoe.b@xn--bcher-kva.example"]
    assert "Not complete: 1 in doubt, held and not sent again." in ran.out


def test_the_account_is_there_for_programs(mail_site: MailSite) -> None:
    freeze_without_sending(mail_site)
    settle(mail_site, Outcome(Reply.PERMANENT, "550 no such user"))
    ran = mail_site.run("digest", "status", "weekly", "--json", now=None)
    (account,) = ran.json
    assert (account["planned"], account["failed"], account["waiting"], account["is_sent"]) == (3, 1, 2, False)
    assert account["rows"][0]["words"] == "550 no such user"


def test_what_was_never_sent_is_said(mail_site: MailSite) -> None:
    ran = mail_site.run("digest", "status", "weekly", now=None)
    assert (ran.exit_code, ran.err) == (
        2,
        "no edition of weekly was sent yet; send one with: veillee digest send weekly",
    )
    mail_site.ok(*SEND)
    assert 'did you mean "weekly"?' in mail_site.run("digest", "status", "wekly", now=None).err
    assert "these were: 2026-W47" in mail_site.run("digest", "status", "weekly", "-e", "2026-W40", now=None).err
