"""The ledger: what was planned, who holds it, what became of it. One row for each (edition, recipient).

    planned -> claimed -> accepted | failed (for good, or put off) | in doubt
            -> skipped (left since, or nothing in it for them)

A claim is committed before its message leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, or_, select, update

from veillee.database import Database
from veillee.database.tables import deliveries, editions, runs, variants
from veillee.delivery.envelope import Outcome
from veillee.delivery.ledger.claims import Claimed, claim, record, release
from veillee.delivery.ledger.freezing import MakeVariant, freeze, set_paused
from veillee.delivery.ledger.journal import Remembered
from veillee.delivery.ledger.records import COLUMNS, Delivery, FrozenEdition, Run, Tally, frozen_edition
from veillee.delivery.ledger.records import delivery as delivery_of
from veillee.delivery.ledger.recovery import Recovered, dead_runs, recover_run
from veillee.delivery.message.stencil import Stencil
from veillee.delivery.plan import EditionPlan, PlannedDelivery
from veillee.delivery.sending.rates import Rates
from veillee.model import DeliveryState


@dataclass(frozen=True, slots=True)
class FrozenVariant:
    """A variant as the ledger holds it; `choice` is empty where it carries every post."""

    id: int
    lang: str
    choice: str
    subject: str


class Ledger:
    """The record of deliveries in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, digest_id: str, edition_id: str) -> FrozenEdition | None:
        """The edition, where it was frozen already."""
        wanted = select(editions).where(editions.c.digest == digest_id, editions.c.edition == edition_id)
        with self._database.reading() as connection:
            row = connection.execute(wanted).one_or_none()
        return frozen_edition(row) if row else None

    def editions_of(self, digest_id: str) -> tuple[FrozenEdition, ...]:
        """Every edition of a digest that was frozen, the newest period first."""
        wanted = select(editions).where(editions.c.digest == digest_id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(editions.c.period_end.desc(), editions.c.id.desc())).all()
        return tuple(frozen_edition(row) for row in rows)

    def digest_ids(self) -> tuple[str, ...]:
        """Digests of which an edition was frozen."""
        with self._database.reading() as connection:
            return tuple(connection.execute(select(editions.c.digest).distinct().order_by(editions.c.digest)).scalars())

    def freeze(
        self,
        plan: EditionPlan,
        recipients: Callable[[Connection], Iterable[PlannedDelivery]],
        *,
        make_variant: MakeVariant,
        now: datetime,
    ) -> FrozenEdition:
        """The edition's bytes and its audience, in one transaction; what is frozen already stays as it is.

        `recipients` reads the audience on the connection that it is given.
        """
        wanted = select(editions).where(editions.c.digest == plan.digest_id, editions.c.edition == plan.edition_id)
        with self._database.writing() as connection:
            existing = connection.execute(wanted).one_or_none()
            if existing:
                return frozen_edition(existing)
            return freeze(connection, plan, recipients(connection), make_variant=make_variant, now=now)

    def pause(self, edition: FrozenEdition, *, is_paused: bool) -> None:
        """Senders see it at their next claim, and stop."""
        with self._database.writing() as connection:
            set_paused(connection, edition, is_paused=is_paused)

    def variants(self, edition: FrozenEdition) -> tuple[tuple[FrozenVariant, int], ...]:
        """Each variant with the number of its recipients, the largest first."""
        count = func.count(deliveries.c.id)
        wanted = (
            select(variants.c.id, variants.c.lang, variants.c.choice, variants.c.subject, count.label("recipients"))
            .outerjoin(deliveries, deliveries.c.variant_id == variants.c.id)
            .where(variants.c.edition_id == edition.id)
            .group_by(variants.c.id)
            .order_by(count.desc(), variants.c.id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple((FrozenVariant(row.id, row.lang, row.choice, row.subject), row.recipients) for row in rows)

    def stencil(self, variant_id: int) -> Stencil:
        """A variant's message with holes."""
        with self._database.reading() as connection:
            text = connection.execute(select(variants.c.stencil).where(variants.c.id == variant_id)).scalar_one()
        return Stencil.from_json(text)

    def begin(self, edition: FrozenEdition, run: Run, *, now: datetime) -> None:
        """A run begins; its journal must be there already."""
        values = {"name": run.name, "edition_id": edition.id, "machine": run.machine, "boot": run.boot}
        with self._database.writing() as connection:
            connection.execute(insert(runs).values(**values, transport=run.transport, started_at=now))

    def end(self, run: Run, *, now: datetime) -> None:
        with self._database.writing() as connection:
            connection.execute(update(runs).where(runs.c.name == run.name).values(ended_at=now))

    def advance(
        self,
        edition: FrozenEdition,
        settled: Sequence[tuple[Delivery, Outcome]],
        *,
        run: Run,
        rates: Rates,
        now: datetime,
        limit: int,
    ) -> Claimed:
        """Records what became of the last claims and claims the next, in one transaction.

        Whoever left since the plan is skipped here, at the moment of sending.
        """
        with self._database.writing() as connection:
            record(connection, settled, run=run.name, now=now)
            if limit <= 0:
                return Claimed()
            return claim(connection, edition, run=run, rates=rates, now=now, limit=limit)

    def release(self, delivery_ids: Sequence[int], *, run: Run) -> None:
        """Gives claims back whose message has certainly not left."""
        with self._database.writing() as connection:
            release(connection, delivery_ids, run=run.name)

    def reopen_put_off(self, edition: FrozenEdition, *, now: datetime) -> int:
        """Plans anew what was put off and is due again; how many there were."""
        change = update(deliveries).where(
            deliveries.c.edition_id == edition.id,
            deliveries.c.state == DeliveryState.FAILED.value,
            deliveries.c.is_temporary.is_(True),
            or_(deliveries.c.due_at.is_(None), deliveries.c.due_at <= now),
        )
        planned = {"state": DeliveryState.PLANNED.value, "is_temporary": False, "claimed_by": None, "due_at": None}
        with self._database.writing() as connection:
            return connection.execute(change.values(planned)).rowcount

    def recover(
        self,
        edition: FrozenEdition,
        *,
        is_alive: Callable[[str], bool],
        journal_of: Callable[[str], Remembered | None],
        was_delivered: Callable[[Delivery], bool | None],
        now: datetime,
    ) -> tuple[tuple[Run, Recovered], ...]:
        """Settles the claims of runs that died; their journals may be removed when this has returned."""
        with self._database.writing() as connection:
            return tuple(
                (run, recover_run(connection, run, journal_of(run.name), was_delivered=was_delivered, now=now))
                for run in dead_runs(connection, edition, is_alive=is_alive)
            )

    def settle_doubts(
        self, edition: FrozenEdition, decisions: Iterable[tuple[Delivery, DeliveryState]], *, by: str, now: datetime
    ) -> int:
        """Settles doubts as somebody decided; how many were still in doubt. PLANNED means: send again."""
        done = 0
        with self._database.writing() as connection:
            for delivery, state in decisions:
                change = update(deliveries).where(
                    deliveries.c.id == delivery.id,
                    deliveries.c.edition_id == edition.id,
                    deliveries.c.state == DeliveryState.IN_DOUBT.value,
                )
                values = {"state": state.value, "decided_by": by[:200], "settled_at": now, "claimed_by": None}
                done += connection.execute(change.values(values)).rowcount
        return done

    def tally(self, edition: FrozenEdition) -> Tally:
        """The edition as an equation, all counted at one instant."""
        wanted = (
            select(
                deliveries.c.state,
                deliveries.c.is_temporary,
                func.count().label("rows"),
                func.min(deliveries.c.due_at).label("due_at"),
            )
            .where(deliveries.c.edition_id == edition.id)
            .group_by(deliveries.c.state, deliveries.c.is_temporary)
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()

        def count(state: DeliveryState) -> int:
            return sum(row.rows for row in rows if row.state == state.value)

        is_to_come = (DeliveryState.PLANNED.value, DeliveryState.FAILED.value)
        return Tally(
            planned=sum(row.rows for row in rows),
            accepted=count(DeliveryState.ACCEPTED),
            failed=count(DeliveryState.FAILED),
            put_off=sum(row.rows for row in rows if row.state == DeliveryState.FAILED.value and row.is_temporary),
            in_doubt=count(DeliveryState.IN_DOUBT),
            skipped=count(DeliveryState.SKIPPED),
            waiting=count(DeliveryState.PLANNED),
            claimed=count(DeliveryState.CLAIMED),
            next_due_at=min((row.due_at for row in rows if row.due_at and row.state in is_to_come), default=None),
        )

    def rows(self, edition: FrozenEdition, states: Iterable[DeliveryState]) -> Iterator[Delivery]:
        """The deliveries in these states, in the order in which they were planned."""
        wanted = select(*COLUMNS).where(
            deliveries.c.edition_id == edition.id, deliveries.c.state.in_([state.value for state in states])
        )
        with self._database.reading() as connection:
            for row in connection.execution_options(yield_per=1000).execute(wanted.order_by(deliveries.c.id)):
                yield delivery_of(row)
