"""`veillee digest run` does what is due, once, on a real site: into a maildir, with the clock moved on."""

from __future__ import annotations

import fcntl
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.cli.mail_sites import BILINGUAL, PEOPLE, MailSite, Ran, bare_site
from tests.cli.stock_sites import write_digest, write_mail_digest
from veillee.cli.digest.alone import LOCK_NAME

__all__ = ["bare_site"]

WEEKLY = """\
title: The week of the neighbours
schedule: {every: week, on: friday, at: "08:00"}
sections: [announcements]
minimum: 2
late_days: 6
sender: {name: The neighbours, address: news@voisins.example}
"""
DUE, LATER, NEXT = "2026-11-20T08:00", "2026-11-20T12:00", "2026-11-27T08:05"


@pytest.fixture
def site(bare_site: MailSite) -> MailSite:
    """A site with one weekly digest and three subscribers; nothing is drafted."""
    bare_site.settings(BILINGUAL)
    bare_site.ok("subscribers", "import", bare_site.write("people.csv", PEOPLE))
    write_mail_digest(bare_site.folder, WEEKLY, name="weekly")
    return bare_site


def run(site: MailSite, now: str = DUE, *arguments: str) -> Ran:
    return site.run("digest", "run", *arguments, now=now)


def write_post(site: MailSite, name: str, date: str) -> None:
    text = f"Title: About {name}\nDate: {date}\nCategory: Misc\nAuthors: Zoe\n\nSome text about it.\n"
    site.write(f"content/{name}.md", text)


def files(site: MailSite, digest: str = "weekly") -> list[str]:
    return sorted(path.stem for path in (site.folder / "digests" / digest / "editions").glob("*.md"))


def mails_to(site: MailSite, address: str) -> list[EmailMessage]:
    """The mails to somebody, in the order of their dates."""
    found = (mail for mail in site.mails() if mail["To"].addresses[0].addr_spec == address)
    return sorted(found, key=lambda mail: mail["Date"].datetime)


def texts(site: MailSite, address: str) -> list[str]:
    bodies = (mail.get_body(("plain",)) for mail in mails_to(site, address))
    return [body.get_content() for body in bodies if body]


def test_an_edition_is_drafted_and_sent_in_one_run(site: MailSite) -> None:
    ran = run(site)
    assert ran.exit_code == 0, ran
    assert ran.out == (
        "weekly 2026-W47: drafted in digests/weekly/editions/2026-W47.md, with 4 posts.\n"
        "weekly 2026-W47: Sent. planned 3 = accepted 3 + failed 0 + in doubt 0 + skipped 0; "
        f"3 messages through maildir:{site.folder}/var/outbox.\n"
    )
    assert set(site.recipients().values()) == {1}
    assert len(site.recipients()) == 3


def test_running_again_and_again_sends_nothing_more(site: MailSite) -> None:
    run(site)
    for now in (DUE, LATER, "2026-11-26T23:59"):
        ran = run(site, now)
        assert ran.exit_code == 0
        assert ran.out == ("weekly: nothing to do: 2026-W47 was sent; the next one is due on 2026-11-27 at 08:00.\n")
    assert site.recipients().total() == 3


def test_before_its_time_nothing_is_drafted(site: MailSite) -> None:
    write_digest(site.folder, WEEKLY.replace("late_days: 6", "late_days: 1"), name="weekly")
    ran = run(site, "2026-11-20T07:59")
    assert ran.exit_code == 0
    assert files(site) == []
    assert "the next one is due on 2026-11-20 at 08:00" in ran.out


def test_a_run_that_is_late_still_sends_within_the_limit_and_not_after(site: MailSite) -> None:
    assert run(site, "2026-11-26T08:01").out.startswith(
        "weekly: nothing to do: 2026-W47 was due on 2026-11-20 at 08:00"
    )
    assert files(site) == []
    assert run(site, "2026-11-26T08:00").exit_code == 0
    assert site.recipients().total() == 3


