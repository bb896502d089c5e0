"""`veillee digest run`."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from veillee.cli.console import report_error, say, say_aside, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.cli.storage import opened, opened_if_made
from veillee.errors import ContentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from veillee.cli.digest.happening import Happening
    from veillee.cli.digest.stepping import Hand, Site
    from veillee.cli.reading_back import MailboxReport
    from veillee.config import SiteSettings
    from veillee.database import Database

EPILOG = """Examples: veillee digest run --dry-run, veillee digest run, veillee digest run weekly --json

Made for cron, a systemd timer or a CI job: run it as often as you like. Each edition goes out once, at the first run
after its time; what a run could not finish the next one goes on with."""


def run(
    digests: Annotated[
        list[str] | None, typer.Argument(help="These digests. [default: all of the site's]", show_default=False)
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done now; write, read and send nothing.")
    ] = False,
    transport: Annotated[
        str | None,
        typer.Option("--transport", "-t", metavar="NAME", help="maildir or smtp. [default: VEILLEE_TRANSPORT]"),
    ] = None,
    processes: Annotated[
        int, typer.Option("--processes", metavar="N", min=1, max=16, help="Send with so many processes.")
    ] = 1,
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Do all that is due: read the mailbox, draft, send, go on with what was begun.

    A digest with "review: true" is drafted, and goes out once its file is committed. An edition with too little in it
    is not made. Where a run is late by several periods the newest edition alone goes out, and none that is later than
    "late_days" allows. The worst exit code wins; what keeps one digest back keeps no other one back.
    """
    from veillee.cli.storage import load_site

    if transport not in (None, "maildir", "smtp"):
        raise UsageError(f'--transport is "{transport}"; allowed: maildir, smtp')
    site = load_site(settings, now=now)
    wanted = tuple(digests or ())
    if dry_run:
        told = _rehearse(settings, now, wanted, as_json=as_json)
    else:
        way_out = transport or site.mail.transport
        told = _run(site, settings, now, wanted, transport=way_out, processes=processes, as_json=as_json)
    if told:
        raise typer.Exit(told)


def _rehearse(settings: Path | None, now: str | None, wanted: tuple[str, ...], *, as_json: bool) -> int:
    from veillee.cli.digest.reading import read_site_and_digests
    from veillee.cli.digest.stepping import Foretelling, Site

    reading, read = read_site_and_digests(settings, now=now)
    with opened_if_made(reading.settings) as database:
        site = Site(reading, read, database)
        code = _tell(_each(site, wanted, Foretelling(site)), None, reading.community.now, as_json=as_json)
    if not as_json:
        say_aside("Nothing was written, and nothing was sent.")
    return code


def _run(
    site: SiteSettings,
    settings: Path | None,
    now: str | None,
    wanted: tuple[str, ...],
    *,
    transport: str,
    processes: int,
    as_json: bool,
) -> int:
    from veillee.cli.digest.alone import alone
    from veillee.cli.digest.reading import read_site_and_digests
    from veillee.cli.digest.stepping import Site, Taking

    with alone(site.var) as other:
        if other:
            _say_other(other, as_json=as_json)
            return 0
        with opened(site) as database:
            mailbox = _read_mailbox(site, database, as_json=as_json)
            reading, read = read_site_and_digests(settings, now=now)
            whole = Site(reading, read, database)
            is_quiet = as_json or not sys.stderr.isatty()
            hand = Taking(whole, database, transport, is_quiet=is_quiet, processes=processes)
            return _tell(_each(whole, wanted, hand), mailbox, reading.community.now, as_json=as_json)


def _say_other(other: str, *, as_json: bool) -> None:
    words = f"Another run is at work ({other}); nothing was done, it does what is due."
    if as_json:
        say_json({"is_other_at_work": True, "words": words, "mailbox": None, "steps": [], "exit_code": 0})
    else:
        say(words)


def _read_mailbox(site: SiteSettings, database: Database, *, as_json: bool) -> MailboxReport | None:
    """Who left is not mailed. A mailbox that cannot be reached is told, and keeps no mail from going out."""
    from veillee.cli.mailbox import say_report
    from veillee.cli.reading_back import configured_place, read_back
    from veillee.cli.storage import moment

    if configured_place(site) is None:
        return None
    report = read_back(site, database, now=moment(site))
    if not as_json:
        if report.findings or not report.error:
            say_report(report)
        if report.error:
            report_error(report.error)
    return report


def _each(site: Site, wanted: tuple[str, ...], hand: Hand) -> Iterator[Happening]:
    """What happens to one digest after the other, until a person stops it."""
    from veillee.cli.digest.stepping import run_digest

    for digest_id in _chosen_ids(site, wanted):
        for happening in run_digest(site, digest_id, hand):
            yield happening
            if happening.ends_the_run:
                return


def _chosen_ids(site: Site, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The digests to look after, also those whose definition is broken; raises UsageError for what is none."""
    read = site.read
    for digest_id in wanted:
        with suppress(ContentError):  # told in its turn
            read.digest(digest_id)
    if wanted:
        return tuple(dict.fromkeys(wanted))
    if read.are_shipped:
        known = " or ".join(f"veillee digest run {digest.id}" for digest in read.digests)
        raise UsageError(f"this site has no digests of its own; say which of Veillée's to run: {known}")
    return read.digest_ids


def _tell(happenings: Iterator[Happening], mailbox: MailboxReport | None, now: datetime, *, as_json: bool) -> int:
    """Says each step as it happens, or all of them as JSON at the end; the exit code."""
    from veillee.cli.digest.happening import say_happening, worst
    from veillee.cli.mailbox import report_as_json

    told = []
    for happening in happenings:
        told.append(happening)
        if not as_json:
            say_happening(happening)
    code = max(worst(told), mailbox.error.exit_code if mailbox and mailbox.error else 0)
    if as_json:
        say_json(
            {
                "is_other_at_work": False,
                "now": now.isoformat(),
                "mailbox": report_as_json(mailbox) if mailbox else None,
                "steps": [happening.as_plain() for happening in told],
                "exit_code": code,
            }
        )
    return code
