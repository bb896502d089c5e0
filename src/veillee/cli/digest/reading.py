"""What the digest commands read: settings -> content, definitions and editions."""

from __future__ import annotations

from pathlib import Path

from veillee.site.editions import EditionsRead, read_digests_and_editions
from veillee.site.reading import SiteReading, read_site
from veillee.site.settings import load_settings


def read_site_and_digests(settings: Path | None, *, now: str | None) -> tuple[SiteReading, EditionsRead]:
    """A site's content and digests as they stand now, or at the instant that is pretended."""
    reading = read_site(load_settings(settings, overrides={"VEILLEE_NOW": now} if now else {}))
    return reading, read_digests_and_editions(reading.settings, reading.community)
