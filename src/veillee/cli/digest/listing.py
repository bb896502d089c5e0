"""`veillee digest list`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from veillee.cli.console import report_faults, say, say_aside, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.errors import ContentError
from veillee.model import Every

if TYPE_CHECKING:
    from datetime import datetime

    from veillee.model import Digest, Edition, Period


EPILOG = "Example: veillee digest list --json"


@dataclass(frozen=True, slots=True)
class Listed:
    """A digest with the edition that comes next and the one that came last; None where none has a file."""

    digest: Digest
    coming: Period
    is_coming_drafted: bool
    last: Edition | None
    edition_count: int


def list_digests(
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the digests: when each appears, its last edition and its next one."""
    from veillee.site.editions import read_digests_and_editions
    from veillee.site.reading import read_site
    from veillee.site.settings import load_settings

    reading = read_site(load_settings(settings, overrides={"VEILLEE_NOW": now} if now else {}))
    read = read_digests_and_editions(reading.settings, reading.community)
    listed = [_listed(digest, read.editions_of(digest.id), reading.community.now) for digest in read.digests]
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


def _listed(digest: Digest, editions: tuple[Edition, ...], now: datetime) -> Listed:
    from veillee.editorial.periods import period_of

    coming = period_of(digest.schedule, now)
    shown = [one for one in editions if one.period_end <= now]
    return Listed(
        digest=digest,
        coming=coming,
        is_coming_drafted=any(one.id == coming.id for one in editions),
        last=shown[-1] if shown else None,
        edition_count=len(editions),
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
    state = "drafted" if one.is_coming_drafted else "not drafted yet"
    say(f"  next      {one.coming.id}, {said_instant(one.coming.end, digest)} ({state})")


def said_schedule(digest: Digest) -> str:
    """When a digest appears, as people say it."""
    schedule = digest.schedule
    if schedule.every is Every.INSTANT:
        return "as soon as there is something"
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
        "next": {"edition": one.coming.id, "at": one.coming.end.isoformat(), "drafted": one.is_coming_drafted},
        "last": {"edition": one.last.id, "at": one.last.period_end.isoformat()} if one.last else None,
        "editions": one.edition_count,
    }
