"""Small sites for tests: made of a mapping of file names to texts, or copied from `tests/sites/`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from veillee.site.reading import SiteReading, read_site
from veillee.site.settings import load_settings

SITES = Path(__file__).resolve().parents[1] / "sites"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
"""The smallest picture that there is."""
NOW = "2026-11-20T09:00:00+01:00"


def write_site(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """The files below `folder/content`; gives `folder`."""
    for name, text in files.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def write_settings(folder: Path, **settings: Any) -> Path:
    """A settings file that holds assignments; gives its path."""
    path = folder / "pelicanconf.py"
    path.write_text("".join(f"{name} = {value!r}\n" for name, value in settings.items()), encoding="utf-8")
    return path


def settings_of(folder: Path, **settings: Any) -> dict[str, Any]:
    """Settings of a site with our theme, as the commands load them; the slow extras only where they are asked for."""
    chosen = {"THEME": "veillee", "PATH": "content", "SITENAME": "Test", "SITEURL": "https://test.example"}
    chosen |= {"TIMEZONE": "Europe/Paris", "VEILLEE_NOW": NOW}
    chosen |= {"VEILLEE_SEARCH": False, "VEILLEE_SOCIAL_CARDS": False, **settings}
    return load_settings(write_settings(folder, **chosen))


def read_files(folder: Path, files: Mapping[str, str | bytes], **settings: Any) -> SiteReading:
    """A site of these files, read."""
    write_site(folder, files)
    return read_site(settings_of(folder, **settings))


def copied_site(name: str, folder: Path) -> Path:
    """A copy of one of the whole small sites."""
    return shutil.copytree(SITES / name, folder / name)


def tree_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and what it holds."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
