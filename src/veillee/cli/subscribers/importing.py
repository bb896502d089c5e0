"""`veillee subscribers import`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from veillee.cli.console import report_faults, say, say_aside, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.cli.storage import load_site, moment, opened
from veillee.cli.subscribers.choosing import digest_ids, keys_of
from veillee.cli.words import counted
from veillee.errors import ContentError

if TYPE_CHECKING:
    from veillee.audience.imports import ImportReport

NOTES_SHOWN = 12
EPILOG = "Example: veillee subscribers import people.csv, with the columns address, name, lang, topics."


def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV or YAML file, one subscriber a row.", show_default=False)],
    strict: Annotated[bool, typer.Option("--strict", help="Store nothing where a row is refused.")] = False,
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a list in: new addresses are added, known ones brought up to date, whoever left stays out.

    Importing twice changes nothing. Rows with a problem are named and left out, the others are stored, and the exit
    code is 1.
    """
    from veillee.audience.imports import ImportReport, import_subscribers
    from veillee.audience.rows import check_rows
    from veillee.cli.progress import shown_progress
    from veillee.shown import shown_path
    from veillee.sources.subscribers import read_subscribers

    site = load_site(settings, now=now)
    read = read_subscribers(file, shown=shown_path(file))
    if read.faults:
        report = ImportReport(faults=list(read.faults), refused_count=len(read.faults), is_applied=False)
    else:
        with opened(site) as database, shown_progress(is_quiet=as_json) as progress:
            report = import_subscribers(
                database,
                check_rows(read.rows, digest_ids=digest_ids(site)),
                now=moment(site),
                keys=lambda: keys_of(site),
                all_or_nothing=strict,
                on_batch=lambda count: progress("Importing", count),
            )
    if as_json:
        say_json(_report_as_json(report, read.notes))
    else:
        _say_report(report, read.notes)
    if report.faults:
        raise typer.Exit(ContentError.exit_code)


def _say_report(report: ImportReport, notes: tuple[str, ...]) -> None:
    from veillee.audience.imports import MAX_NAMED

    report_faults(report.faults)
    if len(report.faults) == MAX_NAMED:
        say_aside(
            f"Those were the first {MAX_NAMED:,}: {counted(report.refused_count, 'row')} cannot be taken as they are."
        )
    for note in notes[:NOTES_SHOWN]:
        say_aside(f"note: {note}")
    for kept in report.kept_out[:NOTES_SHOWN]:
        say_aside(f"{kept.path}:{kept.line}: {kept.address} is {kept.state.value}, and stays so")
    if report.kept_out_count > NOTES_SHOWN:
        say_aside(f"and {counted(report.kept_out_count - NOTES_SHOWN, 'other')}; --json lists more")
    for left in report.still_left[:NOTES_SHOWN]:
        say_aside(f"{left.path}:{left.line}: {left.address} left {', '.join(left.digests)}, and keeps out of it")
    if report.still_left_count > NOTES_SHOWN:
        say_aside(f"and {counted(report.still_left_count - NOTES_SHOWN, 'other')}; --json lists more")
    if not report.is_applied:
        say("Nothing was imported: mend the problems above and import the list again.")
        return
    say(", ".join(_sums(report)) + ".")
    if report.faults:
        say("Mend the problems above and import the list again: what is stored already stays as it is.")


def _sums(report: ImportReport) -> Iterator[str]:
    yield f"{report.new_count:,} new"
    yield f"{report.changed_count:,} changed"
    yield f"{report.unchanged_count:,} unchanged"
    yield f"{report.kept_out_count:,} stay out"
    yield f"{report.refused_count:,} refused"


def _report_as_json(report: ImportReport, notes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "is_applied": report.is_applied,
        "new": report.new_count,
        "changed": report.changed_count,
        "unchanged": report.unchanged_count,
        "stay_out": report.kept_out_count,
        "refused": report.refused_count,
        "kept_out": [
            {"path": kept.path, "line": kept.line, "address": kept.address, "state": kept.state.value}
            for kept in report.kept_out
        ],
        "still_left": [
            {"path": one.path, "line": one.line, "address": one.address, "digests": list(one.digests)}
            for one in report.still_left
        ],
        "faults": [str(fault) for fault in sorted(report.faults)],
        "notes": list(notes),
    }
