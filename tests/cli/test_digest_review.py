"""A digest marked `review: true` goes out once its manager has committed the edition's file, in a real repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.mail_sites import PEOPLE, MailSite, Ran, bare_site
from tests.cli.repositories import commit_all, make_repository
from tests.cli.stock_sites import write_mail_digest
from tests.cli.test_digest_run import DUE, LATER, NEXT, WEEKLY, files, write_post

__all__ = ["bare_site"]

FILE = "digests/weekly/editions/2026-W47.md"


@pytest.fixture
def site(bare_site: MailSite) -> MailSite:
    """A site in a repository, everything committed but `var`."""
    bare_site.ok("subscribers", "import", bare_site.write("people.csv", PEOPLE))
    write_mail_digest(bare_site.folder, WEEKLY + "review: true\n", name="weekly")
    bare_site.write(".gitignore", "var/\n")
    make_repository(bare_site.folder)
    commit_all(bare_site.folder, "The site")
    return bare_site


def run(site: MailSite, now: str, *arguments: str) -> Ran:
    return site.run("digest", "run", *arguments, now=now)


def test_it_is_drafted_once_and_sent_after_the_commit(site: MailSite) -> None:
    ran = run(site, DUE)
    assert ran.exit_code == 0
    assert "weekly 2026-W47: waits for review" in ran.out
    assert f"git add {FILE} && git commit" in ran.err
    text = Path(FILE).read_text()

    Path(FILE).write_text(text + "\nGood morning, everybody.\n")
    ran = run(site, LATER)
    assert "weekly 2026-W47: waits for review: it goes out with the first run after its file is committed.\n" in ran.out
    assert ran.err == "", "whoever lets cron mail them is told once"
    assert Path(FILE).read_text().endswith("Good morning, everybody.\n")
    assert site.mails() == []

    commit_all(site.folder, "This week's mail")
    assert [step["what"] for step in run(site, LATER, "--json").json["steps"]] == ["sent"]
    bodies = [mail.get_body(("plain",)) for mail in site.mails()]
    assert len(bodies) == 3
    assert all(body and "Good morning, everybody." in body.get_content() for body in bodies)


def test_the_list_says_that_it_waits(site: MailSite) -> None:
    run(site, DUE)
    listed = site.ok("digest", "list", "--json", now=LATER).json[0]
    assert listed["waits_for_review"] == ["2026-W47"]
    assert listed["a_run_now"] == [f"waits for 2026-W47 to be committed: {FILE}"]


def test_an_edit_after_the_commit_waits_for_another_commit(site: MailSite) -> None:
    run(site, DUE)
    commit_all(site.folder, "The draft")
    Path(FILE).write_text(Path(FILE).read_text() + "\nHalf a senten")
    assert "waits for review" in run(site, LATER).out
    assert site.mails() == []


def test_what_its_manager_never_committed_is_carried_by_the_next(site: MailSite) -> None:
    run(site, DUE)
    write_post(site, "new", "2026-11-25 10:00")
    ran = run(site, NEXT, "--json")
    assert [step["what"] for step in ran.json["steps"]] == ["missed", "drafted", "waits"]
    assert files(site) == ["2026-W47", "2026-W48"]


def test_a_rehearsal_says_that_it_would_wait(site: MailSite) -> None:
    assert "with 4 posts, and wait for review." in run(site, DUE, "--dry-run").out
    run(site, DUE)
    assert "waits for review" in run(site, LATER, "--dry-run").out


def test_without_git_it_says_what_is_missing(bare_site: MailSite) -> None:
    write_mail_digest(bare_site.folder, WEEKLY + "review: true\n", name="weekly")
    ran = run(bare_site, DUE)
    assert ran.exit_code == 3
    assert 'digests/weekly: "review: true" waits for a commit, and this is in no git repository' in ran.err
    listed = bare_site.ok("digest", "list", now=DUE)
    assert 'a run now cannot do anything: digests/weekly: "review: true" waits for a commit' in listed.out
