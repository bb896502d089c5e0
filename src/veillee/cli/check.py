"""`veillee check`."""

from __future__ import annotations

import typer

from veillee.cli.build import ContentOption, overrides_of, say_notes
from veillee.cli.console import report_faults, say, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.cli.words import counted

EPILOG = "Example: veillee check --now 2026-11-20T09:00"


def check(
    content: ContentOption = None,
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read everything, write nothing, and name every problem with its file and line.

    Posts, members, pages, links, pictures, digests and their editions. The exit code is 1 where there is a problem.
    """
    from veillee.site.checking import check_site
    from veillee.site.settings import load_settings

    report = check_site(load_settings(settings, overrides=overrides_of(content=content, now=now)))
    if as_json:
        say_json(report.as_plain())
    else:
        report_faults(report.faults)
        say_notes(report.notes)
        if not report.faults:
            members = f", {counted(report.members, 'member')}" if report.members else ""
            editions = f", {counted(report.editions, 'edition')}" if report.editions else ""
            say(f"No problems: {counted(report.read, 'post')}{members}{editions}.")
    raise typer.Exit(report.exit_code)
