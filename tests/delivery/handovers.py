"""A `Handover` for tests, which remembers what became of each parcel, and that nothing happens to one twice."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from veillee.delivery.envelope import Envelope, Outcome, Parcel, Reply, Transport
from veillee.errors import SourceError

SENDER = "veillee@veillee.example"


class Remembering:
    """Gives out parcels one after the other; what is given back is given out again, up to a limit."""

    def __init__(self, parcels: Iterable[Parcel], *, most_returns: int = 5) -> None:
        self._left = deque(parcels)
        self._held: set[int] = set()
        self._most_returns = most_returns
        self.returns: dict[int, int] = {}
        self.ended: list[int] = []
        self.outcomes: dict[int, Outcome] = {}
        self.cannot_write = False
        self.was_closed = False

    @property
    def is_closed(self) -> bool:
        """Also where all is done, as the dispatch closes then."""
        return self.was_closed or not (self._left or self._held)

    async def take(self) -> Parcel | None:
        await asyncio.sleep(0)
        return self.take_ready()

    def take_ready(self) -> Parcel | None:
        if self.was_closed or not self._left:
            return None
        parcel = self._left.popleft()
        self._held.add(parcel.delivery_id)
        return parcel

    def about_to_end(self, parcel: Parcel) -> None:
        assert parcel.delivery_id in self._held
        if self.cannot_write:
            raise SourceError("the disk is full")
        self.ended.append(parcel.delivery_id)

    def settle(self, parcel: Parcel, outcome: Outcome) -> None:
        self._held.remove(parcel.delivery_id)
        assert parcel.delivery_id not in self.outcomes, "settled twice"
        assert parcel.delivery_id in self.ended or outcome.reply not in (Reply.ACCEPTED, Reply.IN_DOUBT)
        self.outcomes[parcel.delivery_id] = outcome

    def give_back(self, parcel: Parcel, *, was_tried: bool = True) -> None:
        self._held.remove(parcel.delivery_id)
        assert parcel.delivery_id not in self.outcomes
        count = self.returns[parcel.delivery_id] = self.returns.get(parcel.delivery_id, 0) + was_tried
        if count < self._most_returns:
            self._left.append(parcel)

    @property
    def replies(self) -> list[Reply]:
        return [self.outcomes[key].reply for key in sorted(self.outcomes)]

    @property
    def is_all_accounted_for(self) -> bool:
        """Nothing is with a connection any more."""
        return not self._held


def parcel(number: int, recipient: str = "amina@example.org", body: bytes = b"Bonjour\r\n") -> Parcel:
    header = f"To: {recipient}\r\nMessage-ID: <{number:040x}@veillee.example>\r\n\r\n".encode(errors="replace")
    return Parcel(number, Envelope(SENDER, recipient), header + body)


def carry(transport: Transport, handover: Remembering, *, lanes: int | None = None) -> Remembering:
    """All connections of a transport, until they end; raises what the first of them raised."""

    async def run() -> None:
        count = transport.lanes if lanes is None else lanes
        found = await asyncio.gather(*(transport.carry(handover) for _ in range(count)), return_exceptions=True)
        for error in found:
            if isinstance(error, BaseException):
                raise error

    asyncio.run(run())
    return handover
