"""What the DNS says of the sender: SPF, DKIM, DMARC and MX -> findings, each with the very record to add.

The answers come through a `Lookup`; RFC 7208 (SPF), 6376 (DKIM), 7489 (DMARC), 7505 (null MX).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from veillee.preflight.finding import Check, Finding, Severity
from veillee.preflight.setup import Selector
from veillee.preflight.spf import count_lookups, spf_records, weakness

MAX_LOOKUPS = 10  # RFC 7208 section 4.6.4
LONGEST_STRING = 255  # RFC 1035 section 3.3
RESERVED = ("example", "test", "invalid", "localhost", "example.com", "example.net", "example.org")

Lookup = Callable[[str, str], tuple[str, ...]]
"""(name, type) -> the answers, texts joined; none where there is no such name or type. Raises UnreachableError."""


class UnreachableError(Exception):
    """The DNS did not answer."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose mail it is, in ASCII: `domain` is that of From, `bounce_domain` that of the envelope.

    `receiving` are the domains that get mail back; `reports_to` is an address for DMARC's reports.
    """

    domain: str
    bounce_domain: str
    dkim_domain: str
    receiving: tuple[str, ...]
    reports_to: str
    relay: str = ""
    selectors: tuple[Selector, ...] = ()


def find_dns_faults(sender: Sender, lookup: Lookup) -> Iterator[Finding]:
    """What is missing or weak; one note where the DNS cannot be reached or nothing could be asked."""
    if is_reserved(sender.domain):
        found = f"{sender.domain} stands for examples, and is in no DNS: its records were not looked at"
        yield _note("the sender's domain", found)
        return
    try:
        yield from _spf(sender, lookup)
        yield from _dkim(sender, lookup)
        yield from _dmarc(sender, lookup)
        yield from _mx(sender, lookup)
    except UnreachableError as err:
        yield _note("DNS", f"the DNS could not be asked ({err}): SPF, DKIM, DMARC and MX were not all looked at")


def is_reserved(domain: str) -> bool:
    """Whether a domain is kept for examples and tests (RFC 2606, RFC 6761)."""
    return any(domain == name or domain.endswith(f".{name}") for name in RESERVED)


def txt_record(name: str, value: str) -> str:
    """A record as a zone file has it, long texts in several strings."""
    pieces = [value[at : at + LONGEST_STRING] for at in range(0, len(value), LONGEST_STRING)] or [""]
    return f"{name}. TXT " + " ".join('"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in pieces)


def tags_of(record: str) -> dict[str, str]:
    """The `tag=value` pairs of a DKIM or DMARC record."""
    pairs = (piece.partition("=") for piece in record.split(";") if "=" in piece)
    return {name.strip().lower(): "".join(value.split()) for name, _, value in pairs}


def _spf(sender: Sender, lookup: Lookup) -> Iterator[Finding]:
    domain = sender.bounce_domain
    records = spf_records(lookup(domain, "TXT"))
    add = txt_record(domain, f"v=spf1 mx{f' a:{sender.relay}' if sender.relay else ' a'} ~all")
    if not records:
        allowed = "it says which servers may send mail of yours"
        yield _warn(domain, f"{domain} has no SPF record", allowed, f"add: {add} (and the include: of your relay)")
    elif len(records) > 1:
        merged = _merged_spf(records)
        found = f"{domain} has {len(records)} SPF records"
        yield _warn(domain, found, "one: with several, none counts", f"keep one: {txt_record(domain, merged)}")
    else:
        if found := weakness(records[0]):
            yield _warn(domain, f"the SPF record of {domain} {found}", "", _spf_end(domain, records[0]))
        count = count_lookups(records[0], domain, lookup)
        if count > MAX_LOOKUPS:
            allowed = f"{MAX_LOOKUPS} at most: beyond that, it counts as broken"
            todo = "name addresses with ip4: and ip6: instead of include:, or drop what does not send any more"
            yield _warn(domain, f"the SPF record of {domain} needs {count} lookups", allowed, todo)


def _spf_end(domain: str, record: str) -> str:
    kept = [term for term in record.split() if not re.fullmatch(r"[+?~-]?all", term, re.IGNORECASE)]
    return f"write: {txt_record(domain, ' '.join([*kept, '~all']))}"


def _merged_spf(records: tuple[str, ...]) -> str:
    terms = dict.fromkeys(term for record in records for term in record.split()[1:] if not term.lower().endswith("all"))
    return " ".join(("v=spf1", *terms, "~all"))


def _dkim(sender: Sender, lookup: Lookup) -> Iterator[Finding]:
    if sender.selectors and not _is_aligned(sender.dkim_domain, sender.domain):
        found = f"mails are signed by {sender.dkim_domain}, and come from {sender.domain}"
        allowed = "DMARC believes a signature of the sender's own domain alone"
        todo = f'write VEILLEE_DKIM_DOMAIN = "{sender.domain}"'
        yield _warn(sender.domain, found, allowed, todo)
    for selector in sender.selectors:
        name = f"{selector.name}._domainkey.{sender.dkim_domain}"
        record = txt_record(name, f"v=DKIM1; k={selector.key.kind}; p={selector.key.encoded}")
        keys = [tags_of(text) for text in lookup(name, "TXT")]
        published = [tags for tags in keys if "p" in tags]
        if not published:
            yield _warn(name, f"the key of the selector {selector.name} is not in the DNS", "", f"add: {record}")
        elif all(tags["p"] != selector.key.encoded for tags in published):
            found = f"the DNS has another key under {name} than the one that signs"
            if all(not tags["p"] for tags in published):
                found = f"the DNS says that the key under {name} was revoked"
            allowed = "every signature would be broken"
            yield Finding(Severity.ERROR, Check.DNS, name, found, allowed, f"write: {record}")
        elif any("y" in tags.get("t", "").split(":") for tags in published):
            yield _warn(name, f"the key under {name} is marked as a test (t=y)", "", f"write: {record}")


def _dmarc(sender: Sender, lookup: Lookup) -> Iterator[Finding]:
    name = f"_dmarc.{sender.domain}"
    record = txt_record(name, f"v=DMARC1; p=none; rua=mailto:{sender.reports_to}")
    for at in _domains_up(sender.domain):
        found = [text for text in lookup(f"_dmarc.{at}", "TXT") if text.strip().lower().startswith("v=dmarc1")]
        if not found:
            continue
        if len(found) > 1:
            yield _warn(
                name, f"{at} has {len(found)} DMARC records", "one: with several, none counts", "keep one of them"
            )
        elif tags_of(found[0]).get("p") not in ("none", "quarantine", "reject"):
            yield _warn(name, f'the DMARC record of {at} has no p=: "{found[0][:80]}"', "", f"write: {record}")
        return
    yield _warn(name, f"{sender.domain} has no DMARC record", "Gmail, Yahoo and Microsoft want one", f"add: {record}")


def _mx(sender: Sender, lookup: Lookup) -> Iterator[Finding]:
    for domain in sender.receiving:
        if is_reserved(domain):
            continue
        servers = lookup(domain, "MX")
        add = f"{domain}. MX 10 mail.{domain}."
        if any(answer.split()[-1:] == ["."] for answer in servers):
            found = f"{domain} says that it takes no mail (its MX is a dot)"
            yield _warn(
                domain, found, "answers, bounces and requests to leave go there", f"write, with your own server: {add}"
            )
        elif not servers and not lookup(domain, "A") and not lookup(domain, "AAAA"):
            found = f"{domain} has no mail server (MX)"
            allowed = "answers, bounces and requests to leave go there"
            yield _warn(domain, found, allowed, f"add, with your own server: {add}")


def _domains_up(domain: str) -> Iterator[str]:
    """The domain, then those above it that have two names: where DMARC looks."""
    labels = domain.split(".")
    for at in range(max(1, len(labels) - 1)):
        yield ".".join(labels[at:])


def _is_aligned(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _warn(place: str, found: str, allowed: str, todo: str) -> Finding:
    return Finding(Severity.WARNING, Check.DNS, place, found, allowed, todo)


def _note(place: str, found: str) -> Finding:
    return Finding(Severity.NOTE, Check.DNS, place, found)
