"""`veillee digest send --test-to`, and what topics make of an edition."""

from __future__ import annotations

import json

from tests.cli.mail_sites import MailSite, bare_site, mail_site

__all__ = ["bare_site", "mail_site"]

SEND = ("digest", "send", "weekly", "--edition", "2026-W47")


def test_every_variant_goes_to_one_address_marked_and_the_ledger_hears_nothing(mail_site: MailSite) -> None:
    said = mail_site.ok(*SEND, "--test-to", "me@example.org")
    mails = mail_site.mails()
    assert [mail["To"] for mail in mails] == ["me@example.org"] * 2
    assert sorted(str(mail["Subject"])[:9] for mail in mails) == ["[test en]", "[test fr]"]
    assert said.out.startswith("2 variants of weekly 2026-W47, as a test to me@example.org:\n")
    assert mail_site.run("digest", "status", "weekly", now=None).exit_code == 2
    mail_site.ok(*SEND)
    assert len(mail_site.mails()) == 5


def test_a_test_may_be_sent_before_the_time(mail_site: MailSite) -> None:
    mail_site.ok(*SEND, "--test-to", "me@example.org", now="2026-11-20T07:00")
    assert len(mail_site.mails()) == 2


def test_a_test_mail_takes_nobody_off_the_list(mail_site: MailSite) -> None:
    mail_site.ok(*SEND, "--test-to", "me@example.org")
    assert {"v1.0.weekly" in str(mail["List-Unsubscribe"]) for mail in mail_site.mails()} == {True}


def test_a_test_to_no_address_is_a_usage_error(mail_site: MailSite) -> None:
    assert mail_site.run(*SEND, "--test-to", "me").exit_code == 2


def give_topics(site: MailSite) -> None:
    """Each subscriber follows another topic; one of them is in no post."""
    site.ok("subscribers", "add", "amina@example.org", "--topic", "day-17-topic")
    site.ok("subscribers", "add", "omar@example.net", "--topic", "nothing-of-this")
    post = site.folder / "content" / "day17.md"
    post.write_text(post.read_text().replace("Date:", "Tags: day-17-topic\nDate:", 1))
    for day in range(11, 17):
        other = site.folder / "content" / f"day{day}.md"
        if other.exists():
            other.write_text(other.read_text().replace("Date:", "Tags: other\nDate:", 1))


def test_each_gets_what_they_follow_and_nothing_is_skipped_in_silence(mail_site: MailSite) -> None:
    give_topics(mail_site)
    plan = mail_site.ok(*SEND, "--dry-run", "--json").json
    assert plan["total"] == 2
    assert plan["left_out"] == {"nothing in it of the topics and streams that they follow": 1}
    account = mail_site.ok(*SEND, "--json").json
    assert (account["planned"], account["accepted"], account["skipped"]) == (3, 2, 1)
    bodies = {mail["To"].addresses[0].addr_spec: mail.get_body(("plain",)) for mail in mail_site.mails()}
    amina, zoe = bodies["amina@example.org"], bodies["zoe.b@xn--bcher-kva.example"]
    assert amina is not None
    assert zoe is not None
    assert "Day 17" in amina.get_content()
    assert "Voici la partie qui touche aux sujets que vous" in amina.get_content()
    assert "Voici la partie" not in zoe.get_content()
    assert "Day 16" not in amina.get_content()
    assert "Day 16" in zoe.get_content()


def test_a_send_writes_an_event_log_that_names_nobody(mail_site: MailSite) -> None:
    mail_site.ok(*SEND)
    text = (mail_site.folder / "var" / "sends" / "weekly" / "2026-W47.jsonl").read_text()
    events = [json.loads(line)["event"] for line in text.splitlines()]
    assert events == ["begun", "accepted", "accepted", "accepted", "ended"]
    assert "@example" not in text.replace("@voisins.example", "")
