"""Writes src/veillee/preflight/support.json: which mail programs lack which feature of HTML and CSS.

    python scripts/make_support.py FOLDER DATE

FOLDER is `_features` of a copy of caniemail (https://www.caniemail.com, MIT licence, by Rémi Parmentier and others),
DATE the day of that copy. Facts alone are taken: for each feature, the programs whose newest tested version does not
support it, or supports a part of it.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parents[1] / "src" / "veillee" / "preflight" / "support.json"
KINDS = ("css-", "html-")
FAMILIES = {
    "apple-mail": "Apple Mail", "gmail": "Gmail", "outlook": "Outlook", "yahoo": "Yahoo Mail", "aol": "AOL",
    "orange": "Orange", "sfr": "SFR", "laposte": "LaPoste.net", "free-fr": "Free.fr", "samsung-email": "Samsung Email",
    "thunderbird": "Thunderbird", "protonmail": "Proton Mail", "hey": "HEY", "fastmail": "Fastmail",
    "mail-ru": "Mail.ru", "gmx": "GMX", "web-de": "WEB.DE", "ionos-1and1": "1&1", "t-online-de": "T-Online",
    "wp-pl": "WP.pl", "rainloop": "RainLoop",
}  # fmt: skip
PLATFORMS = {
    "desktop-webmail": "webmail", "mobile-webmail": "mobile webmail", "ios": "iOS", "android": "Android",
    "macos": "macOS", "windows": "Windows", "windows-mail": "Windows Mail", "outlook-com": "Outlook.com",
}  # fmt: skip


PIECES = re.compile(r"""([\w-]*)\s*:?\s*(\{)|"([^"]+)"\s*:\s*"([^"]*)"|(\})""")


def main() -> int:
    folder, date = Path(sys.argv[1]), sys.argv[2]
    paths = sorted(path for path in folder.glob("*.md") if path.name.startswith(KINDS))
    features = {path.stem: feature(path) for path in paths}
    head = {
        "source": "caniemail, https://www.caniemail.com, MIT licence",
        "date": date,
        "families": FAMILIES,
        "platforms": PLATFORMS,
    }
    lines = [f'"{name}":{json.dumps(value)},' for name, value in head.items()]
    rows = [f'"{slug}":{json.dumps(row, separators=(",", ":"))}' for slug, row in features.items()]
    TABLE.write_text("{\n" + "\n".join(lines) + '\n"features":{\n' + ",\n".join(rows) + "\n}}\n", encoding="utf-8")
    print(f"{TABLE.name}: {len(features)} features, {TABLE.stat().st_size:,} bytes")
    return 0


def feature(path: Path) -> dict[str, Any]:
    """`tested` is how many programs were tried; `no` and `partly` name them, platforms by family."""
    stats = stats_in(path.read_text(encoding="utf-8"))
    states = {
        (family, platform): str(list(versions.values())[-1])[:1]
        for family, platforms in stats.items()
        for platform, versions in platforms.items()
        if versions and family in FAMILIES and platform in PLATFORMS
    }
    known = {key: state for key, state in states.items() if state in "yan"}
    return {"tested": len(known), "no": grouped(known, "n"), "partly": grouped(known, "a")}


def stats_in(text: str) -> dict[str, dict[str, dict[str, str]]]:
    """Family -> platform -> version -> state. The files are nearly YAML: tabs, and commas where none should be."""
    block = text[text.index("stats:") :]
    found: dict[str, dict[str, dict[str, str]]] = {}
    family = platform = ""
    depth = 0
    for name, opening, version, state, closing in PIECES.findall(block):
        if opening:
            depth += 1
            family, platform = (name, "") if depth == 2 else (family, name) if depth == 3 else (family, platform)
        elif version and depth == 3:
            found.setdefault(family, {}).setdefault(platform, {})[version] = state
        elif closing:
            depth -= 1
            if depth == 0:
                break
    return found


def grouped(states: dict[tuple[str, str], str], wanted: str) -> dict[str, list[str]]:
    """The platforms with a state, by family; `*` where it is all of the family's."""
    found: dict[str, list[str]] = {}
    for (family, platform), state in states.items():
        if state == wanted:
            found.setdefault(family, []).append(platform)
    for family, platforms in found.items():
        if len(platforms) == sum(other == family for other, _ in states):
            found[family] = ["*"]
    return found


if __name__ == "__main__":
    sys.exit(main())
