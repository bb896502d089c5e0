"""What a reply means for a message, and for all that follow."""

from __future__ import annotations

import pytest

from veillee.delivery.envelope import Reply
from veillee.delivery.transports.verdicts import (
    ABOUT_US_IN_A_ROW,
    REFUSED_AT_FIRST,
    Refusal,
    Refusals,
    outcome_of,
    outcome_of_end,
)
from veillee.delivery.transports.wire import ServerReply

DEAD = Refusal("RCPT", ServerReply(550, ("5.1.1 no such user",)))
NOT_YOU = Refusal("RCPT", ServerReply(554, ("5.7.1 relay access denied",)))
LATER = Refusal("RCPT", ServerReply(450, ("4.2.0 greylisted",)))


@pytest.mark.parametrize(
    ("command", "code", "text", "wanted"),
    [
        ("RCPT", 550, "5.1.1 no such user", Reply.PERMANENT),
        ("RCPT", 550, "no such user", Reply.PERMANENT),
        ("RCPT", 550, "5.7.1 not you", Reply.TEMPORARY),
        ("RCPT", 530, "log in first", Reply.TEMPORARY),
        ("RCPT", 452, "4.2.2 full", Reply.TEMPORARY),
        ("MAIL", 550, "no", Reply.TEMPORARY),
        ("MAIL", 552, "too large", Reply.PERMANENT),
        ("MAIL", 554, "5.3.4 too large", Reply.PERMANENT),
        ("DATA", 554, "5.6.0 no", Reply.PERMANENT),
        (".", 550, "5.4.5 daily quota exceeded", Reply.TEMPORARY),
        (".", 550, "5.7.10 spam", Reply.TEMPORARY),
        (".", 550, "5.70.1 who knows", Reply.PERMANENT),
        (".", 550, "5.7.1.2.3 an address", Reply.PERMANENT),
    ],
)
def test_only_what_is_about_the_message_or_its_reader_is_for_good(
    command: str, code: int, text: str, wanted: Reply
) -> None:
    outcome = outcome_of(Refusal(command, ServerReply(code, (text,))))
    assert outcome.reply is wanted
    assert outcome.words == f"{code} {text}"


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (250, Reply.ACCEPTED),
        (354, Reply.IN_DOUBT),
        (421, Reply.TEMPORARY),
        (451, Reply.TEMPORARY),
        (554, Reply.PERMANENT),
    ],
)
def test_the_answer_to_the_end_decides(code: int, wanted: Reply) -> None:
    assert outcome_of_end(ServerReply(code, ("so",))).reply is wanted


def test_refusals_of_us_are_enough_when_nothing_was_accepted_between() -> None:
    refusals = Refusals()
    found = [refusals.are_enough(NOT_YOU) for _ in range(ABOUT_US_IN_A_ROW)]
    assert found == [False] * (ABOUT_US_IN_A_ROW - 1) + [True]
    refusals.accepted()
    assert not refusals.are_enough(NOT_YOU)


def test_dead_readers_are_enough_at_first_only() -> None:
    refusals = Refusals()
    found = [refusals.are_enough(DEAD) for _ in range(REFUSED_AT_FIRST)]
    assert found == [False] * (REFUSED_AT_FIRST - 1) + [True]
    refusals.accepted()
    assert not any(refusals.are_enough(DEAD) for _ in range(10 * REFUSED_AT_FIRST))


def test_deferrals_are_never_enough() -> None:
    refusals = Refusals()
    assert not any(refusals.are_enough(LATER) for _ in range(1000))
