"""A draft as a command makes it: a site's settings -> the proposal, its text and its place; nothing is printed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path

from veillee.cli.digest.reading import read_site_and_digests
from veillee.cli.digest.watching import read_watch
from veillee.editorial.draft import NextDraft, describe_proposal, next_draft
from veillee.editorial.due import Standing
from veillee.editorial.instants import instant_period
from veillee.editorial.periods import period_named, periods_back
from veillee.editorial.proposal import Proposal
from veillee.editorial.selection import propose_edition
from veillee.errors import ContentError, Fault, UsageError
from veillee.languages import language
from veillee.model.community import Community
from veillee.model.edition import Digest, Edition
from veillee.shown import shown_path
from veillee.site.editions import EditionsRead, editions_folder
from veillee.site.reading import SiteReading
from veillee.sources.edition_text import edition_text
from veillee.sources.editions import write_edition

LOOK_BACK = timedelta(days=366)
"""How far before the newest post an edition with enough in it is looked for."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal and the file that it would be written to; `faults` are those of posts that could not be read."""

    digest: Digest
    proposal: Proposal
    community: Community
    earlier: tuple[Edition, ...]
    reason: str
    text: str
    path: Path
    is_shipped: bool
    faults: tuple[Fault, ...]

    @property
    def shown(self) -> str:
        return shown_path(self.path)

    @property
    def appears(self) -> str:
        return said_instant(self.proposal.edition.period_end, self.digest)

    def too_little(self) -> Iterator[str]:
        """Why there is no edition, and what can be done."""
        edition = self.proposal.edition
        count = edition.news_count
        because = f" ({self.reason})" if self.reason else ""
        yield (
            f"No edition is proposed for {edition.id}{because}: there is too little, "
            f"{count} post{'s' if count != 1 else ''}, and {self.digest.id} needs {self.proposal.minimum}."
        )
        if self.path.exists():
            yield f"It has its file already: {self.shown}"
        elif self.earlier:
            newest = self.earlier[-1]
            yield f"The newest edition that has a file is {newest.id}: {shown_path(Path(newest.source))}"
        fuller = _fuller_period(self)
        if fuller:
            yield f"There is enough for {fuller}: veillee digest draft {self.digest.id} --edition {fuller}"
        yield f"Publish something, wait, choose another edition, or {self._lower_minimum}. --explain says more."

    @property
    def _lower_minimum(self) -> str:
        if self.is_shipped:
            return f'give this site a digests/{self.digest.id}/digest.yaml with a lower "minimum"'
        return f'lower "minimum" in {self.digest.folder}/digest.yaml'


def make_draft(digest_id: str, edition_id: str | None, *, settings: Path | None, now: str | None) -> Draft:
    """The draft of an edition, None meaning the next one.

    Raises ContentError where the definitions or the editions of before cannot be read: what they carried would be
    carried again.
    """
    reading, read = read_site_and_digests(settings, now=now)
    digest = read.digest(digest_id)
    chosen = _chosen(reading, read, digest, edition_id)
    return draft_period(reading, read, digest, chosen)


def draft_period(
    reading: SiteReading, read: EditionsRead, digest: Digest, chosen: NextDraft, *, untold: Collection[str] = ()
) -> Draft:
    """The draft of a period. What the `untold` editions carried nobody has read: it may be carried again."""
    community = reading.community
    earlier = read.editions_of(digest.id)
    path = editions_folder(reading.settings, digest.id) / f"{chosen.period.id}.md"
    if faults := [fault for fault in read.faults_of(digest.id) if fault.path != shown_path(path)]:
        raise ContentError(faults=faults)
    proposal = propose_edition(digest, chosen.period, community, earlier=earlier, untold=untold)
    return Draft(
        digest=digest,
        proposal=proposal,
        community=community,
        earlier=earlier,
        reason=chosen.reason,
        text=edition_text(proposal.edition, digest, describe_proposal(proposal, digest, community)),
        path=path,
        is_shipped=read.are_shipped,
        faults=reading.faults,
    )


def write_draft(made: Draft) -> str:
    """Write the file; where one was there, it is kept under another name, which is returned."""
    kept = ""
    if made.path.exists():
        old = made.path.with_name(f"{made.path.name}.old")
        old.write_bytes(made.path.read_bytes())
        kept = shown_path(old)
    write_edition(made.path, made.text, replace=bool(kept))
    return kept


def said_instant(instant: datetime, digest: Digest) -> str:
    """An instant as people say it, in the digest's time zone."""
    local = instant.astimezone(digest.schedule.timezone)
    return f"{language('en').format_date(local, 'full')}, {local:%H:%M}"


def _chosen(reading: SiteReading, read: EditionsRead, digest: Digest, edition_id: str | None) -> NextDraft:
    earlier, now = read.editions_of(digest.id), reading.community.now
    if edition_id is None and digest.schedule.is_instant:
        since = read_watch(reading.settings.var, digest.id)
        period = instant_period(Standing(digest, earlier, watched_since=since), now)
        return NextDraft(period, f"it looks at what came since {said_instant(period.start, digest)}")
    if edition_id is None:
        return next_draft(digest, earlier, now)
    try:
        return NextDraft(period_named(digest.schedule, edition_id), "")
    except ValueError as error:
        raise UsageError(f"--edition: {error}") from error


def _fuller_period(made: Draft) -> str | None:
    """The newest period, not long before the newest post, for which there is enough; None where there is none."""
    if made.digest.schedule.is_instant or not made.community.posts:
        return None
    newest = max(post.published_at for post in made.community.posts)
    drafted = {one.id for one in made.earlier}
    periods = takewhile(lambda period: period.end > newest - LOOK_BACK, periods_back(made.digest.schedule, newest))
    for period in periods:
        if period.id not in drafted and period.start <= made.community.now:
            proposal = propose_edition(made.digest, period, made.community, earlier=made.earlier)
            if proposal.is_enough:
                return period.id
    return None
