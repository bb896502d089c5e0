"""`veillee digest run`: all that is due, once, however late or often it is called."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.mail_sites import PEOPLE, MailSite, bare_site
from tests.conftest import ROOT

__all__ = ["bare_site"]

INSTANT = """\
title: At once
schedule: {every: instant}
sender: {name: The neighbours, address: news@voisins.example}
"""


def define(site: MailSite, name: str, text: str) -> None:
    """A digest of the site's own, with the templates that come with Veillée."""
    folder = site.folder / "digests"
    (folder / name).mkdir(parents=True)
    (folder / name / "digest.yaml").write_text(text)
    for part in ("newsletter.mjml", "newsletter.txt"):
        shutil.copy(ROOT / "digests" / "weekly" / part, folder / name / part)
    shutil.copytree(ROOT / "digests" / "shared", folder / "shared", dirs_exist_ok=True)


@pytest.fixture
def site(bare_site: MailSite) -> MailSite:
    """Three subscribers, and no edition yet; the weekly alone is defined."""
    bare_site.ok("subscribers", "import", bare_site.write("people.csv", PEOPLE))
    weekly = 'title: The week\nschedule: {every: week, on: friday, at: "08:00"}\nminimum: 1\n'
    define(bare_site, "weekly", weekly)
    return bare_site


def did(site: MailSite, now: str, *options: str) -> list[tuple[str, str]]:
    ran = site.run("digest", "run", "--json", *options, now=now)
    return [(one["edition"], one["did"]) for one in ran.json]


def test_what_is_due_is_drafted_and_sent_once_by_itself(site: MailSite) -> None:
    ran = site.ok("digest", "run", now="2026-11-20T08:00")
    assert ran.out.startswith("weekly 2026-W47: Sent. planned 3 = accepted 3")
    assert (site.folder / "digests" / "weekly" / "editions" / "2026-W47.md").exists()
    assert len(site.mails()) == 3
    for again in ("2026-11-20T08:00", "2026-11-20T08:05", "2026-11-24T08:00"):
        assert did(site, again) == [("", "nothing")]
    assert len(site.mails()) == 3


def test_before_the_first_hour_nothing_of_before_is_sent_that_is_too_late(site: MailSite) -> None:
    path = site.folder / "digests" / "weekly" / "digest.yaml"
    path.write_text(path.read_text() + "late_days: 2\n")
    assert did(site, "2026-11-20T07:59") == [("2026-W46", "missed")]
    assert site.mails() == []


def test_a_run_that_is_late_sends_what_was_due(site: MailSite) -> None:
    assert did(site, "2026-11-23T11:00") == [("2026-W47", "sent")]
    assert len(site.mails()) == 3


def test_a_dry_run_says_what_is_due_and_does_nothing(site: MailSite) -> None:
    ran = site.ok("digest", "run", "--dry-run", now="2026-11-20T08:00")
    assert ran.out == "weekly 2026-W47: draft: its time has come\n"
    assert site.mails() == []
    assert not (site.folder / "digests" / "weekly" / "editions").exists()


def test_where_there_is_too_little_nothing_goes_out_and_it_is_said(site: MailSite) -> None:
    path = site.folder / "digests" / "weekly" / "digest.yaml"
    path.write_text(path.read_text().replace("minimum: 1", "minimum: 50"))
    ran = site.ok("digest", "run", now="2026-11-20T08:00")
    assert ran.out == "weekly 2026-W47: nothing to tell: 4 of at least 50 posts\n"


def test_one_digests_trouble_does_not_keep_the_others_back(site: MailSite) -> None:
    define(site, "daily", 'title: D\nschedule: {every: day, at: "07:00"}\nminimum: 1\n')
    path = site.folder / "digests" / "daily" / "editions" / "2026-11-20.md"
    path.parent.mkdir()
    path.write_text("---\nsections:\n  announcements: [misc/day-71]\n---\n")
    ran = site.run("digest", "run", now="2026-11-20T08:00")
    assert ran.exit_code == 1
    assert "misc/day-71" in ran.out
    assert "weekly 2026-W47: Sent." in ran.out


def test_an_edition_with_a_slip_is_named_and_neither_replaced_nor_sent(site: MailSite) -> None:
    path = site.folder / "digests" / "weekly" / "editions" / "2026-W47.md"
    path.parent.mkdir()
    path.write_text("---\nsections: [\n---\nMy own words.\n")
    ran = site.run("digest", "run", now="2026-11-20T08:00")
    assert ran.exit_code == 1
    assert "2026-W47.md:3:" in ran.out
    assert "nothing new goes out" in ran.out
    assert path.read_text().endswith("My own words.\n")
    assert site.mails() == []


