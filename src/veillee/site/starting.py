"""A newcomer's site: the starter and the digests that come with Veillée -> files of a new folder.

Everything is planned before anything is written; nothing that exists is ever written over.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from veillee.errors import SourceError, UsageError
from veillee.shipped import digests_folder, starter_folder

STARTER_LANGUAGES = ("en", "fr")

_RENAMED = {"pelicanconf.txt": "pelicanconf.py", "gitignore.txt": ".gitignore"}
_BLANK = re.compile(r"@([a-z_]+|\d+ days ago)@")
_OF_ONE_COMMUNITY = "editions"
_DIGEST_SUFFIXES = (".yaml", ".mjml", ".txt")


@dataclass(frozen=True, slots=True)
class NewSite:
    """What a newcomer decides, or has decided for them. `now` is aware; `url` may be empty until there is one."""

    title: str
    lang: str
    url: str
    timezone: ZoneInfo
    now: datetime


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to write: its path inside of the new folder, and its content."""

    path: str
    content: bytes


def plan_site(site: NewSite) -> tuple[NewFile, ...]:
    """Every file of the new site, in the order of their paths."""
    return tuple(sorted((*_starter_files(site), *_digest_files()), key=lambda file: file.path))


def write_site(folder: Path, files: tuple[NewFile, ...]) -> tuple[str, ...]:
    """Writes the files into a new or empty folder, and says which paths were there already and were left alone.

    Raises UsageError where the folder holds a site or anything else that is not hidden.
    """
    _check_is_free(folder)
    kept = []
    for file in files:
        target = folder / file.path
        if target.exists():
            kept.append(file.path)
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as new:
                new.write(file.content)
        except OSError as error:
            raise SourceError(f"{target} cannot be written: {error.strerror}; look at the folder's rights") from error
    return tuple(kept)


def machine_timezone() -> str:
    """The name of the zone that this machine is set to, `UTC` where it does not say."""
    zone = os.environ.get("TZ", "").removeprefix(":")
    if not zone:
        link = Path("/etc/localtime")
        zone = str(link.resolve()).partition("zoneinfo/")[2] if link.is_symlink() else ""
    return zone if zone and is_timezone(zone) else "UTC"


def is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _check_is_free(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder that is new or empty")
    seen = sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) if folder.exists() else []
    if "pelicanconf.py" in seen:
        raise UsageError(f"{folder} is a site already; build it with: veillee build --settings {folder}/pelicanconf.py")
    if seen:
        raise UsageError(f"{folder} is not empty (it holds {seen[0]}); name a folder that is new or empty")


def _starter_files(site: NewSite) -> Iterator[NewFile]:
    folder = starter_folder(site.lang)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            place = path.relative_to(folder).as_posix()
            text = _filled(path.read_text(encoding="utf-8"), site)
            yield NewFile(_RENAMED.get(place, place), text.encode())


def _digest_files() -> Iterator[NewFile]:
    """Definitions and templates; the editions belong to the community that made them."""
    folder = digests_folder()
    for path in sorted(folder.glob("*/**/*")):
        place = path.relative_to(folder)
        if path.is_file() and path.suffix in _DIGEST_SUFFIXES and _OF_ONE_COMMUNITY not in place.parts:
            yield NewFile(f"digests/{place.as_posix()}", path.read_bytes())


def _filled(text: str, site: NewSite) -> str:
    return _BLANK.sub(lambda blank: _value(blank[1], site), text)


def _value(blank: str, site: NewSite) -> str:
    here = site.now.astimezone(site.timezone)
    if blank.endswith("days ago"):
        return (here - timedelta(days=int(blank.split()[0]))).date().isoformat()
    return {
        "title": json.dumps(site.title, ensure_ascii=False),
        "plain_title": site.title,
        "url": json.dumps(site.url, ensure_ascii=False),
        "timezone": json.dumps(site.timezone.key),
        "now": here.strftime("%Y-%m-%d %H:%M"),
    }[blank]
