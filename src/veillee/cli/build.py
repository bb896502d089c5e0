"""`veillee build`."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import veillee
from veillee.cli.console import report_faults, say, say_aside, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.cli.progress import shown_progress
from veillee.cli.words import build_at_rest, build_in_words, counted
from veillee.errors import nearest
from veillee.standstill import Standstill

if TYPE_CHECKING:
    from veillee.site.report import BuildReport

EPILOG = "Examples: veillee build, veillee build --content notes --output public --now 2026-11-20T09:00"
NOTES_SHOWN = 12

ContentOption = Annotated[
    Path | None,
    typer.Option("--content", "-c", metavar="DIR", help="The folder of posts. [default: PATH of the settings]"),
]


def build(
    content: ContentOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Where the site goes. [default: OUTPUT_PATH, or output]"),
    ] = None,
    drafts: Annotated[bool, typer.Option("--drafts", help="Write drafts too, below drafts/.")] = False,
    profile: Annotated[bool, typer.Option("--profile", help="Say afterwards where the time went.")] = False,
    explain: Annotated[
        str | None,
        typer.Option("--explain", metavar="PAGE", help="Say why a page was written anew, such as stories/picnic.html."),
    ] = None,
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the site and its feeds: what has changed, and what hangs on it.

    A post with a problem is left out and named; the others are written, and the exit code is 1.
    """
    from veillee.site.building import build_site
    from veillee.site.settings import load_settings

    began_ns = time.time_ns()
    overrides = overrides_of(content=content, output=output, now=now, drafts=drafts)
    loaded = load_settings(settings, overrides=overrides)
    standstill = _standstill(loaded, began_ns)
    with shown_progress(is_quiet=as_json) as progress:
        report = build_site(loaded, report=progress)
    _say(report, as_json=as_json)
    if profile:
        _say_phases(report)
    if explain:
        _say_reason(report, explain)
    if report.rest is None or profile or explain:
        standstill.forget()
    else:
        standstill.keep(
            report.rest.written,
            until_ns=_nanoseconds(report.rest.until),
            said=(build_at_rest(report, as_json=as_json), _aside(report, as_json=as_json)),
            mark=report.rest.mark,
            call=(str(settings or ""), overrides, as_json),
        )
    raise typer.Exit(report.exit_code)


def _say(report: BuildReport, *, as_json: bool) -> None:
    if as_json:
        say_json(report.as_plain())
    else:
        _say_report(report)


def _standstill(settings: dict[str, Any], began_ns: int) -> Standstill:
    """What stands on the disk before the site is read."""
    from veillee.config import site_settings
    from veillee.languages import FOLDER as LANGUAGES_FOLDER
    from veillee.site.programs import sources_of
    from veillee.site.settings import FILE_KEY, ROOT_KEY

    root = Path(settings[ROOT_KEY])
    site = site_settings(settings, root=root)
    program, packages = Path(veillee.__file__).parent, Path(typer.__file__).parents[1]
    folders = [program, site.content, Path(settings["THEME"]), site.digests, root / LANGUAGES_FOLDER]
    folders += settings["THEME_TEMPLATES_OVERRIDES"]
    return Standstill(
        str(site.var),
        sys.argv[1:],
        folders=map(str, folders),
        files=map(str, [packages, settings[FILE_KEY], *(sources_of(settings, root) or ())]),
        but=map(str, (site.output, site.var)),
        began_ns=began_ns,
    )


def _aside(report: BuildReport, *, as_json: bool) -> str:
    """What the same command says aside as long as nothing changes."""
    return "" if as_json else "".join(f"{line}\n" for line in _notes_in_words(report.notes))


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000_000)


def overrides_of(
    *, content: Path | None = None, output: Path | None = None, now: str | None = None, drafts: bool = False
) -> dict[str, Any]:
    """Settings that a command line names; what it does not name is not in it."""
    named = {
        "PATH": str(content) if content else None,
        "OUTPUT_PATH": str(output) if output else None,
        "VEILLEE_NOW": now,
        "_VEILLEE_DRAFTS": drafts or None,
    }
    return {name: value for name, value in named.items() if value is not None}


def say_notes(notes: tuple[str, ...]) -> None:
    """The first notes, one line each."""
    for line in _notes_in_words(notes):
        say_aside(line)


def _notes_in_words(notes: tuple[str, ...]) -> list[str]:
    lines = [f"note: {' '.join(note.split())}" for note in notes[:NOTES_SHOWN]]
    more = len(notes) - NOTES_SHOWN
    return [*lines, f"note: and {more} more; --json lists them all"] if more > 0 else lines


def _say_report(report: BuildReport) -> None:
    report_faults(report.faults)
    say_notes(report.notes)
    for line in build_in_words(report):
        say(line)


def _say_phases(report: BuildReport) -> None:
    """Where the time of a build went, the longest phase first."""
    whole = report.seconds or 1.0
    say("")
    for phase, seconds in sorted(report.phases, key=lambda one: -one[1]):
        say(f"{seconds:>8.2f} s  {seconds / whole:>4.0%}  {phase}")
    rendered = sum(bool(one.reason) for one in report.made)
    say(f"{counted(rendered, 'file')} of {len(report.made):,} rendered.")


def _say_reason(report: BuildReport, page: str) -> None:
    """Why a page was rendered."""
    wanted = page.removeprefix(f"{report.output}/").lstrip("/") or "index.html"
    found = {one.path: one for one in report.made}
    one = found.get(wanted) or found.get(f"{wanted.rstrip('/')}/index.html")
    if one is None:
        near = nearest(wanted, found)
        hint = f'did you mean "{near}"?' if near else "name a file below the output folder"
        say_aside(f"{wanted} is not a page of this site; {hint}")
    elif not one.reason:
        say(f"{one.path} was right as it stood: nothing that it is made from has changed.")
    else:
        changed = "" if one.is_changed else "; it came out as it was"
        say(f"{one.path} was rendered because {one.reason}{changed}.")
