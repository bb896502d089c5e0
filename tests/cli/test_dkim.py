"""`veillee dkim`: a key for its owner, and all that must be said about it elsewhere."""

from __future__ import annotations

import re
import stat

from tests.cli.mail_sites import MailSite, bare_site
from veillee.config import DkimSettings
from veillee.delivery.message.dkim_keys import load_signers, public_record

__all__ = ["bare_site"]


def test_a_key_is_made_once_and_its_record_shown_again(bare_site: MailSite) -> None:
    first = bare_site.ok("dkim", "s2026", "--domain", "Bücher.example", now=None).out
    path = bare_site.folder / "var/dkim/s2026.pem"
    assert first.startswith("var/dkim/s2026.pem is the new key. Keep a copy, out of git.\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "\n  name   s2026._domainkey.xn--bcher-kva.example\n  type   TXT\n  value  v=DKIM1; k=rsa; p=" in first
    assert '\n  VEILLEE_DKIM_SELECTOR = "s2026"\n' in first
    assert first.endswith("\n  VEILLEE_DKIM_KEY=var/dkim/s2026.pem\n")
    key = path.read_bytes()
    again = bare_site.ok("dkim", "s2026", "--domain", "Bücher.example", now=None).out
    assert again == first.replace("is the new key", "was there already")
    assert path.read_bytes() == key


def test_what_is_shown_is_the_record_of_the_key_as_the_settings_read_it(bare_site: MailSite) -> None:
    said = bare_site.ok("dkim", "S2026", "--domain", "a.example", "--json", now=None).json
    dkim = DkimSettings(selector=said["settings"]["VEILLEE_DKIM_SELECTOR"], key=said["environment"]["VEILLEE_DKIM_KEY"])
    (signer,) = load_signers(dkim, "a.example", root=bare_site.folder)
    record = public_record(signer)
    assert said["records"] == [{"name": record.name, "type": "TXT", "value": record.value}]
    assert said["is_new"] is True


def test_the_line_of_a_zone_file_has_strings_that_the_dns_takes(bare_site: MailSite) -> None:
    out = bare_site.ok("dkim", "s2026", "--domain", "a.example", now=None).out
    strings = re.findall(r'"([^"]*)"', out.split("IN TXT")[1].splitlines()[0])
    assert len(strings) == 2
    assert all(len(one) <= 255 for one in strings)
    assert f"  value  {''.join(strings)}\n" in out


def test_a_second_key_signs_with_ed25519(bare_site: MailSite) -> None:
    out = bare_site.ok("dkim", "e2026", "--ed25519", "--domain", "a.example", now=None).out
    assert "v=DKIM1; k=ed25519; p=" in out
    assert 'VEILLEE_DKIM_ED25519_SELECTOR = "e2026"' in out
    ran = bare_site.run("dkim", "e2026", "--domain", "a.example", now=None)
    assert ran.exit_code == 2
    assert (
        "var/dkim/e2026.pem is there already, and no RSA key that may sign; choose another name than e2026" in ran.err
    )


def test_the_domain_is_the_settings_else_the_senders(bare_site: MailSite) -> None:
    def domains() -> list[str]:
        return re.findall(r"name   s2026\._domainkey\.(\S+)", bare_site.ok("dkim", "s2026", now=None).out)

    assert domains() == ["voisins.example"]
    bare_site.settings('VEILLEE_DKIM_DOMAIN = "mail.voisins.example"\n')
    assert domains() == ["mail.voisins.example"]


def test_where_nobody_sends_a_domain_must_be_named(bare_site: MailSite) -> None:
    bare_site.settings('SITEURL = "http://localhost:8000"\n')
    ran = bare_site.run("dkim", "s2026", now=None)
    assert ran.exit_code == 2
    assert "name the domain that signs with --domain" in ran.err
    assert not (bare_site.folder / "var/dkim").exists()


def test_a_name_that_the_dns_cannot_hold_makes_no_key(bare_site: MailSite) -> None:
    for selector in ("../secret", "a b", "a_b"):
        ran = bare_site.run("dkim", selector, "--domain", "a.example", now=None)
        assert ran.exit_code == 2
        assert "cannot name a key" in ran.err
    assert not (bare_site.folder / "var/dkim").exists()
