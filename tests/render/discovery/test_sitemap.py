"""Sitemaps by the rules of sitemaps.org."""

from __future__ import annotations

from datetime import UTC, datetime

from lxml import etree

from veillee.render.discovery.sitemap import MOST_ENTRIES, SitemapEntry, render_sitemaps

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
URL = "https://veillee.example"


def test_an_entry_has_its_date_and_all_its_versions() -> None:
    versions = (("en", f"{URL}/en/a.html"), ("fr", f"{URL}/a.html?b&c"))
    entry = SitemapEntry(f"{URL}/a.html?b&c", datetime(2026, 11, 20, 8, tzinfo=UTC), versions)
    ((path, content),) = render_sitemaps([entry], site_url=URL)
    root = etree.fromstring(content)
    assert path == "sitemap.xml"
    assert root.xpath("//s:loc/text()", namespaces=NAMES) == [f"{URL}/a.html?b&c"]
    assert root.xpath("//s:lastmod/text()", namespaces=NAMES) == ["2026-11-20T08:00:00Z"]
    assert root.xpath("//x:link/@hreflang", namespaces=NAMES) == ["en", "fr"]


def test_a_page_in_one_language_names_no_versions() -> None:
    ((_, content),) = render_sitemaps([SitemapEntry(f"{URL}/a", versions=(("fr", f"{URL}/a"),))], site_url=URL)
    assert b"hreflang" not in content


def test_more_pages_than_one_file_may_hold_are_in_several() -> None:
    entries = [SitemapEntry(f"{URL}/{number}") for number in range(MOST_ENTRIES + 1)]
    files = dict(render_sitemaps(entries, site_url=URL))
    assert list(files) == ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml"]
    index = etree.fromstring(files["sitemap.xml"])
    assert index.xpath("//s:loc/text()", namespaces=NAMES) == [f"{URL}/sitemap-1.xml", f"{URL}/sitemap-2.xml"]
    parts = [etree.fromstring(files[name]) for name in ("sitemap-1.xml", "sitemap-2.xml")]
    found = [url for part in parts for url in part.xpath("//s:loc/text()", namespaces=NAMES)]
    assert found == [entry.url for entry in entries]
