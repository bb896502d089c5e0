"""What becomes of a message, whatever a server does to it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.delivery.handovers import Remembering, carry, parcel
from tests.delivery.relays import BOTH, SHORT, addresses, carried, limits_for, parcels, to
from tests.delivery.servers import (
    CLOSE,
    DROP,
    ENDLESS_LINE,
    ENDLESS_REPLY,
    HANG,
    TAKE_AND_DROP,
    TAKE_AND_HANG,
    Act,
    Server,
)
from veillee.delivery.envelope import Reply
from veillee.delivery.transports.smtp_session import Limits
from veillee.errors import SourceError


@BOTH
def test_messages_arrive_as_they_were(extensions: Sequence[str]) -> None:
    with Server(extensions=extensions) as server:
        handover = carried(server, 5)
        assert handover.replies == [Reply.ACCEPTED] * 5
        assert server.held == [(one.envelope.recipient, one.message) for one in parcels(5)]
        assert server.connection_count == 1
        assert server.heard[-1] == "QUIT"


@BOTH
@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA", "."])
def test_a_deferral_puts_off_one_message_and_keeps_the_words(extensions: Sequence[str], word: str) -> None:
    with Server(
        {word: ["451 4.3.0 later", "250 OK"] if word != "DATA" else ["451 4.3.0 later"]}, extensions=extensions
    ) as server:
        handover = carried(server)
        assert handover.replies == [Reply.TEMPORARY, Reply.ACCEPTED, Reply.ACCEPTED]
        assert handover.outcomes[0].words == "451 4.3.0 later"
        assert server.recipients == addresses(1, 2)
        assert server.connection_count == 1


@BOTH
@pytest.mark.parametrize("word", ["RCPT", "DATA", "."])
def test_a_refusal_for_good_fails_one_message(extensions: Sequence[str], word: str) -> None:
    with Server({word: ["550 5.1.1 no such user"]}, extensions=extensions) as server:
        handover = carried(server)
        assert handover.replies == [Reply.PERMANENT, Reply.ACCEPTED, Reply.ACCEPTED]
        assert handover.outcomes[0].words == "550 5.1.1 no such user"
        assert server.recipients == addresses(1, 2)


@BOTH
@pytest.mark.parametrize("word", ["RCPT", "DATA", "."])
def test_a_refusal_in_the_middle_is_matched_to_its_message(extensions: Sequence[str], word: str) -> None:
    yes = {"RCPT": "250 OK", "DATA": "354 go", ".": "250 taken"}[word]
    with Server({word: [yes, "550 5.1.1 no", yes, "452 4.2.2 full"]}, extensions=extensions) as server:
        handover = carried(server, 6)
        wanted = [Reply.ACCEPTED, Reply.PERMANENT, Reply.ACCEPTED, Reply.TEMPORARY, Reply.ACCEPTED, Reply.ACCEPTED]
        assert handover.replies == wanted
        assert server.recipients == addresses(0, 2, 4, 5)


def test_a_server_that_waits_for_a_message_to_nobody_gets_an_empty_one() -> None:
    with Server({"RCPT": ["550 5.1.1 no"], "DATA": ["354 go on"], ".": ["554 5.5.1 no valid recipients"]}) as server:
        handover = carried(server)
        assert handover.replies == [Reply.PERMANENT, Reply.ACCEPTED, Reply.ACCEPTED]
        assert server.recipients == addresses(1, 2)
        assert server.connection_count == 1


def test_nobody_gets_an_empty_mail_where_the_sender_alone_was_refused() -> None:
    script = {"MAIL": ["451 4.3.0 later"], "RCPT": ["250 OK"], "DATA": ["354 go on"]}
    with Server(script) as server:
        handover = carried(server)
        assert handover.replies == [Reply.TEMPORARY, Reply.ACCEPTED, Reply.ACCEPTED]
        assert server.recipients == addresses(1, 2)
        assert server.connection_count == 2


@BOTH
@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("act", [Act("421 4.3.2 shutting down", ends="close"), DROP, CLOSE, HANG, Act("what?")])
def test_a_line_that_breaks_before_the_message_loses_nothing(extensions: Sequence[str], word: str, act: Act) -> None:
    with Server({word: [act]}, extensions=extensions) as server:
        handover = carried(server, limits=limits_for(act))
        assert handover.replies == [Reply.ACCEPTED] * 3
        assert sorted(server.recipients) == addresses(0, 1, 2)
        assert server.connection_count == 2


@BOTH
def test_a_line_that_breaks_behind_the_first_message_keeps_the_next_one_at_hand(extensions: Sequence[str]) -> None:
    with Server({"MAIL": ["250 OK", DROP]}, extensions=extensions) as server:
        handover = carried(server)
        assert handover.replies == [Reply.ACCEPTED] * 3
        assert server.recipients == addresses(0, 1, 2)
        assert not any(handover.returns.values())


@BOTH
@pytest.mark.parametrize("act", [TAKE_AND_DROP, TAKE_AND_HANG, DROP, CLOSE, Act("what?"), Act("354 go on")])
def test_an_end_without_an_answer_leaves_one_doubt(extensions: Sequence[str], act: Act) -> None:
    with Server({".": [act]}, extensions=extensions) as server:
        handover = carried(server, limits=limits_for(act))
        assert handover.replies == [Reply.IN_DOUBT, Reply.ACCEPTED, Reply.ACCEPTED]
        assert handover.ended[0] == 0
        assert sorted(server.recipients)[-2:] == addresses(1, 2)


@BOTH
def test_goodbye_instead_of_an_answer_means_not_taken(extensions: Sequence[str]) -> None:
    with Server({".": [Act("421 4.3.2 shutting down", ends="close")]}, extensions=extensions) as server:
        handover = carried(server)
        assert handover.replies == [Reply.TEMPORARY, Reply.ACCEPTED, Reply.ACCEPTED]
        assert handover.outcomes[0].words == "421 4.3.2 shutting down"
        assert sorted(server.recipients) == addresses(1, 2)


def test_three_doubts_in_a_row_stop_the_run() -> None:
    with Server(always={".": TAKE_AND_DROP}) as server:
        handover = Remembering(parcels(10))
        with pytest.raises(SourceError, match="does not say whether it has them"):
            carry(to(server), handover, lanes=1)
        assert handover.is_all_accounted_for
        assert handover.replies == [Reply.IN_DOUBT] * 3
        assert len(server.recipients) == 3


def test_answers_that_are_none_stop_the_run_like_silence() -> None:
    """A server that asks for more after each end would else bring the whole list in doubt."""
    handover = Remembering(parcels(9))
    no_answer = Server(always={".": Act("354 go on")})
    with no_answer as server, pytest.raises(SourceError, match="does not say whether it has them"):
        carry(to(server), handover, lanes=1)
    assert handover.is_all_accounted_for
    assert handover.replies == [Reply.IN_DOUBT] * 3
    assert all("354 go on" in outcome.words for outcome in handover.outcomes.values())


@BOTH
def test_a_server_that_only_says_goodbye_is_left_alone_and_not_given_the_list(extensions: Sequence[str]) -> None:
    handover = Remembering(parcels(50))
    with Server(always={".": Act("421 4.3.2 closing", ends="close")}, extensions=extensions) as server:
        with pytest.raises(SourceError, match="takes no message"):
            carry(to(server), handover, lanes=1)
        assert server.connection_count < 10
    assert handover.is_all_accounted_for
    assert set(handover.replies) == {Reply.TEMPORARY}


def test_a_large_message_that_is_cut_off_in_the_middle_has_not_left() -> None:
    large = parcel(0, "m0@example.org", body=b"Bonjour, et bien plus encore.\r\n" * 200_000)
    with Server({"BODY": [DROP]}) as server:
        handover = carry(to(server, limits=Limits(greeting_s=0.3, command_s=5, end_s=10)), Remembering([large]))
        assert handover.replies == [Reply.ACCEPTED]
        assert handover.ended == [0]
        assert server.held == [("m0@example.org", large.message)]


def test_a_large_message_that_nobody_reads_is_given_back_and_the_run_ends() -> None:
    large = parcel(0, "m0@example.org", body=b"Bonjour, et bien plus encore.\r\n" * 200_000)
    with Server(always={"BODY": HANG}) as server:
        handover = Remembering([large])
        with pytest.raises(SourceError, match="takes no message"):
            carry(to(server, limits=SHORT), handover)
        assert handover.outcomes == {}
        assert handover.ended == []
        assert handover.is_all_accounted_for


def test_a_refusal_in_the_middle_of_a_message_counts_and_the_next_one_goes_elsewhere() -> None:
    large = parcel(0, "m0@example.org", body=b"Bonjour, et bien plus encore.\r\n" * 200_000)
    with Server({"BODY": [Act("552 5.3.4 too big", ends="hang")]}) as server:
        handover = carry(to(server), Remembering([large, parcel(1)]))
        assert handover.replies == [Reply.PERMANENT, Reply.ACCEPTED]
        assert handover.ended == [1]
        assert server.connection_count == 2


def test_five_megabytes_arrive() -> None:
    large = parcel(0, "m0@example.org", body=b"Bonjour, et bien plus encore.\r\n" * 170_000)
    with Server() as server:
        assert carry(to(server, limits=Limits()), Remembering([large, parcel(1)])).replies == [Reply.ACCEPTED] * 2
        assert server.held[0][1] == large.message


@BOTH
def test_replies_byte_by_byte_and_late_are_understood(extensions: Sequence[str]) -> None:
    with Server(
        {"MAIL": [Act("250 OK", late_s=0.1)], ".": [Act("250 taken", late_s=0.1)]}, extensions=extensions, drips=True
    ) as server:
        assert carried(server).replies == [Reply.ACCEPTED] * 3


@pytest.mark.parametrize(
    "act", [ENDLESS_LINE, ENDLESS_REPLY, Act("250-one\r\n354 two"), Act("999 what"), Act("\x00\xff")]
)
@pytest.mark.parametrize("word", ["CONNECT", "EHLO", "MAIL"])
def test_an_answer_without_end_or_sense_is_cut_off(word: str, act: Act) -> None:
    with Server({word: [act]}) as server:
        assert carried(server).replies == [Reply.ACCEPTED] * 3
