"""Recovery: the claims of a run that died and what its journal says -> what each delivery is now. Mostly pure.

| what is known | the delivery |
|---|---|
| a reply in the journal | is settled by it |
| no "about to end", on a machine that ran on | has certainly not left: planned again |
| "about to end" without a reply; no journal; the machine was started again since | is in doubt |

Whoever delivered into a place where one can look (a maildir) has no doubts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select, update

from veillee.database.tables import deliveries, runs
from veillee.delivery.envelope import Outcome, Reply
from veillee.delivery.ledger.claims import is_held, record, release
from veillee.delivery.ledger.journal import Remembered
from veillee.delivery.ledger.records import COLUMNS, Delivery, FrozenEdition, Run
from veillee.delivery.ledger.records import delivery as delivery_of
from veillee.model import DeliveryState

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

ENDED = "the sender stopped after the message may have left, and before the answer was written down"
MACHINE_STOPPED = "the machine stopped before it was written down what became of the message"
NO_JOURNAL = "the sender stopped, and its journal is gone or cannot be read"
FOUND = "found where it was delivered, after the sender had stopped"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of a dead run's claims, by number."""

    settled: int = 0
    planned: int = 0
    in_doubt: int = 0

    @property
    def total(self) -> int:
        return self.settled + self.planned + self.in_doubt

    def __add__(self, other: Recovered) -> Recovered:
        return Recovered(self.settled + other.settled, self.planned + other.planned, self.in_doubt + other.in_doubt)


def this_boot() -> str:
    """The name of the time since this machine was started; empty where it does not say."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def decide(delivery_id: int, remembered: Remembered | None, *, is_same_boot: bool) -> Outcome | None:
    """What became of a claim; None where its message has certainly not left."""
    if remembered is not None and delivery_id in remembered.replies:
        return remembered.replies[delivery_id]
    if not is_same_boot:
        return Outcome(Reply.IN_DOUBT, MACHINE_STOPPED)
    if remembered is None or not remembered.is_sound:
        return Outcome(Reply.IN_DOUBT, NO_JOURNAL)
    return Outcome(Reply.IN_DOUBT, ENDED) if delivery_id in remembered.ended else None


def dead_runs(connection: Connection, edition: FrozenEdition, *, is_alive: Callable[[str], bool]) -> tuple[Run, ...]:
    """The runs that hold claims of an edition and live no more."""
    held = select(deliveries.c.claimed_by).where(
        deliveries.c.edition_id == edition.id, deliveries.c.state == DeliveryState.CLAIMED.value
    )
    names = set(connection.execute(held.distinct()).scalars())
    known = {row.name: row for row in connection.execute(select(runs).where(runs.c.edition_id == edition.id))}
    return tuple(
        Run(name, known[name].machine, known[name].boot, known[name].transport)
        if name in known
        else Run(name, "", "", "")
        for name in sorted(filter(None, names))
        if not is_alive(name)
    )


def recover_run(
    connection: Connection,
    run: Run,
    remembered: Remembered | None,
    *,
    was_delivered: Callable[[Delivery], bool | None],
    now: datetime,
) -> Recovered:
    """Settles every claim of a dead run."""
    held = [delivery_of(row) for row in connection.execute(select(*COLUMNS).where(is_held(run.name)))]
    boot = this_boot()
    settled: list[tuple[Delivery, Outcome]] = []
    planned: list[int] = []
    for one in held:
        outcome = _looked_up(
            one, decide(one.id, remembered, is_same_boot=bool(boot) and run.boot == boot), was_delivered
        )
        if outcome is None:
            planned.append(one.id)
        else:
            settled.append((one, outcome))
    record(connection, settled, run=run.name, now=now)
    release(connection, planned, run=run.name)
    connection.execute(update(runs).where(runs.c.name == run.name).values(ended_at=now))
    doubts = sum(outcome.reply is Reply.IN_DOUBT for _, outcome in settled)
    return Recovered(len(settled) - doubts, len(planned), doubts)


def _looked_up(
    one: Delivery, outcome: Outcome | None, was_delivered: Callable[[Delivery], bool | None]
) -> Outcome | None:
    """The outcome, where a doubt is resolved if somebody can look."""
    if outcome is None or outcome.reply is not Reply.IN_DOUBT:
        return outcome
    found = was_delivered(one)
    if found is None:
        return outcome
    return Outcome(Reply.ACCEPTED, FOUND) if found else None
