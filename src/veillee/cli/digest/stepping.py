"""The steps of a digest, carried out: what was decided -> files, mail, and what happened. Foretold: the same, untaken.

A digest that is kept back by an error keeps no other one back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from veillee.cli.digest.accounting import as_json, equation, verdict
from veillee.cli.digest.drafting import Draft as DraftMade
from veillee.cli.digest.drafting import draft_period, write_draft
from veillee.cli.digest.happening import Happening, What, failure, is_only_early
from veillee.cli.digest.mailing import Mailing, check_may_go_out
from veillee.cli.digest.planning import foresee
from veillee.cli.digest.sending import Sent, send_edition
from veillee.cli.digest.standing import decide, standing_of
from veillee.cli.digest.watching import begin_watch
from veillee.cli.words import counted
from veillee.database import Database
from veillee.delivery.ledger.book import Ledger
from veillee.editorial.draft import NextDraft
from veillee.editorial.due import (
    AwaitReview,
    Draft,
    GoOn,
    Missed,
    Nothing,
    Send,
    Standing,
    Step,
    missed_editions,
    names,
)
from veillee.editorial.instants import watched_from
from veillee.editorial.periods import period_named
from veillee.editorial.proposal import Why
from veillee.errors import ContentError, DeliveryError, VeilleeError
from veillee.model import Digest, Edition
from veillee.site.editions import EditionsRead
from veillee.site.reading import SiteReading
from veillee.sources.editions import read_edition


@dataclass(frozen=True, slots=True)
class Site:
    """A site as it was read, and its ledger; None where there is none yet."""

    reading: SiteReading
    read: EditionsRead
    database: Database | None

    def standing(self, digest: Digest) -> Standing:
        site, now = self.reading.settings, self.reading.community.now
        return standing_of(digest.id, self.read, self.database, site=site, now=now)

    def mailing(self, digest: Digest, edition: Edition) -> Mailing:
        return Mailing(self.reading.settings, self.reading.community, digest, edition, self.reading.faults)


class Hand(Protocol):
    """What takes steps, or tells what it would do."""

    def begin(self, standing: Standing) -> None: ...

    def draft(self, made: DraftMade) -> Iterator[Happening]: ...

    def send(self, mailing: Mailing) -> Iterator[Happening]: ...

    def go_on(self, mailing: Mailing) -> Iterator[Happening]: ...


def run_digest(site: Site, digest_id: str, hand: Hand) -> Iterator[Happening]:
    """Everything that is due of a digest, in its order; never raises what is ours."""
    try:
        if faults := site.read.faults_of(digest_id):
            raise ContentError(faults=faults)
        yield from _Course(site, site.read.digest(digest_id), hand).run()
    except VeilleeError as error:
        yield failure(digest_id, error)


@dataclass(slots=True)
class _Course:
    site: Site
    digest: Digest
    hand: Hand

    def run(self) -> Iterator[Happening]:
        standing = self.site.standing(self.digest)
        self.hand.begin(standing)
        yield from self._take(decide(standing, self.site.reading.community.now), standing)

    def _take(self, steps: tuple[Step, ...], standing: Standing) -> Iterator[Happening]:
        missed = [step for step in steps if isinstance(step, Missed)]
        for step in steps:
            for happening in self._taken(step, standing, missed):
                yield happening
                if happening.ends_the_run or happening.what is What.FAILED:
                    return

    def _taken(self, step: Step, standing: Standing, missed: list[Missed]) -> Iterator[Happening]:
        match step:
            case Draft():
                yield from self._draft(step, standing, missed)
            case Send(edition):
                yield from self._named(missed)
                yield from self.hand.send(self.site.mailing(self.digest, edition))
            case AwaitReview(edition):
                yield waiting(self.digest, edition, is_new=False)
            case GoOn(edition_id):
                yield from self.hand.go_on(self.site.mailing(self.digest, _edition(standing, edition_id)))
            case Nothing(reason):
                yield Happening(self.digest.id, What.NOTHING, f"nothing to do: {reason}.")
            case Missed():
                pass  # told with what goes out after them

    def _draft(self, step: Draft, standing: Standing, missed: list[Missed]) -> Iterator[Happening]:
        chosen = NextDraft(step.period, "")
        made = draft_period(self.site.reading, self.site.read, self.digest, chosen, untold=missed_editions(missed))
        if made.proposal.is_enough:
            yield from self._named(missed)
            yield from self.hand.draft(made)
            return
        yield _quiet(made)
        if self.digest.schedule.is_instant:
            yield from self._named(missed)
            return
        quiet = replace(standing, quiet_ids={*standing.quiet_ids, step.period.id})
        steps = decide(quiet, self.site.reading.community.now)
        yield from self._take(tuple(one for one in steps if not isinstance(one, Nothing | GoOn)), quiet)

    def _named(self, missed: list[Missed]) -> Iterator[Happening]:
        if not missed:
            return
        if not self.digest.schedule.is_instant:
            words = f"{names(missed)} passed, and nobody got an edition; none is sent behind the newest."
            yield Happening(self.digest.id, What.MISSED, words)
            return
        days = counted(self.digest.lateness_days, "day")
        words = f"{names(missed)} was not sent within {days} (late_days), and nobody gets it by itself any more."
        todo = f"To mail it all the same: veillee digest send {self.digest.id} --edition {missed[-1].period.id} --late"
        yield Happening(self.digest.id, What.MISSED, words, todo=todo, is_new=False)


@dataclass(frozen=True, slots=True)
class Taking:
    """Does what is due: writes files, sends mail."""

    site: Site
    database: Database
    transport: str
    is_quiet: bool
    processes: int = 1

    def begin(self, standing: Standing) -> None:
        """Writes down when an instant digest began, so that a post is not lost between two runs."""
        if standing.digest.schedule.is_instant and standing.watched_since is None:
            reading = self.site.reading
            since = watched_from(standing.editions, None, reading.community.now)
            begin_watch(reading.settings.var, standing.digest.id, since)

    def draft(self, made: DraftMade) -> Iterator[Happening]:
        write_draft(made)
        digest = made.digest
        edition = read_edition(made.path, digest=digest, shown=made.shown, period_named=period_named)
        if not isinstance(edition, Edition):
            raise ContentError(faults=edition)
        words = f"drafted in {made.shown}, with {counted(edition.news_count, 'post')}."
        # Posts that could not be read are not in the draft: their authors must know, the others are served.
        code = ContentError.exit_code if made.faults else 0
        yield Happening(digest.id, What.DRAFTED, words, edition.id, exit_code=code, faults=made.faults)
        if digest.needs_review:
            yield waiting(digest, edition, is_new=True)
        else:
            yield from self.send(self.site.mailing(digest, edition))

    def send(self, mailing: Mailing) -> Iterator[Happening]:
        check_may_go_out(mailing, is_late_allowed=False)
        yield from self.go_on(mailing)

    def go_on(self, mailing: Mailing) -> Iterator[Happening]:
        sent = send_edition(
            mailing,
            self.database,
            transport=self.transport,
            is_quiet=self.is_quiet,
            processes=self.processes,
        )
        yield self._sent(mailing, sent)
        if sent.error:
            raise sent.error

    def _sent(self, mailing: Mailing, sent: Sent) -> Happening:
        tally = sent.tally
        is_early = mailing.digest.at_local_time and is_only_early(tally, mailing.now)
        is_well = (tally.is_sent or is_early) and not sent.failed and not sent.error
        return Happening(
            digest_id=mailing.digest.id,
            what=What.SENT if is_well and not is_early else What.INCOMPLETE,
            words=f"{verdict(tally)} {equation(tally)}; {counted(sent.accepted, 'message')} through {sent.transport}.",
            edition_id=mailing.edition.id,
            todo=_todo(mailing, is_well=is_well, has_readers=tally.planned > 0),
            exit_code=0 if is_well else DeliveryError.exit_code,
            account={
                **as_json(Ledger(self.database), sent.edition),
                "accepted_now": sent.accepted,
                "failed_now": sent.failed,
            },
            ends_the_run=sent.is_stopped,
        )


def _todo(mailing: Mailing, *, is_well: bool, has_readers: bool) -> str:
    if not is_well:
        return f"To see why: veillee digest status {mailing.digest.id} --edition {mailing.edition.id}"
    if not has_readers:
        return "Nobody subscribes to it; who joins now gets the next edition: veillee subscribers import FILE"
    return ""


@dataclass(frozen=True, slots=True)
class Foretelling:
    """Tells what would be done; nothing is written, and nothing is sent."""

    site: Site

    def begin(self, standing: Standing) -> None:
        """Nothing begins."""

    def draft(self, made: DraftMade) -> Iterator[Happening]:
        edition, digest = made.proposal.edition, made.digest
        words = f"would be drafted in {made.shown}, with {counted(edition.news_count, 'post')}"
        if digest.needs_review:
            after = ", and wait for review."
        else:
            after = f", and sent to {self._recipients(self.site.mailing(digest, edition))}."
        yield Happening(digest.id, What.FORETOLD, words + after, edition.id, faults=made.faults)

    def send(self, mailing: Mailing) -> Iterator[Happening]:
        check_may_go_out(mailing, is_late_allowed=False)
        words = f"would be sent to {self._recipients(mailing)}."
        yield Happening(mailing.digest.id, What.FORETOLD, words, mailing.edition.id)

    def go_on(self, mailing: Mailing) -> Iterator[Happening]:
        words = f"was begun, and would be sent on to {self._recipients(mailing)}."
        yield Happening(mailing.digest.id, What.FORETOLD, words, mailing.edition.id)

    def _recipients(self, mailing: Mailing) -> str:
        count = foresee(mailing, self.site.database).total if self.site.database else 0
        return counted(count, "recipient")


def waiting(digest: Digest, edition: Edition, *, is_new: bool) -> Happening:
    """What its manager has to do before a reviewed edition goes out."""
    words = "waits for review: it goes out with the first run after its file is committed."
    path = edition.source or f"{edition.id}.md"
    look = f"veillee digest preview {digest.id} --edition {edition.id}"
    commit = f'git add {path} && git commit -m "{digest.id} {edition.id}"'
    todo = f"Read and edit {path}; look at it with: {look}; then: {commit}"
    return Happening(digest.id, What.WAITS, words, edition.id, todo=todo, is_new=is_new)


def _quiet(made: DraftMade) -> Happening:
    count = made.proposal.edition.news_count
    lost, code = "", 0
    if made.faults:  # what was left out may be what it lacks
        lost = f"{counted(len(made.faults), 'problem')} in the content; veillee check names them"
        code = ContentError.exit_code
    if made.digest.schedule.is_instant and not count:
        since = made.proposal.edition.period_start.astimezone(made.digest.schedule.timezone)
        words = f"nothing new; it looks at what is dated {since:%Y-%m-%d %H:%M} or later{_unwritten(made)}."
        return Happening(made.digest.id, What.QUIET, words, todo=lost, exit_code=code)
    words = f"too little to tell, and nothing is sent: {counted(count, 'post')}, and it needs {made.proposal.minimum}."
    return Happening(made.digest.id, What.QUIET, words, made.proposal.edition.id, todo=lost, exit_code=code)


def _unwritten(made: DraftMade) -> str:
    """The posts that only lack their text."""
    ids = [one.post_id for one in made.proposal.refusals if one.why is Why.UNWRITTEN]
    return f"; not written yet: {', '.join(ids)}" if ids else ""


def _edition(standing: Standing, edition_id: str) -> Edition:
    """The edition's file, or a stand-in where it is gone: what was begun is sent on as it was frozen."""
    mailed = standing.mailed_as(edition_id)
    assert mailed is not None
    stand_in = Edition(standing.digest.id, edition_id, mailed.period_end, mailed.period_end, ())
    return standing.edition(edition_id) or stand_in
