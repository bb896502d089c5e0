"""Freezing: a plan and its audience -> rows of the ledger, within one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert, update

from veillee.database.tables import deliveries, editions, variants
from veillee.delivery.ledger.records import FrozenEdition, frozen_edition
from veillee.delivery.plan import EditionPlan, PlannedDelivery, PlannedVariant
from veillee.model import DeliveryState

BATCH_SIZE = 1000

MakeVariant = Callable[[str, frozenset[str] | None], PlannedVariant]
"""A language, and the posts that are kept (None: all) -> the variant, as it will be sent."""


def freeze(
    connection: Connection,
    plan: EditionPlan,
    recipients: Iterable[PlannedDelivery],
    *,
    make_variant: MakeVariant,
    now: datetime,
) -> FrozenEdition:
    """The edition with all its recipients; a variant is made when the first recipient needs it."""
    shared = {
        "digest": plan.digest_id,
        "edition": plan.edition_id,
        "planned_at": now,
        "period_end": plan.period_end,
        "sender": plan.sender,
        "unsubscribe_to": plan.unsubscribe_to,
    }
    edition = frozen_edition(connection.execute(insert(editions).values(shared).returning(editions)).one())
    numbers = _Variants(connection, edition.id, make_variant)
    rows = (_row(one, edition.id, numbers.number_of(one)) for one in recipients)
    for batch in _batches(rows):
        connection.execute(insert(deliveries), batch)
    return edition


def set_paused(connection: Connection, edition: FrozenEdition, *, is_paused: bool) -> None:
    connection.execute(update(editions).where(editions.c.id == edition.id).values(is_paused=is_paused))


class _Variants:
    """The variants of one edition, each stored when it is first asked for."""

    def __init__(self, connection: Connection, edition_id: int, make: MakeVariant) -> None:
        self._connection = connection
        self._edition_id = edition_id
        self._make = make
        self._numbers: dict[tuple[str, str], int] = {}

    def number_of(self, one: PlannedDelivery) -> int:
        key = one.lang, one.choice_id
        if key not in self._numbers:
            self._numbers[key] = self._store(self._make(one.lang, one.post_ids), one.choice_id)
        return self._numbers[key]

    def _store(self, variant: PlannedVariant, choice_id: str) -> int:
        values = {
            "edition_id": self._edition_id,
            "lang": variant.lang,
            "choice": choice_id,
            "subject": variant.subject,
            "stencil": variant.stencil.to_json(),
        }
        return int(self._connection.execute(insert(variants).values(values).returning(variants.c.id)).scalar_one())


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, BATCH_SIZE)):
        yield batch


def _row(one: PlannedDelivery, edition_id: int, variant_id: int) -> dict[str, Any]:
    return {
        "edition_id": edition_id,
        "variant_id": variant_id,
        "subscriber_id": one.subscriber_id,
        "address": one.address,
        "address_key": one.address_key,
        "domain": one.address_key.rpartition("@")[2],
        "name": one.name,
        "message_id": one.message_id,
        "state": (DeliveryState.SKIPPED if one.skipped else DeliveryState.PLANNED).value,
        "is_temporary": False,
        "words": one.skipped,
        "attempts": 0,
        "due_at": one.due_at,
    }
