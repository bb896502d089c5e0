"""`veillee digest list`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from veillee.cli.console import report_faults, say, say_aside, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.cli.storage import opened_if_made
from veillee.errors import ContentError

if TYPE_CHECKING:
    from veillee.cli.digest.outlook import Outlook
    from veillee.database import Database
    from veillee.model import Digest, Edition, Period
    from veillee.site.editions import EditionsRead
    from veillee.site.reading import SiteReading


EPILOG = "Example: veillee digest list --json"


@dataclass(frozen=True, slots=True)
class Listed:
    """A digest with the edition that comes next and the one that came last; None where none has a file.

    `coming` is None for an instant digest.
    """

    digest: Digest
    coming: Period | None
    is_coming_drafted: bool
    last: Edition | None
    edition_count: int
    outlook: Outlook


def list_digests(
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the digests: when each appears, its last and next edition, what was sent, what a run would do now."""
    from veillee.cli.digest.reading import read_site_and_digests

    reading, read = read_site_and_digests(settings, now=now)
    with opened_if_made(reading.settings) as database:
        listed = [_listed(digest, reading, read, database) for digest in read.digests]
    if as_json:
        say_json([_as_json(one) for one in listed])
    else:
        for one in listed:
            _say(one)
        if read.are_shipped:
            say_aside("This site has no digests of its own: these come with Veillée. To change them, run veillee init.")
    if read.faults:
        report_faults(read.faults)
        raise typer.Exit(ContentError.exit_code)


def _listed(digest: Digest, reading: SiteReading, read: EditionsRead, database: Database | None) -> Listed:
    from veillee.cli.digest.outlook import look_out
    from veillee.editorial.periods import period_of

    editions, now = read.editions_of(digest.id), reading.community.now
    coming = None if digest.schedule.is_instant else period_of(digest.schedule, now)
    shown = [one for one in editions if one.period_end <= now]
    return Listed(
        digest=digest,
        coming=coming,
        is_coming_drafted=any(coming and one.id == coming.id for one in editions),
        last=shown[-1] if shown else None,
        edition_count=len(editions),
        outlook=look_out(digest, read, database, site=reading.settings, community=reading.community),
    )


def _say(one: Listed) -> None:
    from veillee.cli.digest.drafting import said_instant

    digest = one.digest
    say(typer.style(digest.id, bold=True) + f"  {digest.title_in(digest.languages[0])}")
    say(f"  appears   {said_schedule(digest)}, in {', '.join(digest.languages)}")
    if one.last is not None:
        day = said_instant(one.last.period_end, digest)
        count = f"{one.edition_count} edition{'s' if one.edition_count > 1 else ''} in all"
        say(f"  last      {one.last.id}, {day} ({count})")
    else:
        say(f"  last      none yet; begin with: veillee digest draft {digest.id}")
    if one.coming is not None:
        state = "drafted" if one.is_coming_drafted else "not drafted yet"
        say(f"  next      {one.coming.id}, {said_instant(one.coming.end, digest)} ({state})")
    say(f"  sent      {_said_sent(one.outlook)}")
    for index, step in enumerate(one.outlook.steps):
        say(f"{'            ' if index else '  a run now '}{step}")


def _said_sent(outlook: Outlook) -> str:
    """The newest edition of the ledger, with how many have it."""
    sent, tally = outlook.sent, outlook.tally
    if sent is None or tally is None:
        return "nothing yet"
    state = "" if tally.is_sent else ", not complete"
    return f"{sent.edition_id}, accepted for {tally.accepted:,} of {tally.planned:,}{state}"


def said_schedule(digest: Digest) -> str:
    """When a digest appears, as people say it."""
    schedule = digest.schedule
    if schedule.is_instant:
        return "as soon as something is published"
    at = f"at {schedule.at:%H:%M} ({schedule.timezone.key})"
    if schedule.weekday is not None:
        return f"every {schedule.weekday.name.capitalize()} {at}"
    if schedule.day_of_month is not None:
        return f"every month on day {schedule.day_of_month} {at}"
    return f"every day {at}"


def _as_json(one: Listed) -> dict[str, Any]:
    digest = one.digest
    return {
        "id": digest.id,
        "titles": dict(digest.titles),
        "folder": digest.folder,
        "languages": list(digest.languages),
        "appears": said_schedule(digest),
        "sender": f"{digest.sender.name} <{digest.sender.address}>",
        "next": {"edition": one.coming.id, "at": one.coming.end.isoformat(), "drafted": one.is_coming_drafted}
        if one.coming
        else None,
        "last": {"edition": one.last.id, "at": one.last.period_end.isoformat()} if one.last else None,
        "editions": one.edition_count,
        "sent": _sent_as_json(one.outlook),
        "waits_for_review": list(one.outlook.waiting),
        "a_run_now": list(one.outlook.steps),
    }


def _sent_as_json(outlook: Outlook) -> dict[str, Any] | None:
    sent, tally = outlook.sent, outlook.tally
    if sent is None or tally is None:
        return None
    return {
        "edition": sent.edition_id,
        "planned": tally.planned,
        "accepted": tally.accepted,
        "is_sent": tally.is_sent,
    }
