"""Sending: the ledger's planned rows -> messages -> the transport -> the ledger.

    claim a batch and commit it -> make messages -> connections carry them, the journal says how far each is
          -> record the outcomes with the next claim, in one transaction

Whatever dies, at most one delivery for each connection is in doubt.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import TypeVar

from veillee.delivery.envelope import Outcome, Parcel, Reply, Transport
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.claims import Claimed
from veillee.delivery.ledger.journal import Journal
from veillee.delivery.ledger.records import Delivery, FrozenEdition, Run
from veillee.delivery.sending.dispatch import Dispatch, OnOutcome
from veillee.delivery.sending.rates import Rates
from veillee.errors import VeilleeError

BATCH = 200
"""Rows claimed in one commit, at the most."""
AHEAD_S = 1.0
"""No more is claimed than is sent in this time: who leaves meanwhile is mailed one last time at the most."""
CHUNK = 16
"""Messages that one thread makes in one go. Without threads it is one: the connections have their turn after each."""
RECORD_AFTER_S = 1.0
LOOK_AGAIN_S = 0.5
THREAD_TURN_S = 0.0005
"""How long a thread that counts or signs may keep the connections waiting; Python's own 5 ms are twenty messages."""
PATIENT_LOOK_S = 5.0

_T = TypeVar("_T")

MakeParcels = Callable[[Sequence[Delivery]], tuple[list[Parcel], list[tuple[int, Outcome]]]]
"""Deliveries -> their messages, and those for which there can be none. Called in threads where there are some."""


OnRecorded = Callable[[Sequence[tuple[Delivery, Outcome]], Sequence[Delivery]], None]
"""Called with the outcomes that the ledger now holds, and with those that were skipped."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: this run, its clock, how it makes messages, and whether it was asked to stop.

    `wait_until` is how long it stays for what was put off, or is not due yet; None: it does not. `threads` make the
    messages; 0: they are made between two turns of the connections, which is faster where a message costs no more
    than the passing of Python's lock from thread to thread.
    """

    run: Run
    clock: Callable[[], datetime]
    make_parcels: MakeParcels
    rates: Rates
    on_outcome: OnOutcome
    on_recorded: OnRecorded
    should_stop: Callable[[], bool] = lambda: False
    wait_until: datetime | None = None
    threads: int = 0


def send_planned(
    ledger: Ledger, edition: FrozenEdition, *, transport: Transport, journal: Journal, sender: Sender
) -> None:
    """Sends every row that is planned, until there is none, or the sender is asked to stop, or the edition is paused.

    Raises what the transport or the ledger raises when nothing can go on; everything that is known is recorded then,
    and what has not left is planned again.
    """
    before_s = sys.getswitchinterval()
    sys.setswitchinterval(THREAD_TURN_S)
    try:
        asyncio.run(_Sending(ledger, edition, transport, journal, sender).run())
    finally:
        sys.setswitchinterval(before_s)


