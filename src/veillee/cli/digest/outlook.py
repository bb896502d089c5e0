"""What a run would do with a digest now, and what was sent of it last, in a few words: nothing is tried out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from veillee.cli.digest.standing import decide, standing_of
from veillee.config import SiteSettings
from veillee.database import Database
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.records import FrozenEdition, Tally
from veillee.editorial.due import AwaitReview, Draft, GoOn, Missed, Nothing, Send, Step, names
from veillee.errors import VeilleeError
from veillee.model import Community, Digest
from veillee.site.editions import EditionsRead


@dataclass(frozen=True, slots=True)
class Outlook:
    """`steps` are sentences without a full stop; `waiting` are editions that wait for review."""

    steps: tuple[str, ...]
    waiting: tuple[str, ...] = ()
    sent: FrozenEdition | None = None
    tally: Tally | None = None


def look_out(
    digest: Digest, read: EditionsRead, database: Database | None, *, site: SiteSettings, community: Community
) -> Outlook:
    """What a run would do at this instant; never raises what is ours."""
    try:
        steps = decide(standing_of(digest.id, read, database, site=site, now=community.now), community.now)
        waiting = tuple(step.edition.id for step in steps if isinstance(step, AwaitReview))
        said = tuple(_said(steps, digest))
        ledger = Ledger(database) if database else None
        sent = next(iter(ledger.editions_of(digest.id)), None) if ledger else None
        return Outlook(said, waiting, sent, ledger.tally(sent) if ledger and sent else None)
    except VeilleeError as error:
        return Outlook((f"cannot do anything: {error.message}",))


def _said(steps: tuple[Step, ...], digest: Digest) -> Iterator[str]:
    missed = [step for step in steps if isinstance(step, Missed)]
    if missed:
        yield f"passes over {names(missed)}, of which nobody got an edition"
    for step in steps:
        match step:
            case Draft(period) if digest.schedule.is_instant:
                yield f"drafts what is new{_then(digest)}"
            case Draft(period):
                yield f"drafts {period.id}{_then(digest)}"
            case Send(edition):
                yield f"sends {edition.id}"
            case AwaitReview(edition):
                yield f"waits for {edition.id} to be committed: {edition.source}"
            case GoOn(edition_id):
                yield f"goes on with {edition_id}"
            case Nothing(reason):
                yield f"does nothing: {reason}"


def _then(digest: Digest) -> str:
    after = "waits for it to be committed" if digest.needs_review else "sends it"
    least = digest.minimum_items
    return (
        f", where there {'is' if least == 1 else 'are'} at least {least} post{'s' if least != 1 else ''}, and {after}"
    )
