"""The web app manifest (w3.org/TR/appmanifest): what a phone calls the site on its home screen, and its icon there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from veillee.model import Community

MANIFEST = "site.webmanifest"
PAPER = "#fbf6ec"

_ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-mask.png", "512x512", "maskable"),
)


def render_manifest(community: Community, *, start: str, icons: str) -> bytes:
    """The manifest in the community's first language; `start` and the folder of `icons` are relative to it."""
    return (json.dumps(_manifest(community, start, icons), ensure_ascii=False, indent=2) + "\n").encode()


def _manifest(community: Community, start: str, icons: str) -> Mapping[str, Any]:
    return {
        "name": community.title,
        "short_name": community.title if len(community.title) <= 12 else community.title.split()[0],
        **({"description": community.tagline} if community.tagline else {}),
        "lang": community.language,
        "start_url": start,
        "scope": start,
        "display": "minimal-ui",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {"src": f"{icons}/{name}", "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in _ICONS
        ],
    }