def test_after_weeks_of_silence_one_edition_goes_out_and_the_missed_ones_are_named(site: MailSite) -> None:
    run(site)
    for day in (24, 25):
        write_post(site, f"late{day}", f"2026-11-{day} 10:00")
    ran = run(site, "2026-12-11T09:00")
    assert ran.out.startswith("weekly: 2026-W48, 2026-W49 passed, and nobody got an edition; none is sent behind")
    assert files(site) == ["2026-W47", "2026-W50"]
    assert site.recipients().total() == 6
    latest = texts(site, "omar@example.net")[-1]
    assert "About late24" in latest
    assert "Day 17" not in latest


def test_what_an_edition_that_went_to_nobody_carried_is_carried_by_the_next(site: MailSite) -> None:
    run(site)
    for day in (24, 25):
        write_post(site, f"late{day}", f"2026-11-{day} 10:00")
    site.ok("digest", "draft", "weekly", now="2026-11-27T09:00")  # drafted, and then nobody sent it
    write_post(site, "new", "2026-12-03 10:00")
    ran = run(site, "2026-12-04T09:00", "--json")
    assert [step["what"] for step in ran.json["steps"]] == ["missed", "drafted", "sent"]
    text = (site.folder / "digests/weekly/editions/2026-W49.md").read_text()
    assert "late24" in text
    assert "late25" in text
    assert "day17" not in text


def test_too_little_to_tell_is_said_and_is_no_failure(site: MailSite) -> None:
    run(site)
    write_post(site, "only", "2026-11-25 10:00")
    ran = run(site, NEXT)
    assert ran.exit_code == 0
    assert ran.out == "weekly 2026-W48: too little to tell, and nothing is sent: 1 post, and it needs 2.\n"
    assert files(site) == ["2026-W47"]

    write_post(site, "wrong", "31 Feb")
    ran = run(site, NEXT)
    assert (ran.exit_code, "1 problem in the content; veillee check names them" in ran.err) == (1, True)


def test_a_rehearsal_writes_nothing_and_says_who_would_get_what(site: MailSite) -> None:
    before = sorted(path for path in site.folder.rglob("*") if path.is_file() and ".sqlite3" not in path.name)
    ran = run(site, DUE, "--dry-run")
    assert ran.exit_code == 0
    assert ran.out == (
        "weekly 2026-W47: would be drafted in digests/weekly/editions/2026-W47.md, with 4 posts, "
        "and sent to 3 recipients.\n"
    )
    assert "Nothing was written" in ran.err
    assert sorted(path for path in site.folder.rglob("*") if path.is_file() and ".sqlite3" not in path.name) == before


def test_an_edition_that_nobody_subscribes_to_says_so(bare_site: MailSite) -> None:
    write_mail_digest(bare_site.folder, WEEKLY, name="weekly")
    ran = run(bare_site)
    assert (ran.exit_code, "planned 0 = accepted 0" in ran.out) == (0, True), ran
    assert "Nobody subscribes to it; who joins now gets the next edition" in ran.err


def test_a_digest_that_is_not_there_is_told_from_one_that_is_broken(site: MailSite) -> None:
    write_digest(site.folder, "title: Broken\n", name="broken")
    ran = run(site, DUE, "wekly")
    assert (ran.exit_code, ran.err) == (2, 'there is no digest "wekly"; did you mean "weekly"?')
    assert 'there is no digest "x"; there are: broken, weekly' in run(site, DUE, "x").err


def test_a_rehearsal_on_a_new_site_makes_no_database(bare_site: MailSite) -> None:
    write_mail_digest(bare_site.folder, WEEKLY, name="weekly")
    assert "sent to 0 recipients" in run(bare_site, DUE, "--dry-run").out
    assert not (bare_site.folder / "var").exists()


def test_what_one_digest_lacks_keeps_no_other_one_back(site: MailSite) -> None:
    write_digest(site.folder, "title: x\n", name="broken")
    ran = run(site)
    assert ran.exit_code == 1
    assert "digests/broken/digest.yaml:1: there is no schedule" in ran.err
    assert site.recipients().total() == 3


