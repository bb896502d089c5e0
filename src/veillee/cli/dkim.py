"""`veillee dkim`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from veillee.cli.console import say, say_json
from veillee.cli.options import JsonOption, SettingsOption
from veillee.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from veillee.config import SiteSettings
    from veillee.delivery.message.dkim_keys import DnsRecord, KeyKind

EPILOG = "Example: veillee dkim s2026"
LONGEST_STRING = 255
"""Characters of one string of a TXT record (RFC 1035 section 3.3.14)."""


def dkim(
    selector: Annotated[str, typer.Argument(help="A new name for the key, such as s2026.", show_default=False)],
    ed25519: Annotated[bool, typer.Option("--ed25519", help="Make an Ed25519 key, for a second signature.")] = False,
    domain: Annotated[
        str | None,
        typer.Option("--domain", help="Who signs. [default: VEILLEE_DKIM_DOMAIN, else the digests' senders' domains]"),
    ] = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key that signs mail (DKIM), and show the DNS record and the settings that go with it.

    The key is written below the var folder, for its owner alone. A key that is there already stays as it is, and its
    record is shown again.
    """
    from veillee.cli.storage import load_site
    from veillee.delivery.message.dkim_keys import KeyKind, is_selector, public_record, read_signer, write_new_key
    from veillee.shown import shown_path

    if not is_selector(selector):
        raise UsageError(f'"{selector}" cannot name a key; take letters, digits and dashes, as in "s2026"')
    site = load_site(settings, now=None)
    kind = KeyKind.ED25519 if ed25519 else KeyKind.RSA
    domains = _domains(domain, site, settings)
    path = site.var / "dkim" / f"{selector.lower()}.pem"
    is_new = write_new_key(path, kind)
    try:
        signers = [read_signer(path, kind=kind, domain=one, selector=selector.lower()) for one in domains]
    except ConfigurationError as err:
        found = f"{shown_path(path)} is there already, and no {kind.shown} key that may sign"
        raise UsageError(f"{found}; choose another name than {selector}") from err
    records = [public_record(signer) for signer in signers]
    assignments = _assignments(kind, selector.lower(), path, site)
    if as_json:
        say_json(
            {
                "path": shown_path(path),
                "is_new": is_new,
                "records": [{"name": record.name, "type": "TXT", "value": record.value} for record in records],
                "settings": dict([assignments[0]]),
                "environment": dict([assignments[1]]),
            }
        )
        return
    say(f"{shown_path(path)} {'is the new key' if is_new else 'was there already'}. Keep a copy, out of git.")
    _say_records(records)
    (setting, name), (variable, place) = assignments
    say(f'\nWhen the DNS shows it, sign with it. In the settings:\n  {setting} = "{name}"')
    say(f"and in the environment:\n  {variable}={place}")


def _domains(typed: str | None, site: SiteSettings, settings: Path | None) -> tuple[str, ...]:
    from veillee.delivery.message.dkim_keys import checked_domain

    if typed:
        return (checked_domain(typed, place="--domain"),)
    if site.mail.dkim.domain:
        return (checked_domain(site.mail.dkim.domain, place="VEILLEE_DKIM_DOMAIN"),)
    if domains := _senders_domains(settings):
        return domains
    raise UsageError("no digest says who sends it; name the domain that signs with --domain")


def _senders_domains(settings: Path | None) -> tuple[str, ...]:
    from veillee.delivery.message.composing import sender_of
    from veillee.site.editions import NO_SENDER, read_digests_and_editions
    from veillee.site.reading import read_site
    from veillee.site.settings import load_settings

    reading = read_site(load_settings(settings))
    digests = read_digests_and_editions(reading.settings, reading.community).digests
    return tuple(sorted({sender_of(digest).domain for digest in digests if digest.sender.address != NO_SENDER}))


def _assignments(
    kind: KeyKind, selector: str, path: Path, site: SiteSettings
) -> tuple[tuple[str, str], tuple[str, str]]:
    """The setting and the variable, each with its value; paths count from the folder of the settings."""
    from veillee.delivery.message.dkim_keys import SETTINGS_OF_KIND

    setting, variable = SETTINGS_OF_KIND[kind]
    place = path.relative_to(site.root) if path.is_relative_to(site.root) else path
    return (setting, selector), (variable, place.as_posix())


def _say_records(records: list[DnsRecord]) -> None:
    for record in records:
        strings = " ".join(f'"{part}"' for part in _strings(record.value))
        say(f"\nAdd this to the DNS:\n  name   {record.name}\n  type   TXT\n  value  {record.value}")
        say(f"or, as the line of a zone file:\n  {record.name}. IN TXT ( {strings} )")


def _strings(value: str) -> list[str]:
    return [value[start : start + LONGEST_STRING] for start in range(0, len(value), LONGEST_STRING)]
