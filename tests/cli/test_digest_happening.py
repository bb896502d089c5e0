"""What a run says of its steps, and the exit code that they add up to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from veillee.cli.digest.happening import Happening, What, failure, is_only_early, worst
from veillee.delivery.ledger.records import Tally
from veillee.errors import ConfigurationError, ContentError, Fault

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
EARLY = Tally(
    planned=5, accepted=3, failed=0, put_off=0, in_doubt=0, skipped=0, waiting=2, claimed=0, next_due_at=LATER
)


def test_those_whose_hour_is_still_to_come_are_no_failure() -> None:
    assert is_only_early(EARLY, NOW)
    assert not is_only_early(EARLY, LATER), "their hour has come, and they were not served"


@pytest.mark.parametrize("state", ["put_off", "in_doubt", "claimed"])
def test_what_the_server_put_off_is_not_early(state: str) -> None:
    assert not is_only_early(replace(EARLY, **{state: 1}), NOW)


def test_the_worst_exit_code_wins() -> None:
    codes = (0, 5, 1)
    assert worst([Happening("weekly", What.SENT, "", exit_code=code) for code in codes]) == 5
    assert worst([]) == 0


def test_a_failure_says_its_message_once() -> None:
    fault = Fault("digests/weekly/digest.yaml", 3, "found", "allowed", "mend it")
    assert failure("weekly", ContentError(faults=[fault])).words == "kept back by what is named here"
    plain = failure("weekly", ConfigurationError("there is no git"))
    assert (plain.words, plain.exit_code) == ("there is no git", 3)
