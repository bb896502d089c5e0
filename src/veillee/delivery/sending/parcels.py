"""Parcels: claimed deliveries -> envelopes and messages, ready for a transport."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from veillee.delivery.envelope import Envelope, Outcome, Parcel, Reply
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.records import Delivery, FrozenEdition
from veillee.delivery.message.dkim_keys import Signer
from veillee.delivery.message.filling import Filling
from veillee.delivery.message.press import MessagePress
from veillee.errors import DeliveryError

VARIANTS_IN_MEMORY = 32
"""Rows are claimed variant by variant: more are hardly ever needed at once."""


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways of one delivery that lead back: to leave (by mail; by https, None where nothing answers), to bounce."""

    leave: Callable[[Delivery], tuple[str, str | None]]
    return_path: Callable[[Delivery], str]


class ParcelMaker:
    """Makes the messages of one edition from its frozen variants.

    A signature bears the time at which the edition was frozen: every attempt at a message has the same bytes.
    """

    def __init__(self, ledger: Ledger, edition: FrozenEdition, *, ways: Ways, signers: Sequence[Signer] = ()) -> None:
        self._ways = ways

        def press(variant_id: int) -> MessagePress:
            return MessagePress(ledger.stencil(variant_id), signers, signed_at=edition.planned_at)

        self._press = lru_cache(VARIANTS_IN_MEMORY)(press)

    def __call__(self, deliveries: Sequence[Delivery]) -> tuple[list[Parcel], list[tuple[int, Outcome]]]:
        """The parcels, and those for which no message can be made."""
        parcels: list[Parcel] = []
        refused: list[tuple[int, Outcome]] = []
        for delivery in deliveries:
            try:
                filling = self._filling(delivery)
            except DeliveryError as err:
                words = f"no message can be made for this recipient: {err}"
                refused.append((delivery.id, Outcome(Reply.PERMANENT, words)))
                continue
            envelope = Envelope(self._ways.return_path(delivery), delivery.wire_address)
            message = self._press(delivery.variant_id).message(filling)
            parcels.append(Parcel(delivery.id, envelope, message, is_sound=True))
        return parcels, refused

    def _filling(self, delivery: Delivery) -> Filling:
        by_mail, by_https = self._ways.leave(delivery)
        return Filling(delivery.name, delivery.wire_address, delivery.message_id, by_mail, by_https)