def test_a_broken_edition_file_keeps_its_digest_back(site: MailSite) -> None:
    path = site.folder / "digests" / "weekly" / "editions" / "2026-W46.md"
    path.parent.mkdir()
    path.write_text("no header\n")
    ran = run(site)
    assert ran.exit_code == 1
    assert "digests/weekly/editions/2026-W46.md:1: the file has no header" in ran.err
    assert site.mails() == []


def test_a_post_with_a_fault_is_named_and_the_others_go_out(site: MailSite) -> None:
    write_post(site, "wrong", "31 Feb")
    ran = run(site)
    assert ran.exit_code == 1
    assert "content/wrong.md" in ran.err
    assert site.recipients().total() == 3
    assert run(site).exit_code == 0, "it is named where it was left out, not for ever"


def test_a_server_that_is_away_is_tried_again_by_the_next_run(site: MailSite) -> None:
    settings = site.folder / "pelicanconf.py"
    before = settings.read_text()
    site.settings('VEILLEE_MAILDIR = "people.csv/box"\n')  # no mail can lie inside of a file
    ran = run(site)
    assert ran.exit_code == 5
    assert "3 recipients still to come" in ran.out
    assert "people.csv/box" in ran.err
    settings.write_text(before)
    ran = run(site, LATER)
    assert ran.exit_code == 0
    assert ran.out.startswith("weekly 2026-W47: Sent. planned 3 = accepted 3")
    assert set(site.recipients().values()) == {1}


def test_readers_elsewhere_wait_for_their_own_hour_and_that_is_no_failure(site: MailSite) -> None:
    path = site.folder / "digests/weekly/digest.yaml"
    path.write_text(path.read_text() + "local_time: true\n")
    site.ok("subscribers", "add", "omar@example.net", "--timezone", "America/New_York")
    ran = run(site)
    assert ran.exit_code == 0, ran
    assert "1 recipient still to come" in ran.out
    assert "omar@example.net" not in site.recipients()
    assert run(site, "2026-11-20T13:59").exit_code == 0
    assert site.recipients().total() == 2
    ran = run(site, "2026-11-20T14:00")
    assert (ran.exit_code, site.recipients()["omar@example.net"]) == (0, 1)
    assert "weekly 2026-W47: Sent." in ran.out


def test_what_a_person_paused_does_not_go_on_by_itself(site: MailSite) -> None:
    settings = site.folder / "pelicanconf.py"
    before = settings.read_text()
    site.settings('VEILLEE_MAILDIR = "people.csv/box"\n')
    assert run(site).exit_code == 5
    settings.write_text(before)
    site.ok("digest", "pause", "weekly", "--edition", "2026-W47", now=None)
    ran = run(site, LATER)
    assert (ran.exit_code, site.mails()) == (0, [])
    assert "2026-W47 is paused; to go on: veillee digest resume weekly --edition 2026-W47" in ran.out
    site.ok("digest", "resume", "weekly", "--edition", "2026-W47", now=None)
    assert run(site, LATER).exit_code == 0
    assert site.recipients().total() == 3


def test_what_went_to_nobody_is_not_sent_behind_the_next_one(site: MailSite) -> None:
    """A server that is away for longer than a week: one edition comes, not two at once."""
    settings = site.folder / "pelicanconf.py"
    before = settings.read_text()
    site.settings('VEILLEE_MAILDIR = "people.csv/box"\n')
    assert run(site).exit_code == 5
    settings.write_text(before)
    write_post(site, "new", "2026-11-25 10:00")
    ran = run(site, NEXT)
    assert ran.exit_code == 0, ran
    assert "2026-W47 passed, and nobody got an edition" in ran.out
    assert set(site.recipients().values()) == {1}
    (text,) = texts(site, "omar@example.net")
    assert "About new" in text
    assert "Day 17" in text


def test_a_second_run_at_the_same_time_leaves_everything_to_the_first(site: MailSite) -> None:
    with (site.folder / "var" / LOCK_NAME).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("process 4711")
        lock.flush()
        ran = run(site)
        assert (ran.exit_code, ran.out.startswith("Another run is at work (process 4711)")) == (0, True)
        assert run(site, DUE, "--json").json["is_other_at_work"] is True
    assert site.mails() == []
    assert run(site).exit_code == 0
    assert site.recipients().total() == 3


