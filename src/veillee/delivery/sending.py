"""Sending: the ledger's planned rows -> messages -> the transport -> the ledger.

Each row is claimed, and the claim committed, before its message leaves. One claim at a time: whatever dies, at
most one delivery for each sender is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from veillee.delivery.envelope import Envelope, Outcome, Reply, Transport
from veillee.delivery.ledger import Ledger
from veillee.delivery.message import fill_stencil
from veillee.delivery.records import Delivery, FrozenEdition
from veillee.delivery.stencil import Stencil
from veillee.errors import ConfigurationError, DeliveryError, SourceError
from veillee.model import Mailbox

CLAIMS_AT_ONCE = 1
"""More would be faster, and would leave more in doubt: each claim needs a journal of its own first."""

OnOutcome = Callable[[Delivery, Outcome], None]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the name of this run, its clock, how recipients leave, and whether it was asked to stop."""

    run: str
    clock: Callable[[], datetime]
    unsubscribe_url: Callable[[Delivery], str]
    should_stop: Callable[[], bool] = lambda: False


def send_planned(
    ledger: Ledger, edition: FrozenEdition, *, transport: Transport, sender: Sender, on_outcome: OnOutcome
) -> None:
    """Sends every row that is planned, until there is none or the sender is asked to stop.

    Raises what the transport raises when no mail can leave; the row in hand is planned again then.
    """
    stencils = ledger.stencils(edition)
    settled: list[tuple[Delivery, Outcome]] = []
    while claimed := ledger.advance(
        edition,
        settled,
        run=sender.run,
        transport=transport.label,
        now=sender.clock(),
        limit=0 if sender.should_stop() else CLAIMS_AT_ONCE,
    ):
        settled = []
        for delivery in claimed:
            try:
                outcome = _send_one(delivery, edition, stencils, transport=transport, sender=sender)
            except (ConfigurationError, SourceError):
                ledger.release(claimed[len(settled) :], run=sender.run)
                _record_rest(ledger, edition, settled, transport=transport, sender=sender)
                raise
            settled.append((delivery, outcome))
            on_outcome(delivery, outcome)


def settle_abandoned(
    ledger: Ledger,
    edition: FrozenEdition,
    *,
    transport: Transport,
    is_alive: Callable[[str], bool],
    now: datetime,
) -> tuple[Delivery, ...]:
    """What a sender that died had in hand. Only the transport that it used can say whether a message left."""

    def was_delivered(delivery: Delivery) -> bool | None:
        return transport.was_delivered(delivery.message_id) if delivery.transport == transport.label else None

    return ledger.settle_abandoned(edition, is_alive=is_alive, was_delivered=was_delivered, now=now)


def _send_one(
    delivery: Delivery,
    edition: FrozenEdition,
    stencils: Mapping[int, Stencil],
    *,
    transport: Transport,
    sender: Sender,
) -> Outcome:
    try:
        message = fill_stencil(
            stencils[delivery.variant_id],
            recipient=Mailbox(delivery.name, delivery.address),
            message_id=delivery.message_id,
            unsubscribe_url=sender.unsubscribe_url(delivery),
        )
    except DeliveryError as err:
        return Outcome(Reply.PERMANENT, f"no message can be made for this recipient: {err}")
    return transport.send(Envelope(edition.sender, delivery.wire_address), message)


def _record_rest(
    ledger: Ledger,
    edition: FrozenEdition,
    settled: list[tuple[Delivery, Outcome]],
    *,
    transport: Transport,
    sender: Sender,
) -> None:
    if settled:
        ledger.advance(edition, settled, run=sender.run, transport=transport.label, now=sender.clock(), limit=0)
