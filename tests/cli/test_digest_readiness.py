"""What a site that nobody has set up yet may do with its digests, and what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.mail_sites import MailSite

DUE = "2026-11-27T09:00"


@pytest.fixture
def new_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MailSite:
    """As `veillee init` makes it on a Tuesday, with Friday's edition drafted: no SITEURL, no sender."""
    monkeypatch.chdir(tmp_path)
    MailSite(tmp_path).ok("init", "mysite", "--lang", "fr", "--timezone", "Europe/Paris", now="2026-11-24T10:00")
    site = MailSite(tmp_path / "mysite")
    monkeypatch.chdir(site.folder)
    site.ok("digest", "draft", "weekly", "--edition", "2026-W48", now="2026-11-24T10:00")
    site.ok("subscribers", "add", "zoe@example.org", now="2026-11-24T10:00")
    return site


def test_the_first_edition_of_a_new_site_can_be_previewed(new_site: MailSite) -> None:
    ran = new_site.ok("digest", "preview", "weekly", now="2026-11-24T10:00")
    assert "pelicanconf.py: SITEURL is not set" in ran.err
    assert "digests/weekly/digest.yaml: nobody is named as sender" in ran.err
    assert (new_site.folder / "var/preview/weekly/2026-W48/fr.eml").is_file()


def test_the_first_edition_of_a_new_site_goes_into_the_maildir(new_site: MailSite) -> None:
    ran = new_site.ok("digest", "send", "weekly", now=DUE)
    assert "They lie in var/outbox/new, and nobody was mailed" in ran.err
    assert new_site.recipients() == {"zoe@example.org": 1}


def test_nobody_is_mailed_with_links_to_nowhere_or_by_nobody(new_site: MailSite) -> None:
    ran = new_site.run("digest", "send", "weekly", "--transport", "smtp", now=DUE)
    assert ran.exit_code == 3
    assert "pelicanconf.py: SITEURL is not set" in ran.err
    assert "digests/weekly/digest.yaml: nobody is named as sender" in ran.err
    assert new_site.run("digest", "status", "weekly", now=None).exit_code == 2  # nothing was frozen


def test_a_dry_run_shows_an_edition_whose_time_has_not_come(new_site: MailSite) -> None:
    ran = new_site.ok("digest", "send", "weekly", "--dry-run", now="2026-11-24T10:00")
    assert "weekly 2026-W48 would go to 1 recipient." in ran.out
    assert "due on 2026-11-27 at 08:00, and not before" in ran.out
    assert new_site.mails() == []
    assert new_site.run("digest", "send", "weekly", now="2026-11-24T10:00").exit_code == 2


def test_a_site_with_an_address_needs_no_sender_of_its_own(new_site: MailSite) -> None:
    new_site.settings('\nSITEURL = "https://nouvelles.example.org"\n')
    new_site.ok("digest", "send", "weekly", now=DUE)
    assert [mail["From"].addresses[0].addr_spec for mail in new_site.mails()] == ["veillee@nouvelles.example.org"]


def test_the_host_of_an_intranet_is_no_sender(new_site: MailSite) -> None:
    new_site.settings('\nSITEURL = "http://intranet"\n')
    ran = new_site.run("digest", "send", "weekly", "--transport", "smtp", now=DUE)
    assert ran.exit_code == 3
    assert "SITEURL" not in ran.err
    assert "nobody is named as sender" in ran.err