def test_a_digest_that_is_named_runs_alone(site: MailSite) -> None:
    write_digest(site.folder)
    assert "monthly" not in run(site, DUE, "weekly").out
    assert run(site, DUE, "weekli").exit_code == 2


def test_digests_that_came_with_veillee_run_only_by_name(bare_site: MailSite) -> None:
    ran = run(bare_site)
    assert ran.exit_code == 2
    assert "veillee digest run weekly" in ran.err
    assert run(bare_site, DUE, "weekly").exit_code == 0


def test_the_report_for_programs_has_each_step_with_its_account(site: MailSite) -> None:
    report = run(site, DUE, "--json").json
    assert [step["what"] for step in report["steps"]] == ["drafted", "sent"]
    assert report["steps"][1]["account"]["accepted_now"] == 3
    assert (report["exit_code"], report["mailbox"], report["is_other_at_work"]) == (0, None, False)


def test_who_asked_to_leave_in_the_mailbox_is_not_mailed(site: MailSite) -> None:
    run(site)
    leave = mails_to(site, "omar@example.net")[0]["List-Unsubscribe"]
    token = leave.partition("unsubscribe%20")[2].partition(">")[0]
    for folder in ("new", "cur"):
        (site.folder / "var/mailbox" / folder).mkdir(parents=True)
    site.write("var/mailbox/new/1", f"From: omar@example.net\nSubject: unsubscribe {token}\n\n")
    site.settings('VEILLEE_MAILBOX = "maildir:var/mailbox"\n')
    for day in (24, 25):
        write_post(site, f"late{day}", f"2026-11-{day} 10:00")
    ran = run(site, NEXT)
    assert ran.exit_code == 0, ran
    assert "left: omar@example.net" in ran.out
    assert site.recipients()["omar@example.net"] == 1
    assert site.recipients()["amina@example.org"] == 2


def test_a_mailbox_that_cannot_be_read_is_told_and_keeps_no_mail_from_going_out(site: MailSite) -> None:
    site.settings('VEILLEE_MAILBOX = "maildir:var/mailbox"\n')
    ran = run(site)
    assert ran.exit_code == 5
    assert "var/mailbox" in ran.err
    assert site.recipients().total() == 3


def test_the_daily_digest_keeps_its_hour_where_its_readers_are(site: MailSite, tmp_path: Path) -> None:
    """At its hour in Kolkata, hours before Paris; across the change of the clocks in New York."""
    daily = 'title: Daily\nschedule: {every: day, at: "02:30", timezone: %s}\nminimum: 0\nsections: [announcements]\n'
    write_mail_digest(site.folder, daily % "Asia/Kolkata", name="kolkata")
    write_mail_digest(site.folder, daily % "America/New_York", name="newyork")
    (site.folder / "digests/weekly/digest.yaml").unlink()
    sent = []
    for now in ("2026-03-07T21:59", "2026-03-07T22:00", "2026-03-08T07:29", "2026-03-08T08:29", "2026-03-08T08:30"):
        steps = run(site, f"{now}+01:00", "--json").json["steps"]
        sent += [(now[8:], step["digest"], step["edition"]) for step in steps if step["what"] == "sent"]
    assert ("07T22:00", "kolkata", "2026-03-08") in sent
    assert ("08T08:30", "newyork", "2026-03-08") in sent
    assert len(sent) == len({one[1:] for one in sent})


def test_the_list_says_what_was_sent_and_what_a_run_would_do(site: MailSite) -> None:
    run(site)
    ran = site.ok("digest", "list", now=LATER)
    assert ran.out.endswith(
        "  sent      2026-W47, accepted for 3 of 3\n"
        "  a run now does nothing: 2026-W47 was sent; the next one is due on 2026-11-27 at 08:00\n"
    )
    later = site.ok("digest", "list", "--json", now="2026-12-11T09:00").json[0]
    assert later["a_run_now"][0] == "passes over 2026-W48, 2026-W49, of which nobody got an edition"
    assert later["sent"] == {"edition": "2026-W47", "planned": 3, "accepted": 3, "is_sent": True}
