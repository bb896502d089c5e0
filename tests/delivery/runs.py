"""A run of a sender in a test, as the command makes it; and what it leaves."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic

from tests.delivery.samples import NOW
from veillee.delivery.envelope import Outcome, Transport
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.journal import Journal, read_journal, remove_journal
from veillee.delivery.ledger.records import Delivery, FrozenEdition, Run
from veillee.delivery.ledger.recovery import Recovered, this_boot
from veillee.delivery.sending.parcels import ParcelMaker, Ways
from veillee.delivery.sending.rates import Rates
from veillee.delivery.sending.sender import MakeParcels, Sender, send_planned

_NUMBERS = itertools.count(1)


@dataclass
class Heard:
    """What a sender said while it ran."""

    outcomes: list[tuple[Delivery, Outcome]] = field(default_factory=list)
    recorded: list[tuple[Delivery, Outcome]] = field(default_factory=list)
    skipped: list[Delivery] = field(default_factory=list)

    def record(self, settled: Sequence[tuple[Delivery, Outcome]], skipped: Sequence[Delivery]) -> None:
        self.recorded.extend(settled)
        self.skipped.extend(skipped)


def run_named(name: str, transport: str = "memory:", *, boot: str | None = None) -> Run:
    return Run(name, "this machine", this_boot() if boot is None else boot, transport)


def ways() -> Ways:
    return Ways(
        leave=lambda delivery: (f"mailto:leave@veillee.example?subject={delivery.subscriber_id}", None),
        return_path=lambda delivery: "veillee@veillee.example",
    )


def send(
    ledger: Ledger,
    edition: FrozenEdition,
    transport: Transport,
    folder: Path,
    *,
    should_stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] = lambda: NOW,
    rates: Rates | None = None,
    wait_until: datetime | None = None,
    make_parcels: MakeParcels | None = None,
    name: str | None = None,
    threads: int = 0,
) -> Heard:
    """One run; raises what stopped it."""
    run = run_named(name or f"run{next(_NUMBERS)}", transport.label)
    heard = Heard()
    journal = Journal(folder, run.name)
    ledger.begin(edition, run, now=clock())
    sender = Sender(
        run=run,
        clock=clock,
        make_parcels=make_parcels or ParcelMaker(ledger, edition, ways=ways()),
        rates=rates or Rates(None, {}, now_s=monotonic()),
        on_outcome=lambda delivery, outcome: heard.outcomes.append((delivery, outcome)),
        on_recorded=heard.record,
        should_stop=should_stop,
        wait_until=wait_until,
        threads=threads,
    )
    send_planned(ledger, edition, transport=transport, journal=journal, sender=sender)
    return heard


def recover(
    ledger: Ledger,
    edition: FrozenEdition,
    folder: Path,
    *,
    is_alive: Callable[[str], bool] = lambda run: False,
    was_delivered: Callable[[Delivery], bool | None] = lambda delivery: None,
) -> Recovered:
    found = ledger.recover(
        edition,
        is_alive=is_alive,
        journal_of=lambda name: read_journal(folder, name),
        was_delivered=was_delivered,
        now=NOW,
    )
    for run, _ in found:
        remove_journal(folder, run.name)
    return sum((recovered for _, recovered in found), Recovered())
