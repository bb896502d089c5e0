"""`veillee digest check`: what a manager is told of an edition before it goes out."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.mail_sites import MailSite
from tests.conftest import DEMO_NOW, require_tool, run_veillee
from tests.preflight.dns_server import name_server
from tests.preflight.keys import rsa_pem
from veillee.cli.digest.mailing import Mailing, open_mailing, render_variants
from veillee.cli.digest.preflighting import Doors, run_preflight, stop_on_errors
from veillee.errors import ConfigurationError, ContentError
from veillee.preflight.finding import Check, Severity
from veillee.preflight.resolving import Resolver

NOW = "2026-11-24T10:00"
EDITION = "digests/weekly/editions/2026-W48.md"
MAILBOX = 'VEILLEE_MAILBOX = "maildir:var/mailbox"\n'
SENDER = "\nsender: {name: Les voisins, address: lettre@voisins.example}\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MailSite:
    """A site as `veillee init` makes it, with its address, its sender, and an edition; no spam filter."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    MailSite(tmp_path).ok("init", "mysite", "--lang", "fr", "--timezone", "Europe/Paris", now=NOW)
    site = MailSite(tmp_path / "mysite")
    monkeypatch.chdir(site.folder)
    site.settings(f'\nSITEURL = "https://voisins.example"\n{MAILBOX}')
    definition = site.folder / "digests/weekly/digest.yaml"
    definition.write_text(definition.read_text(encoding="utf-8") + SENDER, encoding="utf-8")
    site.ok("digest", "draft", "weekly", "--edition", "2026-W48", now=NOW)
    return site


def introduce(site: MailSite, text: str) -> None:
    path = site.folder / EDITION
    head = path.read_text(encoding="utf-8").rpartition("---\n")[0]
    path.write_text(f"{head}---\n\n{text}\n", encoding="utf-8")


def mailing(site: MailSite) -> Mailing:
    return open_mailing("weekly", "2026-W48", settings=None, now=NOW)


def test_a_new_site_is_well_and_is_told_what_was_not_looked_at(site: MailSite) -> None:
    ran = site.ok("digest", "check", "weekly", now=NOW)
    assert ran.out.startswith("weekly 2026-W48 (fr)\n")
    assert "no spam filter looked at the mail" in ran.out
    assert "voisins.example stands for examples, and is in no DNS" in ran.out
    assert "1 link to other sites not looked at" in ran.out
    assert ran.out.splitlines()[-1].startswith(
        "All is well: nothing to mend in links, alts, pictures, text, size, subject"
    )
    assert "dns" not in ran.out.splitlines()[-1]


def test_each_fault_is_named_and_the_command_fails(site: MailSite) -> None:
    introduce(
        site, "Bonjour {{ prenom }}, [là](https://voisins.example/rien.html), [ici](http://localhost:8000/a), TODO."
    )
    site.ok("build", now=NOW)
    ran = site.run("digest", "check", "weekly", now=NOW)
    assert ran.exit_code == 1
    line = (site.folder / EDITION).read_text(encoding="utf-8").splitlines().index("---", 1) + 3
    for words in (
        f"{EDITION}:{line}  links\n    the link https://voisins.example/rien.html leads to no page of the site",
        "the link http://localhost:8000/a leads to each reader's own machine or network",
        f'{EDITION}:{line}  placeholders\n    the mail holds a template\'s mark, "{{{{ prenom }}}}"',
        'the mail holds a reminder, "TODO"',
        "\nErrors (3)\n",
    ):
        assert words in ran.out
    assert ran.out.splitlines()[-1] == "3 errors, 1 warning: mend the errors, then send."


def test_a_link_to_a_page_that_is_built_is_well(site: MailSite) -> None:
    introduce(
        site,
        "[La charte](charte.html), [les membres](members/index.html), [le récit](/stories/la-premiere-veillee.html).",
    )
    site.ok("build", now=NOW)
    assert "All is well" in site.ok("digest", "check", "weekly", now=NOW).out


def test_before_a_build_a_page_is_only_doubted(site: MailSite) -> None:
    introduce(site, "[La charte](charte.html), [les membres](members/index.html).")
    ran = site.ok("digest", "check", "weekly", now=NOW)
    assert "the link https://voisins.example/charte.html may lead to no page: the site is not built here" in ran.out
    assert "members/index.html" not in ran.out
    assert ran.out.splitlines()[-1] == "1 warning: it may go out; better mend them first."


def test_programs_get_everything(site: MailSite) -> None:
    introduce(site, "Un TODO.")
    report = site.ok("digest", "check", "weekly", "--json", now=NOW).json
    assert {key: report[key] for key in ("digest", "edition", "errors", "warnings", "may_go_out")} == {
        "digest": "weekly", "edition": "2026-W48", "errors": 0, "warnings": 1, "may_go_out": True,
    }  # fmt: skip
    first = report["findings"][0]
    assert (first["check"], first["severity"], first["languages"]) == ("placeholders", "warning", ["fr"])
    assert first["where"].startswith(f"{EDITION}:")


