"""An instant digest: each run sends what was announced since the last one, from the file to the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.mail_sites import BILINGUAL, PEOPLE, MailSite, Ran, bare_site
from tests.cli.repositories import commit_all, make_repository
from tests.cli.stock_sites import write_mail_digest
from tests.cli.test_digest_run import files, texts, write_post
from veillee.shipped import theme_folder

__all__ = ["bare_site"]

FLASH = "title: {en: Flash, fr: Dernière heure}\nschedule: {every: instant}\n"
OMAR = "omar@example.net"


@pytest.fixture
def site(bare_site: MailSite) -> MailSite:
    bare_site.settings(BILINGUAL)
    bare_site.ok("subscribers", "import", bare_site.write("people.csv", PEOPLE))
    write_mail_digest(bare_site.folder, FLASH, name="flash")
    return bare_site


def run(site: MailSite, clock: str, *arguments: str) -> Ran:
    return site.run("digest", "run", *arguments, now=f"2026-11-20T{clock}")


def test_beginning_mails_no_archive_and_the_next_run_mails_what_came(site: MailSite) -> None:
    ran = run(site, "09:00")
    assert (ran.exit_code, ran.out) == (
        0,
        "flash: nothing new; it looks at what is dated 2026-11-20 08:00 or later.\n",
    )
    write_post(site, "party", "2026-11-20 09:05")
    ran = run(site, "09:10")
    assert ran.exit_code == 0, ran
    assert ran.out.startswith(
        "flash 2026-11-20T0810Z: drafted in digests/flash/editions/2026-11-20T0810Z.md, with 1 post.\n"
        "flash 2026-11-20T0810Z: Sent. planned 3 = accepted 3"
    )
    assert {mail["Subject"] for mail in site.mails()} == {"About party"}
    assert run(site, "09:10").out == "flash: nothing to do: 2026-11-20T0810Z was made in this minute already.\n"
    assert run(site, "09:15").out.startswith("flash: nothing new; ")
    assert set(site.recipients().values()) == {1}


def test_a_post_dated_before_the_last_run_is_mailed_when_its_file_comes(site: MailSite) -> None:
    write_post(site, "first", "2026-11-20 09:05")
    run(site, "09:10")
    write_post(site, "pushed-late", "2026-11-20 08:50")
    write_post(site, "of-the-archive", "2026-11-20 08:00")
    run(site, "11:30")
    assert ["pushed-late" in text for text in texts(site, OMAR)] == [False, True]
    assert not any("archive" in text for text in texts(site, OMAR))


def test_a_rehearsal_begins_nothing(site: MailSite) -> None:
    assert run(site, "09:00", "--dry-run").out.startswith("flash: nothing new; ")
    assert not (site.folder / "var" / "instant-digests").exists()


def test_an_edition_has_its_page_its_place_in_the_list_and_in_the_feed(site: MailSite) -> None:
    site.settings(f'THEME = "{theme_folder()}"\n')
    for minute in (5, 25):
        write_post(site, f"news{minute}", f"2026-11-20 09:{minute:02}")
        run(site, f"09:{minute + 5}")
    assert files(site, "flash") == ["2026-11-20T0810Z", "2026-11-20T0830Z"]
    site.ok("build", now="2026-11-20T10:00")
    page = (site.folder / "output/digests/flash/2026-11-20T0810Z.html").read_text()
    assert "9:10" in page
    assert "About news5" in page
    assert "2026-11-20T0830Z.html" in page, "the one after it"
    archive = (site.folder / "output/digests/flash/index.html").read_text()
    assert "As soon as there is something to tell" in archive
    assert "next edition" not in archive
    feed = (site.folder / "output/feeds/digests/flash.atom.xml").read_text()
    assert feed.count("<entry") == 2
    assert "digests/flash/2026-11-20T0830Z.html" in feed
    preview = site.ok("digest", "preview", "flash", now="2026-11-20T10:00")
    assert "2026-11-20T0830Z" in preview.out


def test_it_is_listed_without_a_date(site: MailSite) -> None:
    write_post(site, "party", "2026-11-20 09:05")
    run(site, "09:10")
    ran = site.ok("digest", "list", now="2026-11-20T10:00")
    assert "appears   as soon as something is published, in en, fr" in ran.out
    assert "last      2026-11-20T0810Z, Friday, 20 November 2026, 09:10" in ran.out
    assert site.ok("digest", "list", "--json").json[0]["next"] is None


def test_an_edition_may_be_drafted_by_hand(site: MailSite) -> None:
    write_post(site, "party", "2026-11-20 08:35")
    ran = site.ok("digest", "draft", "flash", now="2026-11-20T09:00")
    assert "Drafted digests/flash/editions/2026-11-20T0800Z.md: 1 post" in ran.out
    quiet = site.ok("digest", "draft", "flash", now="2026-11-20T12:00")
    assert "there is too little, 0 posts" in quiet.out


def test_reviewed_it_waits_for_the_commit_and_gathers_meanwhile(site: MailSite) -> None:
    write_mail_digest(site.folder, FLASH + "review: true\n", name="flash")
    site.write(".gitignore", "var/\n")
    make_repository(site.folder)
    write_post(site, "one", "2026-11-20 09:05")
    run(site, "09:10")
    write_post(site, "two", "2026-11-20 09:15")
    assert "waits for review" in run(site, "09:20").out
    commit_all(site.folder, "Reviewed")
    run(site, "09:30")
    assert files(site, "flash") == ["2026-11-20T0810Z", "2026-11-20T0830Z"]
    (text,) = texts(site, OMAR)
    assert "About one" in text
    assert "About two" not in text


def test_committed_too_late_it_is_named_with_the_command_that_mails_it(site: MailSite) -> None:
    write_mail_digest(site.folder, FLASH + "review: true\n", name="flash")
    site.write(".gitignore", "var/\n")
    make_repository(site.folder)
    write_post(site, "one", "2026-11-20 09:05")
    run(site, "09:10")
    commit_all(site.folder, "Reviewed after the weekend")
    ran = site.run("digest", "run", now="2026-11-23T09:00")
    assert (ran.exit_code, ran.err) == (0, "")
    assert "flash: 2026-11-20T0810Z was not sent within 1 day (late_days), and nobody gets it" in ran.out
    assert "passes over 2026-11-20T0810Z" in site.ok("digest", "list", now="2026-11-23T09:00").out
    command = ran.out.rpartition("veillee ")[2].split()
    site.ok(*command, now="2026-11-23T09:00")
    assert len(texts(site, OMAR)) == 1
    assert "0810Z" not in site.run("digest", "run", now="2026-11-23T09:10").out


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(("kind", "folder"), [("announcement", "announcements"), ("question", "questions")])
def test_a_new_file_is_not_mailed_before_somebody_wrote_in_it(
    site: MailSite, lang: str, kind: str, folder: str
) -> None:
    site.settings(f'DEFAULT_LANG = "{lang}"\nVEILLEE_LANGUAGES = ["{lang}"]\n')
    text = f"title: Flash\nschedule: {{every: instant}}\nsections: [{folder}]\n"
    write_mail_digest(site.folder, text, name="flash")
    site.ok("new", kind, "Fire drill", now="2026-11-20T09:05")
    assert run(site, "09:10").out.endswith(f"; not written yet: {folder}/fire-drill.\n")
    (path,) = (site.folder / "content" / folder).glob("fire-drill.*")
    begun = path.read_text()
    blank = next(line for line in begun.splitlines() if "Markdown" in line)
    path.write_text(begun.replace(blank, blank.replace(blank.strip(), "At nine.")))
    assert "with 1 post" in run(site, "09:20").out
    assert all("At nine." in text for text in texts(site, OMAR))


def test_who_wants_mail_once_a_week_gets_nothing_at_once(site: MailSite) -> None:
    site.ok("subscribers", "add", "amina@example.org", "--frequency", "week")
    write_post(site, "party", "2026-11-20 09:05")
    run(site, "09:10")
    assert sorted(site.recipients()) == [OMAR, "zoe.b@xn--bcher-kva.example"]


def test_losing_the_var_folder_mails_nothing_again(site: MailSite) -> None:
    """As in a CI job that keeps nothing: the files in git tell what was told."""
    write_post(site, "party", "2026-11-20 09:05")
    run(site, "09:10")
    for path in sorted((site.folder / "var").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    site.ok("subscribers", "import", "people.csv")
    assert run(site, "09:40").out.startswith("flash: nothing new; ")
    assert site.mails() == []


def test_losing_the_edition_files_mails_nothing_again(site: MailSite) -> None:
    write_post(site, "party", "2026-11-20 09:05")
    run(site, "09:10")
    (site.folder / "digests/flash/editions/2026-11-20T0810Z.md").unlink()
    assert run(site, "09:40").out.startswith("flash: nothing new; ")
    assert set(site.recipients().values()) == {1}


def test_a_watch_that_cannot_be_read_is_named(site: MailSite) -> None:
    run(site, "09:00")
    Path("var/instant-digests/flash").write_text("yesterday\n")
    ran = run(site, "09:10")
    assert ran.exit_code == 5
    assert "var/instant-digests/flash: from which instant on" in ran.err
