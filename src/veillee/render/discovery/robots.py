"""robots.txt (RFC 9309): everybody may read everything, and here is the list of it."""

from __future__ import annotations

ROBOTS = "robots.txt"


def render_robots(sitemap_url: str) -> bytes:
    """The file; `sitemap_url` is empty where there is no sitemap."""
    sitemap = f"\nSitemap: {sitemap_url}\n" if sitemap_url else ""
    return f"User-agent: *\nAllow: /\n{sitemap}".encode()
