"""`veillee mailbox`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from veillee.cli.console import report_error, say, say_aside, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.cli.storage import load_site, moment, opened
from veillee.cli.words import counted
from veillee.errors import ConfigurationError

if TYPE_CHECKING:
    from veillee.cli.reading_back import Finding, MailboxReport, Place
    from veillee.config import SiteSettings

EPILOG = "Example: veillee mailbox --dry-run"
LINES_SHOWN = 50


def mailbox(
    address: Annotated[
        str | None,
        typer.Option(
            "--mailbox",
            metavar="PLACE",
            help="Read this one: maildir:FOLDER or imaps://USER@HOST/FOLDER. [default: VEILLEE_MAILBOX]",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; change nothing, and leave all unread.")
    ] = False,
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read what comes back after a mailing: who wants to leave, which addresses bounce, who complains.

    What was taken care of is marked as read, and nothing is deleted. What a person must read stays unread, with the
    reason. The exit code is 5 where the mailbox cannot be reached.
    """
    from veillee.cli.reading_back import read_back, rehearse

    site = load_site(settings, now=now)
    place = _place(site, address)
    with opened(site) as database:
        read = rehearse if dry_run else read_back
        report = read(site, database, now=moment(site), place=place)
    if as_json:
        say_json({"is_dry_run": dry_run, **report_as_json(report)})
    else:
        say_report(report, is_rehearsal=dry_run)
    if report.error:
        report_error(report.error)
        raise typer.Exit(report.error.exit_code)


def _place(site: SiteSettings, address: str | None) -> Place:
    from pathlib import Path

    from veillee.cli.reading_back import configured_place, place_of

    if address is not None:
        return place_of(site, address, root=Path.cwd(), name="--mailbox")
    place = configured_place(site)
    if place is None:
        raise ConfigurationError(
            f"{site.settings_file}: VEILLEE_MAILBOX is not set; say where bounces and wishes to leave arrive, such as "
            '"maildir:var/mailbox" or "imaps://user@imap.example.org/INBOX"'
        )
    return place


def say_report(report: MailboxReport, *, is_rehearsal: bool = False) -> None:
    """What was found, for people."""
    from veillee.cli.reading_back import Fate

    named = report.of(Fate.LEFT, Fate.BOUNCED, Fate.COMPLAINED, Fate.CAME_BACK)
    for finding in named[:LINES_SHOWN]:
        said = f" ({finding.words})" if finding.words else ""
        say(f"{finding.fate.value}: {finding.address}: {finding.why}{said}")
    _say_more(len(named))
    ignored = Counter(map(_reason, report.of(Fate.IGNORED)))
    for why, count in ignored.most_common(LINES_SHOWN):
        say(f"ignored: {why}" + (f" ({count} times)" if count > 1 else ""))
    _say_more(len(ignored))
    waiting = report.of(Fate.LATER, Fate.FOR_A_HUMAN)
    for finding in waiting[:LINES_SHOWN]:
        say("\n  ".join(_for_a_person(finding)))
    _say_more(len(waiting))
    if report.error and not report.findings:
        return
    say(_sum(report) + (" Nothing was changed: this was a rehearsal." if is_rehearsal else ""))
    if not report.is_complete:
        say_aside("The time was up before all was read; run this again for the rest.")


def _reason(finding: Finding) -> str:
    return f"{finding.address}: {finding.why}" if finding.address else finding.why


def _for_a_person(finding: Finding) -> Iterator[str]:
    origin = ", ".join(part for part in (finding.address or finding.sender, f'"{finding.subject}"') if part.strip('"'))
    said = f" ({finding.words})" if finding.words else ""
    yield f"{finding.fate.value}: {origin + ': ' if origin else ''}{finding.why}{said}"
    if finding.todo:
        yield f"if it is really them: {finding.todo}"


def _say_more(count: int) -> None:
    if count > LINES_SHOWN:
        say(f"  and {count - LINES_SHOWN:,} more; --json lists them all")


def _sum(report: MailboxReport) -> str:
    from veillee.cli.reading_back import STAYING_UNREAD

    counts = Counter(finding.fate for finding in report.findings)
    if not report.findings:
        return f"{report.label}: no unread messages."
    stays = {fate: " (stays unread)" if counts[fate] == 1 else " (stay unread)" for fate in STAYING_UNREAD}
    parts = [f"{count:,} {fate.value}{stays.get(fate, '')}" for fate, count in counts.items()]
    return f"{report.label}: {counted(len(report.findings), 'unread message')}: {', '.join(parts)}."


def report_as_json(report: MailboxReport) -> dict[str, Any]:
    """The same for programs: a list for each fate."""
    from veillee.cli.reading_back import Fate

    return {
        "mailbox": report.label,
        "is_complete": report.is_complete,
        "error": report.error.message if report.error else None,
        **{fate.name.lower(): [_finding_as_json(one) for one in report.of(fate)] for fate in Fate},
    }


def _finding_as_json(one: Finding) -> dict[str, Any]:
    return {
        "address": one.address,
        "why": one.why,
        "words": one.words,
        "digest": one.digest_id,
        "from": one.sender,
        "subject": one.subject,
        "todo": one.todo,
    }
