"""A round of `veillee digest run`: what is due for each digest -> done, one after the other, each accounted for."""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from veillee.cli.digest.accounting import equation, verdict
from veillee.cli.digest.drafting import make_draft, write_draft
from veillee.cli.digest.mailing import check_may_go_out, open_mailing
from veillee.cli.digest.sending import send_edition
from veillee.cli.storage import moment
from veillee.config import SiteSettings
from veillee.database import Database, open_database
from veillee.delivery.ledger.book import Ledger
from veillee.editorial.due import Progress, Step, What, decide_due
from veillee.errors import ContentError, DeliveryError, SourceError, VeilleeError
from veillee.model import Digest
from veillee.shown import shown_path
from veillee.site.editions import EditionsRead, editions_folder, read_digests_and_editions
from veillee.site.reading import read_site
from veillee.site.settings import load_settings
from veillee.sources.git import is_committed


@dataclass(frozen=True, slots=True)
class Round:
    """What all steps of one round share."""

    site: SiteSettings
    read: EditionsRead
    database: Database
    settings: Path | None
    now: str | None
    transport: str
    is_quiet: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one step; `exit_code` is 0 where all is well."""

    digest_id: str
    edition_id: str
    did: str
    said: str
    exit_code: int = 0
    advice: tuple[str, ...] = field(default=())

    def as_plain(self) -> dict[str, Any]:
        return {
            "digest": self.digest_id,
            "edition": self.edition_id,
            "did": self.did,
            "said": self.said,
            "exit_code": self.exit_code,
        }


def do_what_is_due(
    wanted: Sequence[str],
    *,
    settings: Path | None,
    now: str | None,
    transport: str | None,
    dry_run: bool,
    is_quiet: bool,
) -> list[Done] | None:
    """What was done; None where another run is at work in this site."""
    reading = read_site(load_settings(settings, overrides={"VEILLEE_NOW": now} if now else {}))
    site = reading.settings
    read = read_digests_and_editions(site, reading.community)
    digests = [read.digest(name) for name in wanted] if wanted else list(read.digests)
    with _alone(site.var / "run.lock") as is_alone, open_database(site.database) as database:
        if not is_alone:
            return None
        this = Round(site, read, database, settings, now, transport or site.mail.transport, is_quiet)
        done = [] if dry_run else _read_mailbox(this)
        for digest in digests:
            steps = decide_due(digest, read.editions_of(digest.id), _progress(database, digest), reading.community.now)
            done += [_foreseen(digest, step) if dry_run else _carried_out(this, digest, step) for step in steps]
    return [*_said_faults(read), *done]


def _said_faults(read: EditionsRead) -> Iterator[Done]:
    for fault in read.faults:
        yield Done(Path(fault.path).parent.name, "", "failed", str(fault), ContentError.exit_code)


def _is_broken(read: EditionsRead, digest: Digest) -> bool:
    """Whether a file of its editions cannot be read: it may be the very one that is due, with a slip in it."""
    return any(Path(fault.path).parent.parent.name == digest.id for fault in read.faults)


def _progress(database: Database, digest: Digest) -> Mapping[str, Progress]:
    """Doubts and refusals are for a person: an edition goes on by itself while somebody waits for it."""
    ledger = Ledger(database)
    found: dict[str, Progress] = {}
    for edition in ledger.editions_of(digest.id):
        tally = ledger.tally(edition)
        is_waited_for = (tally.waiting or tally.claimed or tally.put_off) and not edition.is_paused
        found[edition.edition_id] = Progress.BEGUN if is_waited_for else Progress.DONE
    return found


def _foreseen(digest: Digest, step: Step) -> Done:
    return Done(digest.id, step.edition_id, step.what.value, _words(step))


def _words(step: Step) -> str:
    return step.reason if step.what is What.NOTHING else f"{step.what.value}: {step.reason}"


def _carried_out(this: Round, digest: Digest, step: Step) -> Done:
    """Never raises for what is ours: the other digests go on."""
    try:
        if step.what in (What.DRAFT, What.SEND) and _is_broken(this.read, digest):
            said = "nothing new goes out while one of its editions cannot be read; it is named above"
            return Done(digest.id, step.edition_id, "failed", said, ContentError.exit_code)
        if step.what is What.DRAFT:
            return _draft(this, digest, step)
        if step.what in (What.SEND, What.GO_ON):
            return _send(this, digest, step.edition_id)
    except VeilleeError as error:
        return Done(digest.id, step.edition_id, "failed", error.message, error.exit_code)
    return _foreseen(digest, step)


def _draft(this: Round, digest: Digest, step: Step) -> Done:
    named = None if digest.schedule.every.value == "instant" else step.edition_id
    made = make_draft(digest.id, named, settings=this.settings, now=this.now)
    edition_id = made.proposal.edition.id
    if not made.proposal.is_enough:
        count = made.proposal.edition.news_count
        said = f"nothing to tell: {count} of at least {made.proposal.minimum} posts"
        return Done(digest.id, edition_id, "nothing", said)
    write_draft(made)
    if digest.needs_review:
        return _waits(digest, edition_id, made.path, f"drafted {made.shown}")
    return _send(this, digest, edition_id)


def _waits(digest: Digest, edition_id: str, path: Path, said: str) -> Done:
    advice = (
        f"Read it and edit it: {shown_path(path)}",
        f"Look at it: veillee digest preview {digest.id}",
        f'Commit it, and the next run sends it: git add {shown_path(path)} && git commit -m "{edition_id}"',
    )
    return Done(digest.id, edition_id, "waits for review", f"{said}; it waits for its manager's commit", advice=advice)


def _send(this: Round, digest: Digest, edition_id: str) -> Done:
    path = editions_folder(this.site, digest.id) / f"{edition_id}.md"
    is_begun = Ledger(this.database).find(digest.id, edition_id) is not None
    if digest.needs_review and not is_begun and not is_committed(path):
        return _waits(digest, edition_id, path, "it has its draft")
    mailing = open_mailing(digest.id, edition_id, settings=this.settings, now=this.now)
    check_may_go_out(mailing, is_late_allowed=False)
    sent = send_edition(mailing, this.database, transport=this.transport, is_quiet=this.is_quiet)
    said = f"{verdict(sent.tally)} {equation(sent.tally)}"
    if sent.error:
        return Done(digest.id, edition_id, "stopped", f"{said}; {sent.error.message}", sent.error.exit_code)
    is_settled = sent.tally.is_sent and not sent.failed
    return Done(digest.id, edition_id, "sent", said, 0 if is_settled else DeliveryError.exit_code)


def _read_mailbox(this: Round) -> list[Done]:
    """Who left since the last round is not mailed; a mailbox that cannot be read keeps nobody's mail back."""
    from veillee.cli.reading_back import read_back

    report = read_back(this.site, this.database, now=moment(this.site))
    if not report.label:
        return []
    if report.error is not None:
        return [Done("mailbox", "", "failed", report.error.message, report.error.exit_code)]
    counts = Counter(one.fate.value for one in report.findings)
    said = ", ".join(f"{count} {fate}" for fate, count in counts.most_common()) or "nothing new"
    return [Done("mailbox", "", "read", said)]


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Whether no other round is at work; no crash leaves it locked."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    except OSError as err:
        raise SourceError(f"{path}: cannot be written ({err.strerror}); check the folder's rights") from err
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