class _Sending:
    """One run of `send_planned`."""

    def __init__(
        self, ledger: Ledger, edition: FrozenEdition, transport: Transport, journal: Journal, sender: Sender
    ) -> None:
        self._ledger = ledger
        self._edition = edition
        self._transport = transport
        self._journal = journal
        self._sender = sender
        self._dispatch = Dispatch(journal, on_outcome=sender.on_outcome)
        self._books = ThreadPoolExecutor(1, "ledger")
        self._press = ThreadPoolExecutor(sender.threads, "press") if sender.threads else None
        self._making: set[asyncio.Future[None]] = set()
        self._batch = min(BATCH, 4 * transport.lanes)
        self._recorded_s = monotonic()

    async def run(self) -> None:
        feeder = asyncio.create_task(self._feed())
        lanes = [asyncio.create_task(self._transport.carry(self._dispatch)) for _ in range(self._transport.lanes)]
        errors: list[BaseException] = []
        try:
            errors += await self._watch(feeder, lanes)
        finally:
            for task in (feeder, *lanes):
                task.cancel()
            await asyncio.gather(feeder, *lanes, *self._making, return_exceptions=True)
            errors += self._put_in_order()
            if self._press is not None:
                self._press.shutdown()
            self._books.shutdown()
        if errors:
            raise errors[0]

    async def _watch(self, feeder: asyncio.Task[None], lanes: list[asyncio.Task[None]]) -> list[BaseException]:
        """Waits for all of them; after the first failure the others finish what they have in hand."""
        errors: list[BaseException] = []
        pending: set[asyncio.Task[None]] = {feeder, *lanes}
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            errors += [error for task in done if (error := task.exception()) is not None]
            if errors or feeder.done() or pending == {feeder}:
                self._dispatch.close()
        return errors

    async def _feed(self) -> None:
        """Keeps the connections busy until nothing is left to do."""
        while not self._sender.should_stop() and not self._dispatch.is_closed:
            limit = self._room()
            if limit or self._is_time_to_record():
                claimed = await self._advance(limit)
                if claimed.is_paused or (limit and not await self._go_on(claimed)):
                    return
            await self._until_something_changes()

    def _put_in_order(self) -> list[BaseException]:
        """Records what is known and gives back what has not left; the journal stays where the ledger fails."""
        settled = self._dispatch.take_settled()
        held = self._dispatch.abandoned()
        doubtful = [one for one in held if self._journal.awaits_reply(one.id)]
        settled += [
            (one, Outcome(Reply.IN_DOUBT, "the connection ended before the server's answer")) for one in doubtful
        ]
        unsent = [one.id for one in held if one not in doubtful]
        sender, now = self._sender, self._sender.clock()
        try:
            self._ledger.advance(self._edition, settled, run=sender.run, rates=sender.rates, now=now, limit=0)
            self._ledger.release(unsent, run=sender.run)
            self._ledger.end(sender.run, now=now)
        except VeilleeError as error:
            self._journal.close(is_needed=True)
            return [error]
        sender.on_recorded(settled, ())
        self._journal.close(is_needed=False)
        return []

    def _room(self) -> int:
        """How many rows may be claimed now."""
        if self._dispatch.held_count > self._dispatch.low_water:
            return 0
        self._sender.rates.at(monotonic())
        return self._sender.rates.allowed(self._batch)

    def _is_time_to_record(self) -> bool:
        count = self._dispatch.settled_count
        return count >= BATCH or (count > 0 and monotonic() - self._recorded_s > RECORD_AFTER_S)

    async def _advance(self, limit: int) -> Claimed:
        settled = self._dispatch.take_settled()
        try:
            claimed = await self._in_books(
                lambda: self._ledger.advance(
                    self._edition,
                    settled,
                    run=self._sender.run,
                    rates=self._sender.rates,
                    now=self._sender.clock(),
                    limit=limit,
                )
            )
        except BaseException:
            self._dispatch.put_back_settled(settled)
            raise
        self._dispatch.written(settled)
        self._adapt(len(settled))
        self._sender.on_recorded(settled, claimed.skipped)
        self._dispatch.add(claimed.deliveries)
        self._sender.rates.spend(len(claimed.deliveries))
        self._make(claimed.deliveries)
        return claimed

    def _adapt(self, settled_count: int) -> None:
        """As many rows as are sent in `AHEAD_S`: a slow relay gets small batches."""
        now_s = monotonic()
        passed_s = max(now_s - self._recorded_s, 0.001)
        self._recorded_s = now_s
        wanted = round(settled_count / passed_s * AHEAD_S)
        least = min(BATCH, 4 * self._transport.lanes)
        self._batch = max(least, min(BATCH, wanted, 2 * self._batch))
        self._dispatch.low_water = self._batch + self._batch // 2

    def _make(self, deliveries: Sequence[Delivery]) -> None:
        if self._press is None:
            self._begin_to_make(self._make_in_turn(deliveries))
            return
        for start in range(0, len(deliveries), CHUNK):
            self._begin_to_make(self._make_in_thread(self._press, deliveries[start : start + CHUNK]))

    async def _make_in_turn(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            self._offer(*self._sender.make_parcels((delivery,)))
            await asyncio.sleep(0)

    async def _make_in_thread(self, press: ThreadPoolExecutor, deliveries: Sequence[Delivery]) -> None:
        loop = asyncio.get_running_loop()
        self._offer(*await loop.run_in_executor(press, self._sender.make_parcels, deliveries))

    def _offer(self, parcels: Sequence[Parcel], refused: Sequence[tuple[int, Outcome]]) -> None:
        for delivery_id, outcome in refused:
            self._dispatch.refuse(delivery_id, outcome)
        self._dispatch.offer(parcels)

    def _begin_to_make(self, making: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(making)
        self._making.add(task)
        task.add_done_callback(self._made)

    def _made(self, task: asyncio.Future[None]) -> None:
        self._making.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._making.add(task)  # seen by the feeder
            self._dispatch.changed.set()

    async def _go_on(self, claimed: Claimed) -> bool:
        """Whether there is, or will be, something to send after this claim."""
        if claimed.deliveries or claimed.skipped or self._dispatch.held_count or self._dispatch.settled_count:
            return True
        if claimed.waiting_domains:
            await self._sleep(self._sender.rates.wait_s(claimed.waiting_domains))
            return True
        now = self._sender.clock()
        if await self._in_books(lambda: self._ledger.reopen_put_off(self._edition, now=now)):
            return True
        due_at = (await self._in_books(lambda: self._ledger.tally(self._edition))).next_due_at
        if due_at is None or self._sender.wait_until is None or due_at > self._sender.wait_until:
            return False
        await self._sleep(min(PATIENT_LOOK_S, max(0.0, (due_at - now).total_seconds())))
        return True

    async def _until_something_changes(self) -> None:
        for task in self._making:
            if task.done():
                task.result()
        self._sender.rates.at(monotonic())
        wait_s = self._sender.rates.wait_s() or LOOK_AGAIN_S
        try:
            async with asyncio.timeout(min(wait_s, LOOK_AGAIN_S)):
                await self._dispatch.changed.wait()
        except TimeoutError:
            pass
        self._dispatch.changed.clear()

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(max(seconds, 0.005), PATIENT_LOOK_S))

    async def _in_books(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._books, work)