def test_an_edition_that_cannot_be_rendered_is_a_finding_beside_the_others(site: MailSite) -> None:
    template = site.folder / "digests/weekly/newsletter.mjml"
    template.write_text("<mjml><mj-body><mj-nothing /></mj-body></mjml>", encoding="utf-8")
    site.settings('VEILLEE_DKIM_SELECTOR = "v1"\n')
    report = json.loads(site.run("digest", "check", "weekly", "--json", now=NOW).out)
    assert {one["check"] for one in report["findings"] if one["severity"] == "error"} == {"templates", "setup"}


def test_a_header_that_would_not_be_safe_is_a_finding(site: MailSite) -> None:
    one = mailing(site)
    variants = tuple(replace(variant, subject="a\u202eb") for variant in render_variants(one))
    found = run_preflight(one, variants, transport="maildir")
    errors = [str(finding) for finding in found if finding.severity is Severity.ERROR]
    assert errors == [f"{EDITION}: Subject holds the control character U+202E; remove it where it was written"]


def test_mail_for_real_needs_an_address_and_a_sender(site: MailSite) -> None:
    site.settings('SITEURL = ""\nVEILLEE_MAILBOX = None\n')
    assert site.run("digest", "check", "weekly", now=NOW).exit_code == 0
    site.settings('VEILLEE_TRANSPORT = "smtp"\n')
    ran = site.run("digest", "check", "weekly", now=NOW)
    assert ran.exit_code == 1
    assert "SITEURL is not set" in ran.out.partition("Warnings")[0]
    assert "nobody reads what arrives at" in ran.out.partition("Warnings")[2]


def test_a_send_is_stopped_by_whose_fault_it_is(site: MailSite) -> None:
    introduce(site, "Bonjour {{ prenom }}")
    one = mailing(site)
    found = run_preflight(one, render_variants(one), transport="maildir")
    with pytest.raises(ContentError, match="prenom"):
        stop_on_errors(found)
    site.settings('VEILLEE_DKIM_SELECTOR = "v1"\n')
    one = mailing(site)
    with pytest.raises(ConfigurationError, match="VEILLEE_DKIM_KEY"):
        stop_on_errors(run_preflight(one, render_variants(one), transport="maildir"))
    stop_on_errors(finding for finding in found if finding.severity is not Severity.ERROR)


def test_the_dns_is_asked_about_the_real_domain(site: MailSite, monkeypatch: pytest.MonkeyPatch) -> None:
    site.settings('SITEURL = "https://voisins.fr"\nVEILLEE_DKIM_SELECTOR = "v1"\n')
    definition = site.folder / "digests/weekly/digest.yaml"
    definition.write_text(
        definition.read_text(encoding="utf-8").replace("voisins.example", "voisins.fr"), encoding="utf-8"
    )
    monkeypatch.setenv("VEILLEE_DKIM_KEY", rsa_pem())
    one = mailing(site)
    with name_server({("voisins.fr", "MX"): ("10 mx.voisins.fr.",)}) as port:
        doors = Doors(resolver=Resolver(nameserver="127.0.0.1", port=port))
        found = run_preflight(one, render_variants(one), transport="smtp", doors=doors)
    told = [finding.path for finding in found if finding.check is Check.DNS]
    assert told == ["_dmarc.voisins.fr", "v1._domainkey.voisins.fr", "voisins.fr"]
    assert not [finding for finding in found if finding.severity is Severity.ERROR]


def test_it_is_fast_enough_to_run_before_each_send(site: MailSite) -> None:
    one = mailing(site)
    variants = render_variants(one)
    run_preflight(one, variants, transport="maildir")
    started = time.process_time()
    run_preflight(one, variants, transport="maildir")
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("digest", "edition", "warned"),
    [("weekly", "2026-W47", {"setup"}), ("questions", "2026-11-19", {"setup", "subject"})],
)
def test_the_demonstration_may_go_out(digest: str, edition: str, warned: set[str], tmp_path: Path) -> None:
    require_tool(shutil.which("spamassassin"), "spamassassin")
    ran = run_veillee("digest", "check", digest, "--edition", edition, "--now", DEMO_NOW, "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    report: dict[str, Any] = json.loads(ran.stdout)
    assert report["errors"] == 0
    assert {one["check"] for one in report["findings"] if one["severity"] == "warning"} == warned
    assert not [one for one in report["findings"] if one["check"] == "spam"]
    assert os.environ.get("VEILLEE_MAILBOX") is None
