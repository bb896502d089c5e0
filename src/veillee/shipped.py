"""Where the theme, the digest templates and the starter lie: in the wheel, or beside `src/` in a checkout."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def theme_folder() -> Path:
    """The folder of the Veillée theme, with `templates/` and `static/`."""
    return _shipped("theme")


def digests_folder() -> Path:
    """The folder of the digests that a new site starts from."""
    return _shipped("digests")


def starter_folder(lang: str) -> Path:
    """The folder of the site that a newcomer starts from, in one language."""
    return _HERE / "starter" / lang


def _shipped(name: str) -> Path:
    in_wheel = _HERE / "shipped" / name
    return in_wheel if in_wheel.is_dir() else _HERE.parents[1] / name
