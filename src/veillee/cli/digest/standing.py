"""Where a digest stands: its files, the ledger's account of them, and what was committed -> a Standing to decide on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from veillee.cli.digest.watching import read_watch
from veillee.config import SiteSettings
from veillee.database import Database
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.records import Tally
from veillee.editorial.due import Mailed, Standing, Step, decide_due
from veillee.editorial.instants import decide_instant
from veillee.site.editions import EditionsRead, editions_folder
from veillee.sources.git import check_repository, is_committed

MOST_ASKED = 12
"""Of how many editions git is asked."""


def standing_of(
    digest_id: str, read: EditionsRead, database: Database | None, *, site: SiteSettings, now: datetime
) -> Standing:
    """Everything that there is to know of a digest before something is decided.

    Raises ConfigurationError where a commit is waited for and there is no git to ask.
    """
    digest = read.digest(digest_id)
    mailed = tuple(_mailed(Standing(digest), Ledger(database), now)) if database else ()
    since = read_watch(site.var, digest.id) if digest.schedule.is_instant else None
    known = Standing(digest, read.editions_of(digest.id), mailed, watched_since=since)
    if not digest.needs_review:
        return known
    folder = editions_folder(site, digest.id)
    check_repository(folder)
    return replace(known, is_committed=_committed(known, folder, now))


def decide(standing: Standing, now: datetime) -> tuple[Step, ...]:
    """The steps that are due."""
    is_instant = standing.digest.schedule.is_instant
    return decide_instant(standing, now) if is_instant else decide_due(standing, now)


def _mailed(standing: Standing, ledger: Ledger, now: datetime) -> Iterator[Mailed]:
    """The digest's editions in the ledger, newest first. Rows are counted only where the count may still matter.

    That is within the lateness limit, and back to the last edition that anybody got; what lies before it is past.
    """
    is_past = False
    for frozen in ledger.editions_of(standing.digest.id):
        if is_past:
            yield Mailed(frozen.edition_id, frozen.period_end, is_finished=True, has_arrived=True)
            continue
        tally = ledger.tally(frozen)
        one = Mailed(
            frozen.edition_id,
            frozen.period_end,
            is_finished=frozen.is_paused or not _is_waited_for(tally),
            has_arrived=_may_be_read(tally),
            is_paused=frozen.is_paused,
        )
        is_past = one.is_told and standing.is_late(frozen.period_end, now)
        yield one


def _is_waited_for(tally: Tally) -> bool:
    """Whether an edition goes on by itself. Doubts and refusals are for a person, as is what a person paused."""
    return bool(tally.waiting or tally.claimed or tally.put_off)


def _may_be_read(tally: Tally) -> bool:
    """Whether anybody has it, or may have it."""
    return tally.accepted + tally.in_doubt + tally.claimed > 0


def _committed(standing: Standing, folder: Path, now: datetime) -> dict[str, bool]:
    """Of the newest editions that were not begun: whether git has them as they are."""
    begun = {one.edition_id for one in standing.mailed}
    waiting = [one.id for one in standing.editions if one.id not in begun and one.period_end <= now]
    return {edition_id: is_committed(folder / f"{edition_id}.md") for edition_id in waiting[-MOST_ASKED:]}
