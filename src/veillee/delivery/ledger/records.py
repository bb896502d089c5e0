"""What the ledger says: an edition that was frozen, a run, a delivery, and the equation of an edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from veillee.database.tables import deliveries
from veillee.model import DeliveryState


@dataclass(frozen=True, slots=True)
class FrozenEdition:
    """An edition in the ledger: from now on neither its bytes nor its recipients change.

    `is_paused` is as it was when it was read.
    """

    id: int
    digest_id: str
    edition_id: str
    planned_at: datetime
    period_end: datetime
    sender: str
    unsubscribe_to: str
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One process that sends an edition. `boot` names the time since its machine was started."""

    name: str
    machine: str
    boot: str
    transport: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row: an edition to a recipient. `wire_address` is what mail servers are told."""

    id: int
    subscriber_id: int
    variant_id: int
    address: str
    wire_address: str
    domain: str
    name: str
    message_id: str
    state: DeliveryState
    is_temporary: bool
    words: str
    attempts: int
    claimed_by: str | None
    transport: str | None
    due_at: datetime | None
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """An edition as an equation: `planned = accepted + failed + in_doubt + skipped` once nothing is left to do.

    `waiting` are planned and not begun, `claimed` are with a sender at this moment, `put_off` are those of
    `failed` that are tried again; `next_due_at` is when the first of those that must wait may go.
    """

    planned: int
    accepted: int
    failed: int
    put_off: int
    in_doubt: int
    skipped: int
    waiting: int
    claimed: int
    next_due_at: datetime | None = None

    @property
    def balances(self) -> bool:
        return self.planned == self.accepted + self.failed + self.in_doubt + self.skipped

    @property
    def is_sent(self) -> bool:
        """Every recipient's delivery is settled, and no doubt is left."""
        return self.balances and not self.in_doubt and not self.put_off


def frozen_edition(row: Row[Any]) -> FrozenEdition:
    return FrozenEdition(
        id=row.id,
        digest_id=row.digest,
        edition_id=row.edition,
        planned_at=row.planned_at,
        period_end=row.period_end,
        sender=row.sender,
        unsubscribe_to=row.unsubscribe_to,
        is_paused=row.is_paused,
    )


COLUMNS = (
    deliveries.c.id,
    deliveries.c.subscriber_id,
    deliveries.c.variant_id,
    deliveries.c.address,
    deliveries.c.address_key,
    deliveries.c.name,
    deliveries.c.message_id,
    deliveries.c.state,
    deliveries.c.is_temporary,
    deliveries.c.words,
    deliveries.c.attempts,
    deliveries.c.claimed_by,
    deliveries.c.transport,
    deliveries.c.due_at,
    deliveries.c.decided_by,
)
"""What `delivery` makes a delivery from, in this order; more may follow. A name for each would cost a third more."""


def delivery(row: Sequence[Any], *, attempts: int = 0) -> Delivery:
    """The delivery of a row that begins with `COLUMNS`, with so many more attempts than it says."""
    number, subscriber, variant, address, key, name, message_id, state, is_temporary, words, tries, *rest = row
    claimed_by, transport, due_at, decided_by, *_ = rest
    domain = key.rpartition("@")[2]
    return Delivery(
        number,
        subscriber,
        variant,
        address,
        f"{address.rpartition('@')[0]}@{domain}",
        domain,
        name,
        message_id,
        DeliveryState(state),
        is_temporary,
        words,
        tries + attempts,
        claimed_by,
        transport,
        due_at,
        decided_by,
    )
