"""The ledger and the sending that works from it: once each, accounted for, frozen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.delivery.samples import DIGEST, EDITION, NOW, SECRET, freeze, new_database, parsed, subscribe, texts, variant
from veillee.audience.subscribers import SubscriberStore
from veillee.database import Database, open_database
from veillee.delivery.envelope import Envelope, Outcome, Reply, Transport
from veillee.delivery.ledger import Ledger
from veillee.delivery.plan import plan_deliveries, plan_edition
from veillee.delivery.records import Delivery, FrozenEdition, Tally
from veillee.delivery.sending import Sender, send_planned, settle_abandoned
from veillee.delivery.transports import MaildirTransport, MemoryTransport
from veillee.errors import SourceError
from veillee.model import DeliveryState, SubscriberState

ADDRESSES = ("amina@example.org", "bo@example.org", "zoé@bücher.example")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(new_database(tmp_path)) as database:
        subscribe(database, *ADDRESSES)
        yield database


def sender(should_stop: Callable[[], bool] = lambda: False, run: str = "run") -> Sender:
    return Sender(
        run=run,
        clock=lambda: NOW,
        unsubscribe_url=lambda delivery: f"mailto:leave@veillee.example?subject={delivery.subscriber_id}",
        should_stop=should_stop,
    )


def send(ledger: Ledger, edition: FrozenEdition, transport: Transport, who: Sender | None = None) -> list[Outcome]:
    outcomes: list[Outcome] = []
    with transport:
        send_planned(
            ledger,
            edition,
            transport=transport,
            sender=who or sender(),
            on_outcome=lambda delivery, outcome: outcomes.append(outcome),
        )
    return outcomes


def recipients(transport: MemoryTransport) -> list[str]:
    return [envelope.recipient for envelope, _ in transport.sent]


def rows(ledger: Ledger, edition: FrozenEdition, *states: DeliveryState) -> list[Delivery]:
    return list(ledger.rows(edition, states or tuple(DeliveryState)))


def test_everybody_gets_one_message_of_their_own(database: Database) -> None:
    ledger, edition = freeze(database)
    transport = MemoryTransport()
    send(ledger, edition, transport)
    assert recipients(transport) == ["amina@example.org", "bo@example.org", "zoé@xn--bcher-kva.example"]
    assert {envelope.sender for envelope, _ in transport.sent} == {"veillee@veillee.example"}
    assert [texts(message)[0].splitlines()[0] for _, message in transport.sent] == [
        "Bonjour Reader 2",
        "Bonjour Reader 3",
        "Bonjour Reader 4",
    ]
    assert len({parsed(message)["Message-ID"] for _, message in transport.sent}) == 3
    tally = ledger.tally(edition)
    assert (tally.planned, tally.accepted) == (3, 3)
    assert tally.is_sent


def test_sending_again_sends_nothing(database: Database) -> None:
    ledger, edition = freeze(database)
    send(ledger, edition, MemoryTransport())
    again = MemoryTransport()
    assert send(ledger, edition, again) == []
    assert again.sent == []


def test_who_subscribes_after_the_plan_gets_the_next_edition(database: Database) -> None:
    ledger, edition = freeze(database)
    subscribe(database, *ADDRESSES, "late@example.org")
    assert freeze(database)[1] == edition
    transport = MemoryTransport()
    send(ledger, edition, transport)
    assert "late@example.org" not in recipients(transport)
    assert ledger.tally(edition).planned == 3


def test_an_edition_that_was_begun_is_sent_on_as_it_was_begun(database: Database) -> None:
    ledger, edition = freeze(database)
    first = MemoryTransport()
    stop = iter([False, True])
    send(ledger, edition, first, sender(lambda: next(stop)))
    changed = plan_edition(
        EDITION, DIGEST, (variant(subject="Autre"), variant("en")), unsubscribe_to="x@veillee.example", now=NOW
    )
    planned = plan_deliveries(SubscriberStore(database).every(), DIGEST, EDITION.id, secret=SECRET)
    assert ledger.freeze(changed, planned, now=NOW + timedelta(hours=1)) == edition
    second = MemoryTransport()
    send(ledger, edition, second)
    assert (len(first.sent), len(second.sent)) == (1, 2)
    assert {parsed(message)["Subject"] for _, message in first.sent + second.sent} == {"Une nuit à l’atelier"}


def test_who_leaves_after_the_plan_is_skipped_with_the_reason(database: Database) -> None:
    ledger, edition = freeze(database)
    SubscriberStore(database).set_state("bo@example.org", SubscriberState.UNSUBSCRIBED, now=NOW)
    transport = MemoryTransport()
    send(ledger, edition, transport)
    assert "bo@example.org" not in recipients(transport)
    (skipped,) = rows(ledger, edition, DeliveryState.SKIPPED)
    assert (skipped.address, skipped.words) == ("bo@example.org", "unsubscribed after the edition was planned")
    assert ledger.tally(edition) == Tally(
        planned=3, accepted=2, failed=0, put_off=0, in_doubt=0, skipped=1, waiting=0, claimed=0
    )


def test_who_had_left_before_the_plan_is_not_in_it(database: Database) -> None:
    SubscriberStore(database).set_state("bo@example.org", SubscriberState.UNSUBSCRIBED, now=NOW)
    ledger, edition = freeze(database)
    assert ledger.tally(edition).planned == 2


def test_a_refusal_is_kept_with_the_servers_words_and_not_tried_again(database: Database) -> None:
    ledger, edition = freeze(database)
    send(ledger, edition, MemoryTransport({"bo@example.org": Outcome(Reply.PERMANENT, "550 no such user")}))
    (failed,) = rows(ledger, edition, DeliveryState.FAILED)
    assert (failed.address, failed.words, failed.is_temporary) == ("bo@example.org", "550 no such user", False)
    assert ledger.tally(edition).is_sent
    assert ledger.reopen_put_off(edition) == 0
    assert send(ledger, edition, MemoryTransport()) == []


def test_what_the_server_put_off_is_tried_again_by_the_next_run_and_only_then(database: Database) -> None:
    ledger, edition = freeze(database)
    outcomes = send(ledger, edition, MemoryTransport({"bo@example.org": Outcome(Reply.TEMPORARY, "450 later")}))
    assert len(outcomes) == 3
    tally = ledger.tally(edition)
    assert (tally.failed, tally.put_off, tally.balances, tally.is_sent) == (1, 1, True, False)
    assert ledger.reopen_put_off(edition) == 1
    second = MemoryTransport()
    send(ledger, edition, second)
    assert recipients(second) == ["bo@example.org"]
    assert ledger.tally(edition).is_sent


def test_a_doubt_is_held_and_the_edition_is_not_called_sent(database: Database) -> None:
    ledger, edition = freeze(database)
    send(ledger, edition, MemoryTransport({"bo@example.org": Outcome(Reply.IN_DOUBT, "the line broke")}))
    tally = ledger.tally(edition)
    assert (tally.in_doubt, tally.balances, tally.is_sent) == (1, True, False)
    ledger.reopen_put_off(edition)
    assert send(ledger, edition, MemoryTransport()) == []


class Unplugged(MemoryTransport):
    """Takes one message; then there is no server any more."""

    def send(self, envelope: Envelope, message: bytes) -> Outcome:
        if self.sent:
            raise SourceError("no server")
        return super().send(envelope, message)


def test_a_server_that_is_gone_stops_the_run_and_nobody_is_in_doubt(database: Database) -> None:
    ledger, edition = freeze(database)
    with pytest.raises(SourceError):
        send(ledger, edition, Unplugged())
    tally = ledger.tally(edition)
    assert (tally.accepted, tally.waiting, tally.claimed, tally.in_doubt) == (1, 2, 0, 0)
    assert not tally.balances
    send(ledger, edition, MemoryTransport())
    assert ledger.tally(edition).is_sent


def test_a_name_that_fits_no_header_costs_its_owner_only(database: Database) -> None:
    from sqlalchemy import update

    from veillee.database.tables import subscribers

    with database.writing() as connection:
        spoilt = update(subscribers).where(subscribers.c.address_key == "bo@example.org")
        connection.execute(spoilt.values(name="Bo\nBcc: x@example.com"))
    ledger, edition = freeze(database)
    transport = MemoryTransport()
    send(ledger, edition, transport)
    assert len(transport.sent) == 2
    (failed,) = rows(ledger, edition, DeliveryState.FAILED)
    assert "control character U+000A" in failed.words


def test_a_run_that_is_asked_to_stop_finishes_what_it_holds(database: Database) -> None:
    ledger, edition = freeze(database)
    answers = iter([False, True])
    transport = MemoryTransport()
    send(ledger, edition, transport, sender(lambda: next(answers)))
    tally = ledger.tally(edition)
    assert (len(transport.sent), tally.accepted, tally.waiting, tally.claimed) == (1, 1, 2, 0)


def claim_one(ledger: Ledger, edition: FrozenEdition, transport: Transport, run: str = "dead") -> Delivery:
    (claimed,) = ledger.advance(edition, (), run=run, transport=transport.label, now=NOW, limit=1)
    return claimed


@pytest.mark.parametrize("was_written", [True, False])
def test_a_maildir_says_what_became_of_a_claim(database: Database, tmp_path: Path, was_written: bool) -> None:
    ledger, edition = freeze(database)
    with MaildirTransport(tmp_path / "outbox") as transport:
        claimed = claim_one(ledger, edition, transport)
        if was_written:
            message = f"Message-ID: {claimed.message_id}\r\n\r\n".encode()
            transport.send(Envelope("veillee@veillee.example", claimed.wire_address), message)
        settle_abandoned(ledger, edition, transport=transport, is_alive=lambda run: False, now=NOW)
    tally = ledger.tally(edition)
    assert (tally.accepted, tally.waiting, tally.in_doubt) == ((1, 2, 0) if was_written else (0, 3, 0))


def test_another_way_out_cannot_say_what_became_of_a_claim(database: Database, tmp_path: Path) -> None:
    ledger, edition = freeze(database)
    claim_one(ledger, edition, MaildirTransport(tmp_path / "one"))
    with MaildirTransport(tmp_path / "other") as transport:
        settle_abandoned(ledger, edition, transport=transport, is_alive=lambda run: False, now=NOW)
    (doubtful,) = rows(ledger, edition, DeliveryState.IN_DOUBT)
    assert doubtful.address == "amina@example.org"
    assert "may have left" in doubtful.words


def test_what_a_living_sender_holds_is_left_alone(database: Database) -> None:
    ledger, edition = freeze(database)
    claim_one(ledger, edition, MemoryTransport(), run="alive")
    settle_abandoned(ledger, edition, transport=MemoryTransport(), is_alive=lambda run: run == "alive", now=NOW)
    assert ledger.tally(edition).claimed == 1


def test_a_sender_that_was_taken_for_dead_still_says_what_became_of_its_claim(database: Database) -> None:
    ledger, edition = freeze(database)
    claimed = claim_one(ledger, edition, MemoryTransport(), run="slow")
    settle_abandoned(ledger, edition, transport=MemoryTransport(), is_alive=lambda run: False, now=NOW)
    settled = [(claimed, Outcome(Reply.ACCEPTED, "250 OK"))]
    ledger.advance(edition, settled, run="slow", transport="memory:", now=NOW, limit=0)
    tally = ledger.tally(edition)
    assert (tally.accepted, tally.in_doubt) == (1, 0)


def test_nobody_settles_what_another_run_holds(database: Database) -> None:
    ledger, edition = freeze(database)
    claimed = claim_one(ledger, edition, MemoryTransport(), run="mine")
    ledger.release([claimed], run="yours")
    settled = [(claimed, Outcome(Reply.ACCEPTED, ""))]
    ledger.advance(edition, settled, run="yours", transport="memory:", now=NOW, limit=0)
    assert ledger.tally(edition).claimed == 1


def test_editions_are_found_by_name_the_newest_first(database: Database) -> None:
    ledger, edition = freeze(database)
    assert ledger.find("weekly", "2026-W47") == edition
    assert ledger.find("weekly", "2026-W46") is None
    assert ledger.editions_of("weekly") == (edition,)
    assert ledger.digest_ids() == ("weekly",)
