"""The ledger: frozen once, held by one run, settled by who holds it, and an equation that must balance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from tests.delivery.runs import recover, run_named, send
from tests.delivery.samples import NOW, freeze, new_database, parsed, subscribe
from veillee.audience.subscribers import SubscriberStore
from veillee.database import Database, open_database
from veillee.database.tables import choices
from veillee.delivery.envelope import Outcome, Reply
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.records import Delivery, FrozenEdition
from veillee.delivery.ledger.retries import DELAYS
from veillee.delivery.sending.rates import Rates
from veillee.delivery.transports import MemoryTransport
from veillee.model import DeliveryState, SubscriberState

ADDRESSES = ("amina@example.org", "bo@example.org", "zoé@bücher.example")
TAKEN = Outcome(Reply.ACCEPTED, "250 OK")
LATER = Outcome(Reply.TEMPORARY, "450 later")
MINE, YOURS = run_named("mine"), run_named("yours")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(new_database(tmp_path)) as database:
        subscribe(database, *ADDRESSES)
        yield database


def no_limits() -> Rates:
    return Rates(None, {}, now_s=0)


def claim(ledger: Ledger, edition: FrozenEdition, *, limit: int = 9, run: object = MINE) -> tuple[Delivery, ...]:
    found = ledger.advance(edition, [], run=run, rates=no_limits(), now=NOW, limit=limit)  # type: ignore[arg-type]
    return found.deliveries


def settle(ledger: Ledger, edition: FrozenEdition, *settled: tuple[Delivery, Outcome], run: object = MINE) -> None:
    ledger.advance(edition, settled, run=run, rates=no_limits(), now=NOW, limit=0)  # type: ignore[arg-type]


def rows(ledger: Ledger, edition: FrozenEdition, *states: DeliveryState) -> list[Delivery]:
    return list(ledger.rows(edition, states or tuple(DeliveryState)))


def test_who_subscribes_after_the_plan_gets_the_next_edition(database: Database) -> None:
    ledger, edition = freeze(database)
    subscribe(database, *ADDRESSES, "late@example.org")
    assert freeze(database)[1] == edition
    assert ledger.tally(edition).planned == 3


def test_an_edition_stays_as_it_was_frozen(database: Database, tmp_path: Path) -> None:
    ledger, edition = freeze(database)
    assert freeze(database, subject="Autre")[1] == edition
    transport = MemoryTransport()
    send(ledger, edition, transport, tmp_path)
    assert {parsed(message)["Subject"] for _, message in transport.sent} == {"Une nuit à l’atelier"}


def test_a_plan_that_fails_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        connection.exec_driver_sql("UPDATE subscribers SET lang = 'xx'")
        raise ZeroDivisionError
    assert freeze(database)[0].digest_ids() == ("weekly",)


def test_what_one_run_holds_no_other_gets(database: Database) -> None:
    ledger, edition = freeze(database)
    mine = claim(ledger, edition, limit=2)
    yours = claim(ledger, edition, run=YOURS)
    assert len(mine) == 2
    assert {one.id for one in mine} & {one.id for one in yours} == set()
    assert ledger.tally(edition).claimed == 3


def test_nobody_settles_or_releases_what_another_run_holds(database: Database) -> None:
    ledger, edition = freeze(database)
    (held,) = claim(ledger, edition, limit=1)
    ledger.release([held.id], run=YOURS)
    settle(ledger, edition, (held, TAKEN), run=YOURS)
    assert ledger.tally(edition).claimed == 1


def test_a_released_claim_is_as_if_it_had_never_been(database: Database) -> None:
    ledger, edition = freeze(database)
    before = rows(ledger, edition)
    ledger.release([one.id for one in claim(ledger, edition)], run=MINE)
    after = rows(ledger, edition)
    assert [(one.state, one.attempts, one.claimed_by) for one in before] == [
        (one.state, one.attempts, one.claimed_by) for one in after
    ]


@pytest.mark.parametrize("state", [state for state in SubscriberState if state is not SubscriberState.ACTIVE])
def test_who_left_after_the_plan_is_skipped_with_the_reason(database: Database, state: SubscriberState) -> None:
    ledger, edition = freeze(database)
    SubscriberStore(database).set_state("bo@example.org", state, now=NOW)
    assert "bo@example.org" not in [one.address for one in claim(ledger, edition)]
    (skipped,) = rows(ledger, edition, DeliveryState.SKIPPED)
    assert (skipped.address, skipped.words) == ("bo@example.org", f"{state.value} after the edition was planned")


def test_who_left_this_digest_alone_after_the_plan_is_skipped_too(database: Database) -> None:
    ledger, edition = freeze(database)
    with database.writing() as connection:
        rows_left = [{"subscriber_id": 2, "what": "left", "name": name} for name in ("weekly", "questions")]
        connection.execute(insert(choices), [*rows_left, {"subscriber_id": 1, "what": "left", "name": "questions"}])
    assert [one.address for one in claim(ledger, edition)] == ["amina@example.org", "zoé@bücher.example"]
    (skipped,) = rows(ledger, edition, DeliveryState.SKIPPED)
    assert skipped.words == "left this digest after the edition was planned"


def test_who_had_left_before_the_plan_is_not_in_it(database: Database) -> None:
    SubscriberStore(database).set_state("bo@example.org", SubscriberState.UNSUBSCRIBED, now=NOW)
    ledger, edition = freeze(database)
    assert ledger.tally(edition).planned == 2


def test_a_refusal_is_kept_with_the_servers_words_for_good(database: Database) -> None:
    ledger, edition = freeze(database)
    settle(ledger, edition, (claim(ledger, edition, limit=1)[0], Outcome(Reply.PERMANENT, "550 no such user")))
    (failed,) = rows(ledger, edition, DeliveryState.FAILED)
    assert (failed.words, failed.is_temporary, failed.due_at) == ("550 no such user", False, None)
    assert ledger.reopen_put_off(edition, now=NOW + timedelta(days=9)) == 0


def test_what_was_put_off_is_due_again_after_a_while_and_not_before(database: Database) -> None:
    ledger, edition = freeze(database)
    settle(ledger, edition, (claim(ledger, edition, limit=1)[0], LATER))
    tally = ledger.tally(edition)
    assert (tally.failed, tally.put_off, tally.next_due_at) == (1, 1, NOW + DELAYS[0])
    assert ledger.reopen_put_off(edition, now=NOW + DELAYS[0] - timedelta(seconds=1)) == 0
    assert ledger.reopen_put_off(edition, now=NOW + DELAYS[0]) == 1
    assert ledger.tally(edition).waiting == 3


def test_what_is_put_off_once_too_often_is_given_up_with_the_last_words(database: Database) -> None:
    ledger, edition = freeze(database)
    for _ in range(len(DELAYS) + 1):
        settle(ledger, edition, *((one, LATER) for one in claim(ledger, edition)))
        ledger.reopen_put_off(edition, now=NOW + timedelta(days=1))
    failed = rows(ledger, edition, DeliveryState.FAILED)
    assert [(one.is_temporary, one.words) for one in failed] == [
        (False, f"put off {len(DELAYS) + 1} times, and given up: 450 later")
    ] * 3
    assert ledger.tally(edition).is_sent


def test_a_paused_edition_gives_out_nothing_until_it_goes_on(database: Database) -> None:
    ledger, edition = freeze(database)
    ledger.pause(edition, is_paused=True)
    found = ledger.advance(edition, [], run=MINE, rates=no_limits(), now=NOW, limit=9)
    assert (found.deliveries, found.is_paused) == ((), True)
    ledger.pause(edition, is_paused=False)
    assert len(claim(ledger, edition)) == 3


def test_a_domain_that_must_wait_does_not_keep_the_others(database: Database) -> None:
    ledger, edition = freeze(database)
    rates = Rates(None, {"example.org": 1}, now_s=0)
    found = ledger.advance(edition, [], run=MINE, rates=rates, now=NOW, limit=2)
    assert [one.domain for one in found.deliveries] == ["example.org", "xn--bcher-kva.example"]
    assert found.waiting_domains == {"example.org"}


def test_a_sender_that_was_taken_for_dead_still_says_what_became_of_its_claim(
    database: Database, tmp_path: Path
) -> None:
    ledger, edition = freeze(database)
    ledger.begin(edition, MINE, now=NOW)
    (held,) = claim(ledger, edition, limit=1)
    assert recover(ledger, edition, tmp_path).in_doubt == 1
    settle(ledger, edition, (held, TAKEN))
    tally = ledger.tally(edition)
    assert (tally.accepted, tally.in_doubt) == (1, 0)


@pytest.mark.parametrize("state", [DeliveryState.ACCEPTED, DeliveryState.FAILED, DeliveryState.PLANNED])
def test_a_doubt_is_settled_with_the_name_of_who_decided(database: Database, state: DeliveryState) -> None:
    ledger, edition = freeze(database)
    doubtful, taken = claim(ledger, edition, limit=2)
    settle(ledger, edition, (doubtful, Outcome(Reply.IN_DOUBT, "the line broke")), (taken, TAKEN))
    done = ledger.settle_doubts(edition, [(doubtful, state), (taken, state)], by="Jeanne Vidal", now=NOW)
    assert done == 1, "only what is in doubt can be settled"
    found = {one.id: one for one in rows(ledger, edition)}
    assert (found[doubtful.id].state, found[doubtful.id].decided_by) == (state, "Jeanne Vidal")
    assert (found[taken.id].state, found[taken.id].decided_by) == (DeliveryState.ACCEPTED, None)


def test_editions_are_found_by_name_the_newest_first(database: Database) -> None:
    ledger, edition = freeze(database)
    assert ledger.find("weekly", "2026-W47") == edition
    assert ledger.find("weekly", "2026-W46") is None
    assert ledger.editions_of("weekly") == (edition,)
    assert ledger.digest_ids() == ("weekly",)


def test_variants_are_made_for_those_who_get_them_and_counted(database: Database) -> None:
    subscribe(database, "dan@example.net", lang="en")
    ledger, edition = freeze(database)
    assert [(variant.lang, variant.choice, count) for variant, count in ledger.variants(edition)] == [
        ("fr", "", 3),
        ("en", "", 1),
    ]
