"""`veillee digest settle`, `pause` and `resume`, on a site with three subscribers."""

from __future__ import annotations

import re

from tests.cli.mail_sites import MailSite, bare_site, mail_site
from tests.cli.test_digest_status import freeze_without_sending, settle
from veillee.delivery.envelope import Outcome, Reply

__all__ = ["bare_site", "mail_site"]

SEND = ("digest", "send", "weekly", "--edition", "2026-W47")
SETTLE = ("digest", "settle", "weekly")
DOUBT = Outcome(Reply.IN_DOUBT, "the line broke")


def with_doubts(site: MailSite, count: int) -> list[str]:
    """Leaves so many deliveries in doubt, the others accepted; their Message-IDs."""
    freeze_without_sending(site)
    settle(site, *[DOUBT] * count, *[Outcome(Reply.ACCEPTED, "250 OK")] * (3 - count))
    said = site.run(*SETTLE, now=None)
    assert said.exit_code == 4
    return re.findall(r"<[0-9a-f]{40}@[^>]+>", said.out)


def test_what_is_in_doubt_is_listed_with_what_to_do(mail_site: MailSite) -> None:
    ids = with_doubts(mail_site, 2)
    said = mail_site.run(*SETTLE, now=None)
    assert said.out.startswith("weekly 2026-W47: in doubt 2.\n  amina@example.org  <")
    assert "--log FILE" in said.err
    assert len(ids) == 2


def test_the_log_of_the_mail_server_settles_what_it_names(mail_site: MailSite) -> None:
    first, second = with_doubts(mail_site, 2)
    log = mail_site.write("mail.log", f"Nov 20 08:00:01 mx postfix/cleanup[1]: 4F: message-id={first}\n")
    said = mail_site.run(*SETTLE, "--log", log, "--json", now=None)
    assert said.exit_code == 4
    assert said.json["settled"] == [{"message_id": first, "state": "accepted"}]
    assert [row["message_id"] for row in said.json["in_doubt"]] == [second]


def test_a_complete_log_says_that_the_others_never_left_and_they_go_out(mail_site: MailSite) -> None:
    with_doubts(mail_site, 2)
    log = mail_site.write("mail.log", "Nov 20 08:00:01 mx postfix/qmgr[1]: nothing of ours\n")
    said = mail_site.ok(*SETTLE, "--log", log, "--complete", now=None)
    assert "settled 2, still in doubt 0" in said.out
    assert "veillee digest send weekly" in said.err
    mail_site.ok(*SEND)
    assert len(mail_site.mails()) == 2
    account = mail_site.ok("digest", "status", "weekly", "--json", now=None).json[0]
    assert (account["accepted"], account["is_sent"]) == (3, True)


def test_a_person_settles_with_a_name(mail_site: MailSite) -> None:
    with_doubts(mail_site, 2)
    one = mail_site.run(*SETTLE, "--address", "AMINA@example.org", "--as", "accepted", "--by", "Jeanne Vidal", now=None)
    assert (one.exit_code, "settled 1, still in doubt 0" in one.out) == (0, True)
    mail_site.ok(*SETTLE, "--as", "failed", "--by", "Jeanne Vidal", now=None)
    account = mail_site.ok("digest", "status", "weekly", "--json", now=None).json[0]
    assert (account["accepted"], account["failed"], account["in_doubt"]) == (2, 1, 0)
    assert [row["decided_by"] for row in account["rows"]] == ["Jeanne Vidal"]


def test_nobody_decides_without_a_name(mail_site: MailSite) -> None:
    with_doubts(mail_site, 1)
    assert "--by" in mail_site.run(*SETTLE, "--as", "accepted", now=None).err
    for arguments in (("--as", "perhaps", "--by", "J"), ("--complete",), ("--address", "nobody@example.org")):
        assert mail_site.run(*SETTLE, *arguments, now=None).exit_code == 2, arguments


def test_where_nothing_is_in_doubt_that_is_said(mail_site: MailSite) -> None:
    mail_site.ok(*SEND)
    assert mail_site.ok(*SETTLE, now=None).out == "weekly 2026-W47: nothing is in doubt.\n"


def test_a_policy_settles_doubts_at_the_next_send(mail_site: MailSite) -> None:
    with_doubts(mail_site, 2)
    mail_site.settings('VEILLEE_DOUBTS = "accepted"\n')
    account = mail_site.ok(*SEND, "--json").json
    assert (account["accepted"], account["accepted_now"]) == (3, 0)


def test_a_paused_edition_is_not_sent_until_it_goes_on(mail_site: MailSite) -> None:
    freeze_without_sending(mail_site)
    said = mail_site.ok("digest", "pause", "weekly", now=None)
    assert said.out == "weekly 2026-W47 is paused.\n"
    refused = mail_site.run(*SEND)
    assert refused.exit_code == 4
    assert "veillee digest resume weekly --edition 2026-W47" in refused.err
    assert "It is paused." in mail_site.run("digest", "status", "weekly", now=None).out
    mail_site.ok("digest", "resume", "weekly", now=None)
    mail_site.ok(*SEND)
    assert len(mail_site.mails()) == 3
