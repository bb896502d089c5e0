"""What the ledger says: an edition that was frozen, a delivery, and the equation of an edition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from veillee.model import DeliveryState


@dataclass(frozen=True, slots=True)
class FrozenEdition:
    """An edition in the ledger: from now on neither its bytes nor its recipients change."""

    id: int
    digest_id: str
    edition_id: str
    planned_at: datetime
    period_end: datetime
    sender: str
    unsubscribe_to: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row: an edition to a recipient. `wire_address` is what mail servers are told."""

    id: int
    subscriber_id: int
    variant_id: int
    address: str
    wire_address: str
    name: str
    message_id: str
    state: DeliveryState
    is_temporary: bool
    words: str
    claimed_by: str | None
    transport: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """An edition as an equation: `planned = accepted + failed + in_doubt + skipped` once nothing is left to do.

    `waiting` are planned and not begun, `claimed` are with a sender at this moment, `put_off` are those of
    `failed` that the next run tries again.
    """

    planned: int
    accepted: int
    failed: int
    put_off: int
    in_doubt: int
    skipped: int
    waiting: int
    claimed: int

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
    )


def delivery(row: Row[Any]) -> Delivery:
    domain = row.address_key.rpartition("@")[2]
    return Delivery(
        id=row.id,
        subscriber_id=row.subscriber_id,
        variant_id=row.variant_id,
        address=row.address,
        wire_address=f"{row.address.rpartition('@')[0]}@{domain}",
        name=row.name,
        message_id=row.message_id,
        state=DeliveryState(row.state),
        is_temporary=row.is_temporary,
        words=row.words,
        claimed_by=row.claimed_by,
        transport=row.transport,
    )
