"""The event log: one JSON object a line, and no address in it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.delivery.runs import run_named
from tests.delivery.samples import NOW, freeze, new_database, subscribe
from veillee.database import open_database
from veillee.delivery.envelope import Outcome, Reply
from veillee.delivery.ledger.records import Delivery, FrozenEdition
from veillee.delivery.sending.events import EventLog
from veillee.delivery.sending.rates import Rates
from veillee.errors import SourceError

EDITION = FrozenEdition(1, "weekly", "2026-W47", NOW, NOW, "veillee@veillee.example", "leave@veillee.example")


@pytest.fixture
def delivery(tmp_path: Path) -> Delivery:
    with open_database(new_database(tmp_path)) as database:
        subscribe(database, "Zoé@Bücher.example")
        ledger, edition = freeze(database)
        found = ledger.advance(edition, [], run=run_named("r"), rates=Rates(None, {}, now_s=0), now=NOW, limit=1)
    return found.deliveries[0]


def test_each_event_is_a_line_and_names_nobody(tmp_path: Path, delivery: Delivery) -> None:
    log = EventLog(tmp_path / "sends", EDITION, run="r")
    log.say("begun", at=NOW, transport="memory:")
    words = f"550 5.1.1 <{delivery.wire_address}>: unknown, also known as {delivery.address}"
    log.outcomes([(delivery, Outcome(Reply.PERMANENT, words))], [replace(delivery, id=9)], at=NOW)
    text = (tmp_path / "sends" / "weekly" / "2026-W47.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["event"] for line in lines] == ["begun", "permanent", "skipped"]
    assert lines[1]["delivery"] == delivery.id
    assert lines[1]["message_id"] == delivery.message_id
    assert lines[1]["words"].startswith("550 5.1.1 <<recipient>>: unknown")
    assert "cher" not in text.lower()


def test_a_log_that_cannot_be_written_says_that_the_ledger_is_complete(tmp_path: Path) -> None:
    (tmp_path / "sends").write_text("a file")
    with pytest.raises(SourceError, match="the ledger is complete"):
        EventLog(tmp_path / "sends", EDITION, run="r").say("begun", at=NOW)
