"""What a site still lacks before it may mail people: named at a preview, refused when mail is for real."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from veillee.config import SiteSettings
from veillee.errors import ConfigurationError, Fault
from veillee.model import Digest
from veillee.site.editions import NO_SENDER


def find_missing(site: SiteSettings, digest: Digest) -> tuple[Fault, ...]:
    """What would make the mails useless, or unanswerable, to those who get them."""
    return tuple(_missing(site, digest))


def check_ready(site: SiteSettings, digest: Digest) -> None:
    """Raises ConfigurationError where anything is missing."""
    missing = find_missing(site, digest)
    if missing:
        raise ConfigurationError(faults=missing)


def _missing(site: SiteSettings, digest: Digest) -> Iterator[Fault]:
    if not urlsplit(site.url).hostname:
        found = "SITEURL is not set, so the links of the mails lead nowhere"
        yield Fault(
            site.settings_file, 0, found, 'a line such as SITEURL = "https://news.example.org"', "write it there"
        )
    if digest.sender.address == NO_SENDER:
        allowed = "a line such as sender: {name: Our workshop, address: news@example.org}"
        yield Fault(f"{digest.folder}/digest.yaml", 0, "nobody is named as sender", allowed, "write it there")
