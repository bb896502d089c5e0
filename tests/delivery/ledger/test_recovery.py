"""What a dead run's claims become, by what is known of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.delivery.runs import recover, run_named
from tests.delivery.samples import NOW, freeze, new_database, subscribe
from veillee.database import open_database
from veillee.delivery.envelope import Outcome, Reply
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.journal import Journal, Remembered
from veillee.delivery.ledger.recovery import ENDED, MACHINE_STOPPED, NO_JOURNAL, Recovered, decide
from veillee.delivery.sending.rates import Rates
from veillee.model import DeliveryState

TAKEN = Outcome(Reply.ACCEPTED, "250 taken")
KNOWN = Remembered(replies={1: TAKEN}, ended=frozenset({2}))


@pytest.mark.parametrize("is_same_boot", [True, False])
def test_a_reply_is_believed_whatever_happened_to_the_machine(is_same_boot: bool) -> None:
    assert decide(1, KNOWN, is_same_boot=is_same_boot) == TAKEN


def test_what_had_ended_is_in_doubt_and_what_had_not_has_certainly_not_left() -> None:
    assert decide(2, KNOWN, is_same_boot=True) == Outcome(Reply.IN_DOUBT, ENDED)
    assert decide(3, KNOWN, is_same_boot=True) is None


def test_after_a_power_loss_everything_without_a_reply_is_in_doubt() -> None:
    assert decide(3, KNOWN, is_same_boot=False) == Outcome(Reply.IN_DOUBT, MACHINE_STOPPED)


@pytest.mark.parametrize("remembered", [None, Remembered(is_sound=False)])
def test_without_a_sound_journal_everything_is_in_doubt(remembered: Remembered | None) -> None:
    assert decide(3, remembered, is_same_boot=True) == Outcome(Reply.IN_DOUBT, NO_JOURNAL)


@pytest.mark.parametrize(
    ("was_delivered", "wanted"),
    [(None, Recovered(1, 1, 1)), (True, Recovered(2, 1, 0)), (False, Recovered(1, 2, 0))],
)
def test_recovery_settles_each_claim_and_asks_who_can_look(
    tmp_path: Path, was_delivered: bool | None, wanted: Recovered
) -> None:
    with open_database(new_database(tmp_path)) as database:
        subscribe(database, "replied@example.org", "ended@example.org", "not-begun@example.org")
        ledger, edition = freeze(database)
        run = run_named("dead")
        journal = Journal(tmp_path, run.name)
        ledger.begin(edition, run, now=NOW)
        rates = Rates(None, {}, now_s=0)
        claimed = ledger.advance(edition, [], run=run, rates=rates, now=NOW, limit=9).deliveries
        for one in claimed[:2]:
            journal.about_to_end(one.id)
        journal.reply(claimed[0].id, TAKEN)
        found = recover(ledger, edition, tmp_path, was_delivered=lambda delivery: was_delivered)
        assert found == wanted
        rows = {row.address: row for row in ledger.rows(edition, tuple(DeliveryState))}
    assert (rows["replied@example.org"].state, rows["replied@example.org"].words) == ("accepted", "250 taken")
    assert (rows["not-begun@example.org"].state, rows["not-begun@example.org"].attempts) == ("planned", 0)
    assert recover_nothing(tmp_path)


def recover_nothing(folder: Path) -> bool:
    """A second recovery finds nothing to do."""
    with open_database(f"sqlite:///{folder / 'veillee.sqlite3'}") as database:
        ledger = Ledger(database)
        (edition,) = ledger.editions_of("weekly")
        return recover(ledger, edition, folder) == Recovered()


def test_what_a_living_sender_holds_is_left_alone(tmp_path: Path) -> None:
    with open_database(new_database(tmp_path)) as database:
        subscribe(database, "amina@example.org")
        ledger, edition = freeze(database)
        ledger.begin(edition, run_named("alive"), now=NOW)
        ledger.advance(edition, [], run=run_named("alive"), rates=Rates(None, {}, now_s=0), now=NOW, limit=9)
        assert recover(ledger, edition, tmp_path, is_alive=lambda run: run == "alive") == Recovered()
        assert ledger.tally(edition).claimed == 1
