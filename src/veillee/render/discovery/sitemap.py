"""Sitemaps (sitemaps.org/protocol.html, with `hreflang` links): entries -> XML, in parts where they are many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

SITEMAP = "sitemap.xml"
MOST_ENTRIES = 20_000
"""In one file. The protocol allows 50,000 and 50 MB; links to other languages make entries long."""

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A page: its URL, when it last changed (None where nobody knows), and (language, URL) of all its versions."""

    url: str
    changed_at: datetime | None = None
    versions: tuple[tuple[str, str], ...] = ()


def render_sitemaps(entries: Sequence[SitemapEntry], *, site_url: str) -> Iterator[tuple[str, bytes]]:
    """Output paths and contents: one sitemap, or an index and its parts."""
    if len(entries) <= MOST_ENTRIES:
        yield SITEMAP, _sitemap(entries)
        return
    parts = [entries[start : start + MOST_ENTRIES] for start in range(0, len(entries), MOST_ENTRIES)]
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    yield SITEMAP, _index([f"{site_url}/{name}" for name in names])
    yield from zip(names, map(_sitemap, parts), strict=True)


def _index(urls: Sequence[str]) -> bytes:
    lines = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>\n" for url in urls)
    return f'{_HEAD}<sitemapindex xmlns="{_NAMESPACE}">\n{lines}</sitemapindex>\n'.encode()


def _sitemap(entries: Sequence[SitemapEntry]) -> bytes:
    lines = "".join(map(_entry, entries))
    return f'{_HEAD}<urlset xmlns="{_NAMESPACE}" xmlns:xhtml="{_XHTML}">\n{lines}</urlset>\n'.encode()


def _entry(entry: SitemapEntry) -> str:
    changed = f"<lastmod>{entry.changed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if entry.changed_at else ""
    versions = entry.versions if len(entry.versions) > 1 else ()
    links = "".join(_version(lang, url) for lang, url in versions)
    return f"<url><loc>{escape(entry.url)}</loc>{changed}{links}</url>\n"


def _version(lang: str, url: str) -> str:
    return f'<xhtml:link rel="alternate" hreflang={quoteattr(lang)} href={quoteattr(url)}/>'
