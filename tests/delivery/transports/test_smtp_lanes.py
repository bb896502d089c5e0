"""Connections that are opened, kept, lost and opened again, and when a run gives up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.delivery.handovers import Remembering, carry, parcel
from tests.delivery.relays import BOTH, RELAY, addresses, carried, limits_for, parcels, to
from tests.delivery.servers import (
    CLOSE,
    DROP,
    HANG,
    Act,
    Server,
)
from veillee.delivery.envelope import Reply
from veillee.delivery.transports.patience import Patience
from veillee.delivery.transports.smtp import SmtpTransport
from veillee.errors import ConfigurationError, SourceError


@pytest.mark.parametrize(
    "act", [HANG, DROP, CLOSE, Act("554 5.7.1 no service for you"), Act("421 4.3.2 busy", ends="close"), Act("hello")]
)
def test_a_server_that_does_not_greet_stops_the_run_and_keeps_all(act: Act) -> None:
    with Server(always={"CONNECT": act}) as server:
        handover = Remembering(parcels(3))
        with pytest.raises(SourceError, match=r"127\.0\.0\.1:\d+ cannot be reached .*nobody is lost"):
            carry(to(server, lanes=2, limits=limits_for(act)), handover)
        assert handover.is_all_accounted_for
        assert handover.outcomes == {}


def test_the_words_of_a_server_that_is_busy_are_shown() -> None:
    busy = Act("421 4.3.2 too busy \x1b[31m", ends="close")
    with Server(always={"CONNECT": busy}) as server, pytest.raises(SourceError, match=r"421 4\.3\.2 too busy \[31m"):
        carry(to(server), Remembering(parcels(1)))


@pytest.mark.parametrize("act", [HANG, DROP, Act("421 4.3.2 busy", ends="close")])
def test_a_server_that_comes_round_is_waited_for(act: Act) -> None:
    with Server({"CONNECT": [act, act]}) as server:
        assert carried(server, limits=limits_for(act)).replies == [Reply.ACCEPTED] * 3
        assert server.connection_count == 3


def test_a_slow_greeting_is_waited_for() -> None:
    with Server({"CONNECT": [Act("220 at last", late_s=0.15)]}) as server:
        assert carried(server).replies == [Reply.ACCEPTED] * 3
        assert server.connection_count == 1


def test_nobody_listening_stops_the_run_within_its_patience() -> None:
    with Server() as server:
        port = server.port
    handover = Remembering(parcels(3))
    with pytest.raises(SourceError, match="cannot be reached"):
        carry(SmtpTransport(replace(RELAY, port=port), patience_s=0.2, first_pause_s=0.02), handover)
    assert handover.is_all_accounted_for
    assert handover.outcomes == {}


def test_a_server_without_ehlo_gets_what_it_can_take() -> None:
    with Server(knows_ehlo=False, extensions=()) as server:
        assert carried(server).replies == [Reply.ACCEPTED] * 3
        assert "MAIL FROM:<veillee@veillee.example>" in server.heard


def test_a_message_that_breaks_every_line_goes_back_and_the_others_arrive() -> None:
    with Server(breaks_on="poison") as server:
        handover = Remembering([parcel(9, "poison@example.org"), *parcels(3)])
        carry(to(server, patience_s=2.0), handover)
        assert handover.replies == [Reply.ACCEPTED] * 3
        assert handover.returns[9] == 5


@BOTH
def test_a_server_that_ends_each_connection_after_two_messages_gets_all(extensions: Sequence[str]) -> None:
    with Server(extensions=extensions, closes_after=2) as server:
        handover = carried(server, 9, lanes=2)
        assert handover.replies == [Reply.ACCEPTED] * 9
        assert sorted(server.recipients) == addresses(*range(9))
        assert not any(handover.returns.values())


def test_a_server_that_lets_in_two_of_five_gets_all_by_two() -> None:
    with Server(most_connections=2, always={".": Act("250 taken", late_s=0.01)}) as server:
        handover = carried(server, 40, lanes=5, patience_s=0.2)
        assert handover.replies == [Reply.ACCEPTED] * 40
        assert sorted(server.recipients) == sorted(addresses(*range(40)))


def test_a_first_answer_that_is_slow_is_waited_for_though_other_connections_are_not_let_in() -> None:
    with Server(most_connections=2, always={".": Act("250 taken", late_s=0.25)}) as server:
        transport = to(server, lanes=5)
        transport.patience = Patience(5.0, first_limit_s=0.1, first_pause_s=0.02)
        assert carry(transport, Remembering(parcels(4))).replies == [Reply.ACCEPTED] * 4


def test_a_server_that_says_it_is_busy_gets_the_patience_of_one_that_is_there() -> None:
    busy = Act("421 4.3.2 busy", ends="close")
    with Server({"CONNECT": [busy] * 4}) as server:
        transport = to(server)
        transport.patience = Patience(5.0, first_limit_s=0.05, first_pause_s=0.02)
        assert carry(transport, Remembering(parcels(2))).replies == [Reply.ACCEPTED] * 2


def test_thirty_connections_share_the_work() -> None:
    with Server(always={".": Act("250 taken", late_s=0.02)}) as server:
        handover = carried(server, 300, lanes=30)
        assert handover.replies == [Reply.ACCEPTED] * 300
        assert server.most_open == 30


def test_a_sender_that_is_never_welcome_stops_the_run_and_fails_nobody() -> None:
    with Server(always={"MAIL": "550 5.7.1 not you"}) as server:
        handover = Remembering(parcels(20))
        with pytest.raises(ConfigurationError, match=r"takes no mail from you .*550 5\.7\.1 not you"):
            carry(to(server), handover)
        assert handover.is_all_accounted_for
        assert set(handover.replies) == {Reply.TEMPORARY}


@pytest.mark.parametrize("word", ["RCPT", "DATA", "."])
def test_a_relay_that_lets_us_send_to_nobody_fails_nobody(word: str) -> None:
    with Server(always={word: "554 5.7.1 relay access denied"}) as server:
        handover = Remembering(parcels(20))
        with pytest.raises(ConfigurationError, match="relay access denied"):
            carry(to(server), handover)
        assert handover.is_all_accounted_for
        assert handover.replies == [Reply.TEMPORARY] * len(handover.outcomes)
        assert len(handover.outcomes) <= 5


def test_a_server_that_refuses_all_without_saying_why_is_not_asked_for_the_whole_list() -> None:
    with Server(always={"RCPT": "550 relay not permitted"}) as server:
        handover = Remembering(parcels(200))
        with pytest.raises(SourceError, match="refused every message so far"):
            carry(to(server), handover)
        assert len(handover.outcomes) == 29


def test_many_dead_addresses_in_a_row_stop_nothing_once_one_was_taken() -> None:
    with Server({"RCPT": ["250 OK"] + ["550 5.1.1 no such user"] * 60}) as server:
        handover = carried(server, 100)
        assert handover.replies.count(Reply.PERMANENT) == 60
        assert handover.replies.count(Reply.ACCEPTED) == 40
