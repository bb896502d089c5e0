"""The DNS of the sender, asked of a real server on this machine."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.preflight.dns_server import Records, name_server
from tests.preflight.keys import rsa_pem
from tests.preflight.samples import said
from veillee.preflight.dkim_key import read_public_key
from veillee.preflight.records import Sender, find_dns_faults, is_reserved, txt_record
from veillee.preflight.resolving import Resolver
from veillee.preflight.setup import Selector
from veillee.preflight.spf import count_lookups, spf_records, weakness

KEY = read_public_key(rsa_pem(), root=Path())
SENDER = Sender(
    domain="voisins.fr",
    bounce_domain="voisins.fr",
    dkim_domain="voisins.fr",
    receiving=("voisins.fr",),
    reports_to="jo@voisins.fr",
    relay="relay.voisins.fr",
    selectors=(Selector("veillee", KEY),),
)
DKIM_NAME = "veillee._domainkey.voisins.fr"
DKIM = txt_record(DKIM_NAME, f"v=DKIM1; k=rsa; p={KEY.encoded}")
GOOD: dict[tuple[str, str], tuple[str, ...]] = {
    ("voisins.fr", "TXT"): ('"v=spf1 include:relay.fr -all"', '"google-site-verification=x"'),
    ("relay.fr", "TXT"): ('"v=spf1 ip4:192.0.2.0/24 -all"',),
    ("voisins.fr", "MX"): ("10 mail.voisins.fr.",),
    ("_dmarc.voisins.fr", "TXT"): ('"v=DMARC1; p=none; rua=mailto:jo@voisins.fr"',),
    (DKIM_NAME, "TXT"): (DKIM.partition(" TXT ")[2],),
}


def found(records: Records, sender: Sender = SENDER) -> list[str]:
    with name_server(records) as port:
        return said(find_dns_faults(sender, Resolver(nameserver="127.0.0.1", port=port).lookup))


def changed(name: str, kind: str, *answers: str) -> Records:
    return {
        **{key: value for key, value in GOOD.items() if key != (name, kind)},
        **({(name, kind): answers} if answers else {}),
    }


def test_a_domain_with_everything_is_well() -> None:
    assert found(GOOD) == []


def test_each_record_that_is_missing_is_given_in_full() -> None:
    assert found({("voisins.fr", "NS"): ("ns.voisins.fr.",)}) == [
        ('warning voisins.fr: voisins.fr has no SPF record; it says which servers may send mail of yours; '
        'add: voisins.fr. TXT "v=spf1 mx a:relay.voisins.fr ~all" (and the include: of your relay)'),
        f"warning {DKIM_NAME}: the key of the selector veillee is not in the DNS; add: {DKIM}",
        ("warning _dmarc.voisins.fr: voisins.fr has no DMARC record; Gmail, Yahoo and Microsoft want one; "
        'add: _dmarc.voisins.fr. TXT "v=DMARC1; p=none; rua=mailto:jo@voisins.fr"'),
        ("warning voisins.fr: voisins.fr has no mail server (MX); answers, bounces and requests to leave go there; "
        "add, with your own server: voisins.fr. MX 10 mail.voisins.fr."),
    ]  # fmt: skip


def test_a_long_key_is_cut_into_strings_that_the_dns_takes() -> None:
    strings = DKIM.partition(" TXT ")[2].split('" "')
    assert len(strings) == 2
    assert max(len(one.strip('"')) for one in strings) == 255
    assert "".join(one.strip('"') for one in strings) == f"v=DKIM1; k=rsa; p={KEY.encoded}"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (('"v=spf1 a -all"', '"v=spf1 mx ip4:192.0.2.1 ~all"'), 'keep one: voisins.fr. TXT "v=spf1 a mx ip4:192.0.2.1'),
        (('"v=spf1 mx +all"',), 'lets everybody send as you (+all); write: voisins.fr. TXT "v=spf1 mx ~all"'),
        (('"v=spf1 mx ?all"',), "says nothing of other servers (?all)"),
        (('"v=spf1 mx"',), "does not end with ~all or -all"),
        (('"v=spf1 ' + " ".join(f"a:h{n}.fr" for n in range(11)) + ' -all"',), "needs 11 lookups; 10 at most"),
    ],
    ids=["two", "+all", "?all", "open", "lookups"],
)  # fmt: skip
def test_a_weak_spf_record_is_named(answers: tuple[str, ...], words: str) -> None:
    lines = found(changed("voisins.fr", "TXT", *answers))
    assert len(lines) == 1
    assert words in lines[0]


def test_included_records_count_too_and_a_circle_ends() -> None:
    table = {"b.fr": ("v=spf1 include:c.fr mx -all",), "c.fr": ("v=spf1 include:b.fr a exists:%{i}.c.fr ~all",)}
    assert count_lookups("v=spf1 include:b.fr ip4:192.0.2.1 -all", "a.fr", lambda name, _: table.get(name, ())) == 6
    assert spf_records(("v=spf10 x", "V=SPF1 -all", "v=spf1")) == ("V=SPF1 -all", "v=spf1")
    assert weakness("v=spf1 redirect=x.fr") == ""


def test_another_key_in_the_dns_stops_the_mail() -> None:
    lines = found(changed(DKIM_NAME, "TXT", '"v=DKIM1; k=rsa; p=AAAA"'))
    assert lines == [
        (
            f"error {DKIM_NAME}: the DNS has another key under {DKIM_NAME} than the one that signs; "
            f"every signature would be broken; write: {DKIM}"
        )
    ]
    assert "was revoked" in found(changed(DKIM_NAME, "TXT", '"v=DKIM1; p="'))[0]


def test_a_key_marked_as_a_test_is_named() -> None:
    lines = found(changed(DKIM_NAME, "TXT", txt_record("", f"v=DKIM1; t=y; p={KEY.encoded}").partition(" TXT ")[2]))
    assert ["is marked as a test" in line for line in lines] == [True]


def test_dmarc_may_stand_at_the_domain_above() -> None:
    sender = replace(SENDER, domain="news.voisins.fr")
    assert found(GOOD, sender) == []


def test_a_dmarc_record_without_a_policy_is_named() -> None:
    assert "has no p=" in found(changed("_dmarc.voisins.fr", "TXT", '"v=DMARC1; rua=mailto:a@voisins.fr"'))[0]


def test_a_signature_of_another_domain_is_named() -> None:
    lines = found(
        {**GOOD, ("veillee._domainkey.relay.fr", "TXT"): GOOD[DKIM_NAME, "TXT"]},
        replace(SENDER, dkim_domain="relay.fr"),
    )
    assert lines == [
        (
            "warning voisins.fr: mails are signed by relay.fr, and come from voisins.fr; "
            'DMARC believes a signature of the sender\'s own domain alone; write VEILLEE_DKIM_DOMAIN = "voisins.fr"'
        )
    ]


def test_a_domain_that_takes_no_mail_is_named() -> None:
    assert "says that it takes no mail" in found(changed("voisins.fr", "MX", "0 ."))[0]


def test_a_silent_dns_is_one_note_and_costs_three_seconds_at_most() -> None:
    started = time.monotonic()
    with name_server({}, is_silent=True) as port:
        lines = said(find_dns_faults(SENDER, Resolver(nameserver="127.0.0.1", port=port).lookup))
    assert lines == ["note DNS: the DNS could not be asked (no answer): SPF, DKIM, DMARC and MX were not all looked at"]
    assert time.monotonic() - started < 3.2


def test_a_domain_of_the_documents_is_not_asked_about() -> None:
    def refuse(name: str, kind: str) -> tuple[str, ...]:
        raise AssertionError(name)

    lines = said(find_dns_faults(replace(SENDER, domain="veillee.example"), refuse))
    assert lines == [
        (
            "note the sender's domain: veillee.example stands for examples, and is in no DNS: "
            "its records were not looked at"
        )
    ]
    assert not is_reserved("voisins.fr")
    assert not is_reserved("myexample.com")
