"""One process that sends a frozen edition: settings and ledger -> a run, from its journal to its end.

Nothing here needs the content: an edition is sent on as it was frozen.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic

from veillee.audience.leaving import leaving_urls
from veillee.audience.tokens import Leaving
from veillee.config import SiteSettings
from veillee.database import Database
from veillee.delivery.envelope import Transport
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.journal import Journal, read_journal, remove_journal
from veillee.delivery.ledger.records import Delivery, FrozenEdition, Run
from veillee.delivery.ledger.recovery import Recovered, this_boot
from veillee.delivery.message.dkim_keys import KeyKind, Signer, load_signers
from veillee.delivery.message.return_path import return_path
from veillee.delivery.sending.dispatch import OnOutcome
from veillee.delivery.sending.events import EventLog
from veillee.delivery.sending.parcels import ParcelMaker, Ways
from veillee.delivery.sending.rates import Rates, shared
from veillee.delivery.sending.sender import Sender, send_planned
from veillee.delivery.sending.senders import Senders
from veillee.delivery.transports import transport_for
from veillee.errors import SourceError
from veillee.keys import Keys, load_keys
from veillee.model import DeliveryState


@dataclass(frozen=True, slots=True)
class Terms:
    """How an edition is sent: through what, by how many processes, and until when it waits for what was put off."""

    transport: str
    processes: int = 1
    wait_until: datetime | None = None


def clock_of(site: SiteSettings) -> Callable[[], datetime]:
    return lambda: site.now or datetime.now(UTC)


def run_frozen(
    site: SiteSettings,
    database: Database,
    frozen: FrozenEdition,
    terms: Terms,
    *,
    on_outcome: OnOutcome,
    should_stop: Callable[[], bool],
) -> None:
    """Sends what is planned; raises what stopped it, after everything was put in order."""
    ledger, clock = Ledger(database), clock_of(site)
    way_out = _way_out(site, terms)
    senders = Senders(site.var / "senders")
    signers = load_signers(site.mail.dkim, frozen.sender.rpartition("@")[2], root=site.root)
    with senders.joining() as name:
        run = Run(name, platform.node()[:64], this_boot(), way_out.label)
        log = EventLog(site.var / "sends", frozen, run=name)
        log.say("begun", at=clock(), transport=way_out.label)
        sender = Sender(
            run=run,
            clock=clock,
            make_parcels=ParcelMaker(ledger, frozen, ways=ways_back(site, frozen), signers=signers),
            rates=_rates(site, terms),
            on_outcome=on_outcome,
            on_recorded=lambda settled, skipped: log.outcomes(settled, skipped, at=clock()),
            should_stop=should_stop,
            wait_until=terms.wait_until,
            threads=_threads(signers, terms),
        )
        journal = Journal(senders.folder, name)
        ledger.begin(frozen, run, now=clock())
        try:
            send_planned(ledger, frozen, transport=way_out, journal=journal, sender=sender)
        finally:
            with suppress(SourceError):  # what went wrong before is what must be told
                log.say("ended", at=clock())


def recover(site: SiteSettings, ledger: Ledger, frozen: FrozenEdition, terms: Terms) -> Recovered:
    """Looks after what dead runs had in hand; their journals go once the ledger holds what they say."""
    senders = Senders(site.var / "senders")
    way_out = _way_out(site, terms)

    def was_delivered(delivery: Delivery) -> bool | None:
        """Only the way out that a run used can say whether a message left."""
        return way_out.was_delivered(delivery.message_id) if delivery.transport == way_out.label else None

    clock = clock_of(site)
    found = ledger.recover(
        frozen,
        is_alive=senders.is_alive,
        journal_of=lambda name: read_journal(senders.folder, name),
        was_delivered=was_delivered,
        now=clock(),
    )
    for run, recovered in found:
        log = EventLog(site.var / "sends", frozen, run=run.name)
        log.say(
            "recovered", at=clock(), settled=recovered.settled, planned=recovered.planned, doubts=recovered.in_doubt
        )
        remove_journal(senders.folder, run.name)
        senders.forget(run.name)
    _settle_by_policy(site, ledger, frozen, now=clock())
    return sum((recovered for _, recovered in found), Recovered())


def _settle_by_policy(site: SiteSettings, ledger: Ledger, frozen: FrozenEdition, *, now: datetime) -> None:
    policy = site.mail.doubts
    if policy != "hold":
        state = DeliveryState.ACCEPTED if policy == "accepted" else DeliveryState.PLANNED
        doubts = ((row, state) for row in ledger.rows(frozen, (DeliveryState.IN_DOUBT,)))
        ledger.settle_doubts(frozen, tuple(doubts), by=f'the setting VEILLEE_DOUBTS = "{policy}"', now=now)


def site_keys(site: SiteSettings) -> Keys:
    return load_keys(site.var, given=site.secret, past=site.past_secrets)


def _way_out(site: SiteSettings, terms: Terms) -> Transport:
    return transport_for(replace(site.mail, transport=terms.transport))


def _threads(signers: tuple[Signer, ...], terms: Terms) -> int:
    """RSA is signed outside of Python's lock, and pays on another core; nothing else is worth a thread."""
    is_slow = any(signer.kind is KeyKind.RSA for signer in signers)
    return max(1, (os.cpu_count() or 1) // terms.processes) if is_slow else 0


def _rates(site: SiteSettings, terms: Terms) -> Rates:
    overall, by_domain = shared(site.mail.rate, dict(site.mail.domain_rates), terms.processes)
    return Rates(overall, by_domain, now_s=monotonic())


def ways_back(site: SiteSettings, frozen: FrozenEdition) -> Ways:
    """How each delivery's mail says where to leave and where to bounce."""
    key = site_keys(site).current
    bounces_to = site.mail.bounces_to

    def leave(delivery: Delivery) -> tuple[str, str | None]:
        leaving = Leaving(delivery.subscriber_id, frozen.digest_id)
        urls = leaving_urls(leaving, unsubscribe_to=frozen.unsubscribe_to, desk_url=site.mail.desk_url, key=key)
        return urls.mailto, urls.https

    def envelope_sender(delivery: Delivery) -> str:
        return return_path(bounces_to, delivery.id, delivery.message_id, key=key) if bounces_to else frozen.sender

    return Ways(leave, envelope_sender)
