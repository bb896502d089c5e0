"""`veillee init`."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from veillee.cli.console import say, say_aside, say_json
from veillee.cli.options import JsonOption, NowOption
from veillee.errors import UsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

EPILOG = 'Example: veillee init mysite --title "Our workshop" --lang fr --timezone Europe/Paris'


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; it must be new or empty.")],
    title: Annotated[
        str | None, typer.Option("--title", help="What the site is called. [default: the folder's name]")
    ] = None,
    lang: Annotated[str | None, typer.Option("--lang", help="en or fr. [default: that of this terminal]")] = None,
    url: Annotated[
        str, typer.Option("--url", help="Where people will find the site, such as https://news.example.org.")
    ] = "",
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="Such as Europe/Paris. [default: this machine's]")
    ] = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new site in a folder: settings, first posts, digests, all of it working.

    Nothing that exists is written over.
    """
    from veillee.site.starting import NewSite, plan_site, write_site

    zone = _zone(timezone)
    site = NewSite(
        title=_title(title, folder),
        lang=_language(lang),
        url=_url(url),
        timezone=zone,
        now=instant(now, zone),
    )
    files = plan_site(site)
    kept = write_site(folder, files)
    written = [file.path for file in files if file.path not in kept]
    if as_json:
        say_json({"folder": str(folder), "title": site.title, "lang": site.lang, "written": written, "kept": kept})
        return
    for path in kept:
        say_aside(f"note: {path} was there already and is as it was")
    say(f"{site.title} is ready in {folder} ({len(written)} files). Next:")
    if folder.absolute() != Path.cwd():
        say(f"  cd {_quoted(folder)}")
    say("  veillee serve                     shows it in your browser, and follows each file that you save")
    say('  veillee new story "Its title"     writes the next post for you to fill')


def instant(text: str | None, zone: ZoneInfo) -> datetime:
    """The pretended instant, in the zone where it names none; else the clock's."""
    if text is None:
        return datetime.now(zone)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f'--now "{text}" is not an instant; write it like 2026-11-20T08:00') from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _title(typed: str | None, folder: Path) -> str:
    words = typed if typed is not None else folder.absolute().name.replace("-", " ").replace("_", " ")
    title = " ".join("".join(char for char in words if char.isprintable()).split())
    if not title:
        raise UsageError('the title is empty; write it like --title "Our workshop"')
    return title if typed else title[:1].upper() + title[1:]


def _language(typed: str | None) -> str:
    from veillee.site.starting import STARTER_LANGUAGES

    if typed is None:
        spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
        return "fr" if spoken.lower().startswith("fr") else "en"
    if typed.lower() not in STARTER_LANGUAGES:
        raise UsageError(f'--lang "{typed}" is not there yet; allowed: {", ".join(STARTER_LANGUAGES)}')
    return typed.lower()


def _url(typed: str) -> str:
    from urllib.parse import urlsplit

    url = typed.strip().rstrip("/")
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise UsageError(f'--url "{typed}" is not an address; write it like https://news.example.org')
    return url


def _zone(typed: str | None) -> ZoneInfo:
    from zoneinfo import ZoneInfo

    from veillee.site.starting import is_timezone, machine_timezone

    name = typed or machine_timezone()
    if not is_timezone(name):
        raise UsageError(f'--timezone "{name}" is not known; write a name like Europe/Paris')
    return ZoneInfo(name)


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))
