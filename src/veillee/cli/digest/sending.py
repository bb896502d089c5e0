"""A send as a command carries it out: freeze, look after what a dead sender left, send, account."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING, Any

from veillee.audience.subscribers import read_subscribers_in
from veillee.cli.console import say_aside
from veillee.cli.digest.findings import warning_lines
from veillee.cli.digest.mailing import Mailing, deliveries_of, make_plan, render_variants, variant_maker
from veillee.cli.digest.preflighting import Doors, run_preflight, stop_on_errors
from veillee.cli.digest.progress import Progress, shown
from veillee.cli.digest.running import Terms, recover, run_frozen, site_keys
from veillee.config import SiteSettings
from veillee.database import Database, open_database
from veillee.delivery.envelope import Outcome, Reply
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.records import Delivery, FrozenEdition, Tally
from veillee.delivery.transports import transport_for
from veillee.errors import ConfigurationError, DeliveryError, SourceError
from veillee.model import SubscriberState
from veillee.preflight.finding import errors_in

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess


@dataclass(slots=True)
class Sent:
    """What became of one run. `error` is what stopped it, after everything was put in order.

    `is_stopped` where a person asked it to end (Ctrl-C, a TERM signal).
    """

    edition: FrozenEdition
    transport: str
    tally: Tally
    accepted: int = 0
    failed: int = 0
    error: ConfigurationError | SourceError | None = None
    is_stopped: bool = False


def send_edition(
    mailing: Mailing,
    database: Database,
    *,
    transport: str,
    is_quiet: bool,
    processes: int = 1,
    wait_until: datetime | None = None,
    despite_errors: bool = False,
) -> Sent:
    """Sends what is left of an edition; the first time, looks it over and freezes it.

    Raises ContentError or ConfigurationError where that finds errors (unless `despite_errors`), DeliveryError while the
    edition is paused.
    """
    ledger = Ledger(database)
    frozen = ledger.find(mailing.digest.id, mailing.edition.id)
    if frozen is None:
        look_over(mailing, transport=transport, despite_errors=despite_errors)
        frozen = freeze_edition(mailing, ledger)
    if frozen.is_paused:
        todo = f"go on with: veillee digest resume {frozen.digest_id} --edition {frozen.edition_id}"
        raise DeliveryError(f"{frozen.digest_id} {frozen.edition_id} is paused; {todo}")
    terms = Terms(transport, processes, wait_until)
    recovered = recover(mailing.site, ledger, frozen, terms)
    if recovered.total:
        say_aside(
            f"A sender stopped before its end with {recovered.total:,} in hand: {recovered.settled:,} had their "
            f"answer, {recovered.planned:,} had not left, {recovered.in_doubt:,} are in doubt."
        )
    ledger.reopen_put_off(frozen, now=mailing.clock())
    return send_frozen(mailing.site, database, frozen, terms, is_quiet=is_quiet)


def look_over(mailing: Mailing, *, transport: str, despite_errors: bool) -> None:
    """The preflight; errors stop the send, warnings are said. Spam filter and DNS are asked when mail is for real."""
    doors = Doors() if transport == "smtp" else Doors(spamassassin=None, resolver=None)
    findings = run_preflight(mailing, render_variants(mailing), transport=transport, doors=doors)
    for line in warning_lines(findings, mailing.digest.languages):
        say_aside(line)
    if not despite_errors:
        stop_on_errors(findings)
    elif errors := errors_in(findings):
        say_aside(f"Sent all the same, with {len(errors)} error{'s' if len(errors) > 1 else ''}:")
        for error in errors:
            say_aside(f"  {error.as_fault()}")


def freeze_edition(mailing: Mailing, ledger: Ledger) -> FrozenEdition:
    """The edition's bytes and its audience, in one transaction."""
    key = site_keys(mailing.site).current
    return ledger.freeze(
        make_plan(mailing),
        lambda connection: deliveries_of(
            mailing,
            read_subscribers_in(connection, digest=mailing.digest.id, states=(SubscriberState.ACTIVE,)),
            key=key,
        ),
        make_variant=variant_maker(mailing),
        now=mailing.now,
    )


def send_frozen(site: SiteSettings, database: Database, frozen: FrozenEdition, terms: Terms, *, is_quiet: bool) -> Sent:
    ledger = Ledger(database)
    before = ledger.tally(frozen)
    sent = Sent(frozen, transport_for(replace(site.mail, transport=terms.transport)).label, before)
    with _Helpers(site, frozen, terms) as helpers, _stopping_when_asked() as should_stop:
        progress = Progress(before.waiting, others=helpers.done_count)
        with shown(progress, is_quiet=is_quiet) as step:

            def count(_: Delivery, outcome: Outcome) -> None:
                progress.count(outcome)
                step()

            try:
                run_frozen(site, database, frozen, terms, on_outcome=count, should_stop=should_stop)
            except (ConfigurationError, SourceError) as error:
                sent.error = error
        sent.is_stopped = should_stop()
    sent.accepted = progress.accepted + helpers.accepted_count()
    sent.failed = progress.done - sent.accepted
    sent.tally = ledger.tally(frozen)
    return sent


class _Helpers:
    """The processes beside this one; each sends the same edition from the same ledger, with a run of its own."""

    def __init__(self, site: SiteSettings, frozen: FrozenEdition, terms: Terms) -> None:
        context = multiprocessing.get_context("spawn")
        count = terms.processes - 1
        self._counts: Any = context.Array("q", 2 * max(count, 1), lock=False)
        self._processes: list[SpawnProcess] = [
            context.Process(target=_help, args=(site, frozen, terms, self._counts, 2 * number))
            for number in range(count)
        ]

    def __enter__(self) -> _Helpers:
        for process in self._processes:
            process.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """They end by themselves when nothing is left; where this process was stopped, so are they."""
        if kind is not None:
            for process in self._processes:
                process.terminate()
        for process in self._processes:
            process.join()

    def done_count(self) -> int:
        return sum(self._counts)

    def accepted_count(self) -> int:
        return sum(self._counts[::2])


def _help(site: SiteSettings, frozen: FrozenEdition, terms: Terms, counts: Any, place: int) -> None:
    """What a process beside the first one does."""

    def count(_: Delivery, outcome: Outcome) -> None:
        counts[place if outcome.reply is Reply.ACCEPTED else place + 1] += 1

    with open_database(site.database) as database, _stopping_when_asked(is_quiet=True) as should_stop:
        try:
            run_frozen(site, database, frozen, terms, on_outcome=count, should_stop=should_stop)
        except (ConfigurationError, SourceError) as error:
            say_aside(f"A second process stopped: {error.message}")


@contextmanager
def _stopping_when_asked(*, is_quiet: bool = False) -> Iterator[Callable[[], bool]]:
    """Ctrl-C (or a TERM signal) lets what is on its way be finished; a second one stops at once."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        if not is_quiet:
            say_aside("Stopping after the messages that are on their way ...")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
