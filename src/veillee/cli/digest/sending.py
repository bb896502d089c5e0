"""A send as a command carries it out: freeze, look after what a dead sender left, send, account."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

from veillee.audience.subscribers import SubscriberStore
from veillee.audience.tokens import Leaving, sign_leaving
from veillee.cli.console import say_aside
from veillee.cli.digest.mailing import Mailing, make_plan
from veillee.database import Database
from veillee.delivery.envelope import Outcome, Reply, Transport
from veillee.delivery.ledger import Ledger
from veillee.delivery.plan import plan_deliveries
from veillee.delivery.records import Delivery, FrozenEdition, Tally
from veillee.delivery.senders import Senders
from veillee.delivery.sending import Sender, send_planned, settle_abandoned
from veillee.delivery.transports import transport_for
from veillee.errors import ConfigurationError, SourceError
from veillee.keys import load_keys
from veillee.model import SubscriberState

SECONDS_BETWEEN_LINES = 10.0


@dataclass(slots=True)
class Sent:
    """What became of one run. `error` is what stopped it, after everything was put in order."""

    edition: FrozenEdition
    transport: str
    tally: Tally
    accepted: int = 0
    failed: int = 0
    error: ConfigurationError | SourceError | None = None


def send_edition(mailing: Mailing, database: Database, *, transport: str, is_quiet: bool) -> Sent:
    """Sends what is left of an edition; the first time, freezes it."""
    ledger = Ledger(database)
    secret = load_keys(mailing.site.var, given=mailing.site.secret, past=mailing.site.past_secrets).current
    frozen = ledger.find(mailing.digest.id, mailing.edition.id) or _freeze(mailing, database, ledger, secret)
    mail = replace(mailing.site.mail, transport=transport)
    senders = Senders(mailing.site.var / "senders")
    with senders.joining() as run, transport_for(mail) as way_out:
        _look_after_the_dead(ledger, frozen, mailing, way_out, senders)
        return _send(ledger, frozen, mailing, way_out, run=run, secret=secret, is_quiet=is_quiet)


def _freeze(mailing: Mailing, database: Database, ledger: Ledger, secret: bytes) -> FrozenEdition:
    plan = make_plan(mailing)
    active = SubscriberStore(database).every(digest=mailing.digest.id, states=(SubscriberState.ACTIVE,))
    recipients = plan_deliveries(active, mailing.digest, mailing.edition.id, secret=secret)
    return ledger.freeze(plan, recipients, now=mailing.now)


def _look_after_the_dead(
    ledger: Ledger, frozen: FrozenEdition, mailing: Mailing, way_out: Transport, senders: Senders
) -> None:
    abandoned = settle_abandoned(ledger, frozen, transport=way_out, is_alive=senders.is_alive, now=mailing.clock())
    if abandoned:
        say_aside(f"A sender stopped before its end with {len(abandoned)} in hand; they were looked after.")
    ledger.reopen_put_off(frozen)


def _send(
    ledger: Ledger,
    frozen: FrozenEdition,
    mailing: Mailing,
    way_out: Transport,
    *,
    run: str,
    secret: bytes,
    is_quiet: bool,
) -> Sent:
    def unsubscribe_url(delivery: Delivery) -> str:
        token = sign_leaving(Leaving(delivery.subscriber_id, frozen.digest_id), secret=secret)
        return f"mailto:{frozen.unsubscribe_to}?subject=unsubscribe%20{token}"

    before = ledger.tally(frozen)
    sent = Sent(frozen, way_out.label, before)
    with _progress(before.waiting, is_quiet=is_quiet) as step, _stopping_when_asked() as should_stop:

        def count(delivery: Delivery, outcome: Outcome) -> None:  # noqa: ARG001
            sent.accepted += outcome.reply is Reply.ACCEPTED
            sent.failed += outcome.reply is not Reply.ACCEPTED
            step()

        sender = Sender(run=run, clock=mailing.clock, unsubscribe_url=unsubscribe_url, should_stop=should_stop)
        try:
            send_planned(ledger, frozen, transport=way_out, sender=sender, on_outcome=count)
        except (ConfigurationError, SourceError) as error:
            sent.error = error
    sent.tally = ledger.tally(frozen)
    return sent


@contextmanager
def _stopping_when_asked() -> Iterator[Callable[[], bool]]:
    """Ctrl-C (or a TERM signal) lets the message in hand be finished; a second one stops at once."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        say_aside("Stopping after the message in hand ...")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress(total: int, *, is_quiet: bool) -> Iterator[Callable[[], Any]]:
    """A function to call for each message: a bar on a terminal, a line now and then elsewhere."""
    if is_quiet or not total:
        yield lambda: None
    elif sys.stderr.isatty():
        with _bar(total) as step:
            yield step
    else:
        yield _lines(total)


@contextmanager
def _bar(total: int) -> Iterator[Callable[[], Any]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Sending"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Sending", total=total)
        yield lambda: progress.advance(task)


def _lines(total: int) -> Callable[[], Any]:
    say_aside(f"Sending to {total:,} ...")
    done = 0
    last = time.monotonic()

    def step() -> None:
        nonlocal done, last
        done += 1
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            say_aside(f"  {done:,} of {total:,}")

    return step