def test_a_second_run_at_the_same_time_leaves_it_to_the_first(site: MailSite) -> None:
    with (site.folder / "var" / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = site.ok("digest", "run", now="2026-11-20T08:00")
    assert "Another run is at work" in ran.err
    assert site.mails() == []


def git(site: MailSite, *words: str) -> None:
    who = ["-c", "user.name=Jeanne", "-c", "user.email=jeanne@voisins.example"]
    subprocess.run(["git", *who, *words], cwd=site.folder, check=True, capture_output=True)


def test_a_digest_with_review_waits_for_its_managers_commit(site: MailSite) -> None:
    git(site, "init", "--quiet")
    path = site.folder / "digests" / "weekly" / "digest.yaml"
    path.write_text(path.read_text() + "review: true\n")
    first = site.ok("digest", "run", now="2026-11-20T08:00")
    assert "it waits for its manager's commit" in first.out
    assert "git add digests/weekly/editions/2026-W47.md" in first.err
    assert did(site, "2026-11-20T08:05") == [("2026-W47", "waits for review")]
    git(site, "add", "digests")
    assert did(site, "2026-11-20T08:10") == [("2026-W47", "waits for review")], "not before it is committed"
    git(site, "commit", "--quiet", "-m", "2026-W47")
    edition = site.folder / "digests" / "weekly" / "editions" / "2026-W47.md"
    text = edition.read_text()
    edition.write_text(text + "\nA word more.\n")
    assert did(site, "2026-11-20T08:15") == [("2026-W47", "waits for review")], "not while it is being changed"
    edition.write_text(text)
    assert did(site, "2026-11-20T08:20") == [("2026-W47", "sent")]
    assert len(site.mails()) == 3


def test_review_without_git_says_what_is_missing(site: MailSite, tmp_path: Path) -> None:
    path = site.folder / "digests" / "weekly" / "digest.yaml"
    path.write_text(path.read_text() + "review: true\n")
    site.run("digest", "run", now="2026-11-20T08:00")
    ran = site.run("digest", "run", now="2026-11-20T08:05")
    assert ran.exit_code == 3
    assert "is in no git repository" in ran.out


@pytest.fixture
def instant_site(bare_site: MailSite) -> MailSite:
    bare_site.ok("subscribers", "import", bare_site.write("people.csv", PEOPLE))
    define(bare_site, "at-once", INSTANT)
    return bare_site


def announce(site: MailSite, name: str, moment: str, *lines: str) -> None:
    header = [f"Title: {name}", f"Date: {moment}", "Category: Misc", "Author: Jo", *lines]
    (site.folder / "content" / f"{name.lower()}.md").write_text("\n".join(header) + "\n\nSome words.\n")


def test_an_announcement_goes_out_with_the_next_run_and_only_once(instant_site: MailSite) -> None:
    site = instant_site
    assert did(site, "2026-11-20T08:00") == [("2026-11-20T0700Z", "nothing")], "an archive is not mailed"
    announce(site, "Closed", "2026-11-20 08:10")
    assert did(site, "2026-11-20T08:15") == [("2026-11-20T0715Z", "sent")]
    assert len(site.mails()) == 3
    assert did(site, "2026-11-20T08:15") == [("", "nothing")]
    assert did(site, "2026-11-20T08:20") == [("2026-11-20T0720Z", "nothing")]
    announce(site, "Open", "2026-11-20 09:00")
    announce(site, "Cake", "2026-11-20 09:01")
    announce(site, "Never", "2026-11-20 09:02", "Digest: never")
    assert did(site, "2026-11-20T09:30") == [("2026-11-20T0830Z", "sent")]
    bodies = [mail.get_body(("plain",)).get_content() for mail in site.mails()]  # type: ignore[union-attr]
    assert sum("Closed" in body for body in bodies) == 3
    assert sum("Open" in body and "Cake" in body for body in bodies) == 3
    assert not any("Never" in body for body in bodies)


def test_what_was_dated_back_and_came_late_is_told_too(instant_site: MailSite) -> None:
    site = instant_site
    announce(site, "First", "2026-11-20 08:10")
    did(site, "2026-11-20T08:15")
    announce(site, "Late", "2026-11-20 08:12")
    assert did(site, "2026-11-20T10:00") == [("2026-11-20T0900Z", "sent")]
    assert len(site.mails()) == 6


def test_who_wants_mail_once_a_week_gets_nothing_at_once(instant_site: MailSite) -> None:
    site = instant_site
    site.ok("subscribers", "add", "amina@example.org", "--frequency", "week")
    announce(site, "Closed", "2026-11-20 08:10")
    did(site, "2026-11-20T08:15")
    assert "amina@example.org" not in site.recipients()
    assert len(site.mails()) == 2


def test_who_left_since_is_not_mailed(site: MailSite) -> None:
    site.settings('VEILLEE_MAILBOX = "maildir:var/mailbox"\n')
    box = site.folder / "var" / "mailbox"
    for name in ("new", "cur", "tmp"):
        (box / name).mkdir(parents=True)
    site.ok("digest", "draft", "weekly", "--edition", "2026-W47", now="2026-11-20T08:00")
    token = _token_of(site, subscriber=1)
    (box / "new" / "1").write_text(
        f"From: amina@example.org\nTo: leave@voisins.example\nSubject: unsubscribe {token}\n\n"
    )
    found = did(site, "2026-11-20T08:00")
    assert found == [("", "read"), ("2026-W47", "sent")]
    assert "amina@example.org" not in site.recipients()


def _token_of(site: MailSite, *, subscriber: int) -> str:
    from veillee.audience.tokens import Leaving, sign_leaving
    from veillee.keys import load_keys

    key = load_keys(site.folder / "var", given=None).current
    return sign_leaving(Leaving(subscriber, "weekly"), secret=key)
