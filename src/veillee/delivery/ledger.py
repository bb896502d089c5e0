"""The ledger: what was planned, who holds it, what became of it. One row for each (edition, recipient).

    planned -> claimed -> accepted | failed (for good, or for now) | in doubt
            -> skipped (left since)

A claim is committed before its message leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from veillee.database import Database
from veillee.database.tables import deliveries, editions, variants
from veillee.delivery.claims import after_a_crash, claim, is_held, record
from veillee.delivery.envelope import Outcome
from veillee.delivery.plan import EditionPlan, PlannedDelivery
from veillee.delivery.records import Delivery, FrozenEdition, Tally, frozen_edition
from veillee.delivery.records import delivery as delivery_of
from veillee.delivery.stencil import Stencil
from veillee.model import DeliveryState

BATCH_SIZE = 1000


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

    def freeze(self, plan: EditionPlan, recipients: Iterable[PlannedDelivery], *, now: datetime) -> FrozenEdition:
        """The edition with all its recipients, in one transaction; what is frozen already stays as it is."""
        wanted = select(editions).where(editions.c.digest == plan.digest_id, editions.c.edition == plan.edition_id)
        with self._database.writing() as connection:
            existing = connection.execute(wanted).one_or_none()
            return frozen_edition(existing) if existing else _freeze(connection, plan, recipients, now=now)

    def stencils(self, edition: FrozenEdition) -> dict[int, Stencil]:
        """The messages with holes, by the number of their variant."""
        wanted = select(variants.c.id, variants.c.stencil).where(variants.c.edition_id == edition.id)
        with self._database.reading() as connection:
            return {row.id: Stencil.from_json(row.stencil) for row in connection.execute(wanted)}

    def advance(
        self,
        edition: FrozenEdition,
        settled: Iterable[tuple[Delivery, Outcome]],
        *,
        run: str,
        transport: str,
        now: datetime,
        limit: int,
    ) -> tuple[Delivery, ...]:
        """Records what became of the last claims and claims the next, in one transaction.

        Whoever left since the plan is skipped here, at the moment of sending. Empty when nothing is planned any more.
        """
        with self._database.writing() as connection:
            for delivery, outcome in settled:
                record(connection, delivery, outcome, run=run, now=now)
            return claim(connection, edition, run=run, transport=transport, now=now, limit=limit)

    def release(self, claimed: Iterable[Delivery], *, run: str) -> None:
        """Gives claims back whose message has certainly not left."""
        ids = [delivery.id for delivery in claimed]
        change = update(deliveries).where(is_held(run), deliveries.c.id.in_(ids))
        with self._database.writing() as connection:
            connection.execute(change.values(state=DeliveryState.PLANNED.value, claimed_by=None))

    def reopen_put_off(self, edition: FrozenEdition) -> int:
        """Plans anew what failed for now only; how many there were."""
        change = update(deliveries).where(
            deliveries.c.edition_id == edition.id,
            deliveries.c.state == DeliveryState.FAILED.value,
            deliveries.c.is_temporary.is_(True),
        )
        with self._database.writing() as connection:
            return connection.execute(
                change.values(state=DeliveryState.PLANNED.value, is_temporary=False, claimed_by=None)
            ).rowcount

    def settle_abandoned(
        self,
        edition: FrozenEdition,
        *,
        is_alive: Callable[[str], bool],
        was_delivered: Callable[[Delivery], bool | None],
        now: datetime,
    ) -> tuple[Delivery, ...]:
        """Settles claims whose sender died: delivered, to be sent, or in doubt. What they were before, as it was."""
        abandoned = [
            delivery
            for delivery in self.rows(edition, (DeliveryState.CLAIMED,))
            if not is_alive(delivery.claimed_by or "")
        ]
        with self._database.writing() as connection:
            for delivery in abandoned:
                change = update(deliveries).where(is_held(delivery.claimed_by or ""), deliveries.c.id == delivery.id)
                connection.execute(change.values(**after_a_crash(was_delivered=was_delivered(delivery), now=now)))
        return tuple(abandoned)

    def tally(self, edition: FrozenEdition) -> Tally:
        wanted = (
            select(deliveries.c.state, deliveries.c.is_temporary, func.count().label("rows"))
            .where(deliveries.c.edition_id == edition.id)
            .group_by(deliveries.c.state, deliveries.c.is_temporary)
        )
        counts: dict[str, int] = {}
        put_off = 0
        with self._database.reading() as connection:
            for row in connection.execute(wanted):
                counts[row.state] = counts.get(row.state, 0) + row.rows
                put_off += row.rows if row.state == DeliveryState.FAILED.value and row.is_temporary else 0
        return Tally(
            planned=sum(counts.values()),
            accepted=counts.get(DeliveryState.ACCEPTED.value, 0),
            failed=counts.get(DeliveryState.FAILED.value, 0),
            put_off=put_off,
            in_doubt=counts.get(DeliveryState.IN_DOUBT.value, 0),
            skipped=counts.get(DeliveryState.SKIPPED.value, 0),
            waiting=counts.get(DeliveryState.PLANNED.value, 0),
            claimed=counts.get(DeliveryState.CLAIMED.value, 0),
        )

    def rows(self, edition: FrozenEdition, states: Iterable[DeliveryState]) -> Iterator[Delivery]:
        """The deliveries in these states, in the order in which they were planned."""
        wanted = select(deliveries).where(
            deliveries.c.edition_id == edition.id, deliveries.c.state.in_([state.value for state in states])
        )
        with self._database.reading() as connection:
            for row in connection.execute(wanted.order_by(deliveries.c.id)):
                yield delivery_of(row)


def _freeze(
    connection: Connection, plan: EditionPlan, recipients: Iterable[PlannedDelivery], *, now: datetime
) -> FrozenEdition:
    shared = {
        "digest": plan.digest_id,
        "edition": plan.edition_id,
        "planned_at": now,
        "period_end": plan.period_end,
        "sender": plan.sender,
        "unsubscribe_to": plan.unsubscribe_to,
    }
    edition = frozen_edition(connection.execute(insert(editions).values(shared).returning(editions)).one())
    variant_ids = {
        variant.lang: connection.execute(
            insert(variants)
            .values(
                edition_id=edition.id, lang=variant.lang, subject=variant.subject, stencil=variant.stencil.to_json()
            )
            .returning(variants.c.id)
        ).scalar_one()
        for variant in plan.variants
    }
    rest = iter(recipients)
    while batch := list(islice(rest, BATCH_SIZE)):
        connection.execute(insert(deliveries), [_planned_row(one, edition.id, variant_ids[one.lang]) for one in batch])
    return edition


def _planned_row(one: PlannedDelivery, edition_id: int, variant_id: int) -> dict[str, Any]:
    return {
        "edition_id": edition_id,
        "variant_id": variant_id,
        "subscriber_id": one.subscriber_id,
        "address": one.address,
        "address_key": one.address_key,
        "name": one.name,
        "message_id": one.message_id,
        "state": DeliveryState.PLANNED.value,
        "is_temporary": False,
        "words": "",
        "attempts": 0,
    }
