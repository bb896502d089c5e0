"""What the ledger says: an edition that was frozen, a run, a delivery, and the equation of an edition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

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


def delivery(row: Row[Any]) -> Delivery:
    local, _, _ = row.address.rpartition("@")
    domain = row.address_key.rpartition("@")[2]
    return Delivery(
        id=row.id,
        subscriber_id=row.subscriber_id,
        variant_id=row.variant_id,
        address=row.address,
        wire_address=f"{local}@{domain}",
        domain=domain,
        name=row.name,
        message_id=row.message_id,
        state=DeliveryState(row.state),
        is_temporary=row.is_temporary,
        words=row.words,
        attempts=row.attempts,
        claimed_by=row.claimed_by,
        transport=row.transport,
        due_at=row.due_at,
        decided_by=row.decided_by,
    )
