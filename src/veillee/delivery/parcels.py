"""Parcels: claimed deliveries -> envelopes and messages, ready for a transport. Called in worker threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from veillee.delivery.envelope import Envelope, Outcome, Parcel, Reply
from veillee.delivery.ledger import Ledger
from veillee.delivery.message import fill_stencil
from veillee.delivery.records import Delivery, FrozenEdition
from veillee.errors import DeliveryError
from veillee.model import Mailbox

VARIANTS_IN_MEMORY = 32
"""Rows are claimed variant by variant: more are hardly ever needed at once."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How recipients leave, and where what bounces goes: for one delivery each."""

    unsubscribe_url: Callable[[Delivery], str]
    return_path: Callable[[Delivery], str]


class ParcelMaker:
    """Makes the messages of one edition from its frozen variants."""

    def __init__(self, ledger: Ledger, edition: FrozenEdition, *, ways: Ways) -> None:
        self._edition = edition
        self._ways = ways
        self._stencil = lru_cache(VARIANTS_IN_MEMORY)(ledger.stencil)

    def __call__(self, deliveries: Sequence[Delivery]) -> tuple[list[Parcel], list[tuple[int, Outcome]]]:
        """The parcels, and those for which no message can be made."""
        parcels: list[Parcel] = []
        refused: list[tuple[int, Outcome]] = []
        for delivery in deliveries:
            try:
                parcels.append(self._parcel(delivery))
            except DeliveryError as err:
                words = f"no message can be made for this recipient: {err}"
                refused.append((delivery.id, Outcome(Reply.PERMANENT, words)))
        return parcels, refused

    def _parcel(self, delivery: Delivery) -> Parcel:
        message = fill_stencil(
            self._stencil(delivery.variant_id),
            recipient=Mailbox(delivery.name, delivery.address),
            message_id=delivery.message_id,
            unsubscribe_url=self._ways.unsubscribe_url(delivery),
        )
        return Parcel(delivery.id, Envelope(self._ways.return_path(delivery), delivery.wire_address), message)
