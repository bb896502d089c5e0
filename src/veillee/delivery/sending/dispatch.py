"""The dispatch of one run: parcels that are ready -> the connections that take them -> what became of each.

It stands between the sender, which claims rows and makes messages, and the transport, which carries them. Everything
here happens in one thread, that of the event loop.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable

from veillee.delivery.envelope import Outcome, Parcel, Reply
from veillee.delivery.ledger.journal import Journal
from veillee.delivery.ledger.records import Delivery

BROKEN_LINES = 5
"""How often a parcel may come back because the line broke, before it is put off."""

RECORD_AT = 200
"""Outcomes after which the ledger should hear of them."""

OnOutcome = Callable[[Delivery, Outcome], None]


class Dispatch:
    """A `Handover`. Every delivery that was added is settled, or among those that `abandoned` returns.

    `changed` is set when the sender should look: when no more than `low_water` deliveries are held, or when there are
    outcomes to record.
    """

    def __init__(self, journal: Journal, *, on_outcome: OnOutcome) -> None:
        self._journal = journal
        self._on_outcome = on_outcome
        self._ready: asyncio.Queue[Parcel | None] = asyncio.Queue()
        self._held: dict[int, Delivery] = {}  # claimed, and not settled
        self._broken: Counter[int] = Counter()
        self._settled: list[tuple[Delivery, Outcome]] = []
        self.is_closed = False
        self.low_water = 0
        self.changed = asyncio.Event()

    @property
    def held_count(self) -> int:
        """Deliveries that were added and are not settled: being made, ready, or on their way."""
        return len(self._held)

    @property
    def ready_count(self) -> int:
        return self._ready.qsize()

    @property
    def settled_count(self) -> int:
        """Outcomes that wait to be written into the ledger."""
        return len(self._settled)

    def add(self, deliveries: Iterable[Delivery]) -> None:
        """Deliveries whose messages are going to be made."""
        self._held.update((delivery.id, delivery) for delivery in deliveries)

    def offer(self, parcels: Iterable[Parcel]) -> None:
        """Messages that are ready; after `close` they stay with those that are abandoned."""
        if not self.is_closed:
            for parcel in parcels:
                self._ready.put_nowait(parcel)

    def refuse(self, delivery_id: int, outcome: Outcome) -> None:
        """A delivery for which no message can be made."""
        self._finish(delivery_id, outcome)

    async def take(self) -> Parcel | None:
        parcel = await self._ready.get()
        if parcel is None:
            self._ready.put_nowait(None)  # for the next one who asks
        return parcel

    def take_ready(self) -> Parcel | None:
        if self.is_closed or self._ready.empty():
            return None
        return self._ready.get_nowait()

    def about_to_end(self, parcel: Parcel) -> None:
        self._journal.about_to_end(parcel.delivery_id)

    def settle(self, parcel: Parcel, outcome: Outcome) -> None:
        self._journal.reply(parcel.delivery_id, outcome)
        self._finish(parcel.delivery_id, outcome)

    def give_back(self, parcel: Parcel, *, was_tried: bool = True) -> None:
        self._broken[parcel.delivery_id] += was_tried
        if self._broken[parcel.delivery_id] >= BROKEN_LINES:
            words = f"the line broke {BROKEN_LINES} times before the message was handed over"
            self._finish(parcel.delivery_id, Outcome(Reply.TEMPORARY, words))
        else:
            self.offer([parcel])

    def close(self) -> None:
        """Nothing is given out any more; what is on its way is finished."""
        if not self.is_closed:
            self.is_closed = True
            while not self._ready.empty():
                self._ready.get_nowait()
            self._ready.put_nowait(None)
            self.changed.set()

    def take_settled(self) -> list[tuple[Delivery, Outcome]]:
        """The outcomes since the last call, to be written into the ledger; then call `written`."""
        settled, self._settled = self._settled, []
        return settled

    def put_back_settled(self, settled: list[tuple[Delivery, Outcome]]) -> None:
        """The ledger did not take them."""
        self._settled = settled + self._settled

    def written(self, settled: Iterable[tuple[Delivery, Outcome]]) -> None:
        """The ledger holds these: the journal need not."""
        self._journal.forget(delivery.id for delivery, _ in settled)

    def abandoned(self) -> list[Delivery]:
        """What was claimed and not settled, once every connection has ended."""
        return list(self._held.values())

    def _finish(self, delivery_id: int, outcome: Outcome) -> None:
        delivery = self._held.pop(delivery_id, None)
        if delivery is None:
            return
        self._broken.pop(delivery_id, None)
        self._settled.append((delivery, outcome))
        self._on_outcome(delivery, outcome)
        if len(self._held) <= self.low_water or len(self._settled) >= RECORD_AT:
            self.changed.set()
