"""What may stand in an envelope and in a message, and what the server's extensions allow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.delivery.handovers import Remembering, carry, parcel
from tests.delivery.relays import RELAY, addresses, carried, parcels, to
from tests.delivery.servers import (
    PLAIN,
    USUAL,
    Act,
    Server,
)
from veillee.delivery.envelope import Envelope, Parcel, Reply
from veillee.delivery.transports.smtp import SmtpTransport
from veillee.errors import ConfigurationError


def test_a_message_that_the_server_finds_too_large_is_not_sent() -> None:
    with Server(extensions=("PIPELINING", "SIZE 200")) as server:
        handover = carry(to(server), Remembering([parcel(0), parcel(1, body=b"x" * 200 + b"\r\n"), parcel(2)]))
        assert handover.replies == [Reply.ACCEPTED, Reply.PERMANENT, Reply.ACCEPTED]
        assert "takes 200 bytes" in handover.outcomes[1].words
        assert len(server.held) == 2


@pytest.mark.parametrize("size", ["0", "", "²", "9" * 5000, "-1", "1e3"])
def test_a_size_that_is_no_limit_limits_nothing(size: str) -> None:
    with Server(extensions=("PIPELINING", f"SIZE {size}")) as server:
        assert carried(server).replies == [Reply.ACCEPTED] * 3


@pytest.mark.parametrize(
    "recipient",
    [
        "a@example.org>\r\nRCPT TO:<b@example.org",
        "a@example.org\nDATA",
        "a@example.org> SIZE=0",
        "a b@example.org",
        "a@example.org\x00",
        "\ud800@example.org",
        "nobody",
        "",
        "a@b@example.org",
        "x" * 250 + "@example.org",
    ],
)
@pytest.mark.parametrize("first", [0, 1])
def test_an_address_that_carries_a_command_is_refused_before_the_server_hears_it(recipient: str, first: int) -> None:
    with Server(extensions=(*USUAL, "SMTPUTF8")) as server:
        handover = carry(to(server), Remembering([parcel(first, recipient), parcel(1 - first), parcel(2)]))
        assert handover.outcomes[first].reply is Reply.PERMANENT
        assert "address" in handover.outcomes[first].words
        assert len(server.held) == 2
        assert sum(line.startswith("RCPT") for line in server.heard) == 2


@pytest.mark.parametrize("recipient", ['"a b"@example.org', "a+b=c@example.org", "a@[192.0.2.1]", "o'neil@example.org"])
def test_unusual_addresses_pass(recipient: str) -> None:
    with Server() as server:
        assert carry(to(server), Remembering([parcel(1, recipient)])).replies == [Reply.ACCEPTED]
        assert server.recipients == [recipient]


def test_a_sender_that_carries_a_command_stops_the_run() -> None:
    spoilt = Parcel(1, Envelope("a@example.org>\r\nRSET", "b@example.org"), b"x\r\n")
    with Server() as server:
        handover = Remembering([parcel(0), spoilt, parcel(2)])
        with pytest.raises(ConfigurationError, match="cannot be the sender"):
            carry(to(server), handover)
        assert handover.is_all_accounted_for
        assert not any("RSET" in line for line in server.heard)


def test_an_empty_sender_is_one() -> None:
    bounce = Parcel(1, Envelope("", "b@example.org"), b"x\r\n")
    with Server() as server:
        assert carry(to(server), Remembering([bounce])).replies == [Reply.ACCEPTED]


def test_an_address_with_accents_needs_smtputf8() -> None:
    accented = parcel(0, "zoé@example.org")
    with Server() as server:
        handover = carry(to(server), Remembering([accented]))
        assert handover.replies == [Reply.PERMANENT]
        assert "accents" in handover.outcomes[0].words
    with Server(extensions=(*USUAL, "SMTPUTF8")) as server:
        assert carry(to(server), Remembering([accented, parcel(1)])).replies == [Reply.ACCEPTED] * 2
        assert server.recipients == ["zoé@example.org", "amina@example.org"]
        (mail,) = [line for line in server.heard if "SMTPUTF8" in line]
        assert "BODY=8BITMIME" in mail


def test_a_message_of_eight_bits_needs_8bitmime() -> None:
    eight = parcel(0, body="déjà\r\n".encode())
    with Server() as server:
        assert carry(to(server), Remembering([eight])).replies == [Reply.ACCEPTED]
        assert any(line.endswith("BODY=8BITMIME") for line in server.heard)
    with Server(extensions=PLAIN) as server:
        assert carry(to(server), Remembering([eight])).replies == [Reply.PERMANENT]


@pytest.mark.parametrize(
    "body",
    [b".\r\n", b".\r\nMAIL FROM:<x@example.org>\r\n", b"..\r\n.\r\n", b"a\r\n.", b"no end of line", b"x\r\n.\r\n"],
)
def test_lines_that_begin_with_a_dot_arrive(body: bytes) -> None:
    one = parcel(0, body=body)
    with Server() as server:
        assert carry(to(server), Remembering([one, parcel(1)])).replies == [Reply.ACCEPTED] * 2
        assert server.held[0][1] == one.message + (b"" if body.endswith(b"\r\n") else b"\r\n")
        assert len(server.held) == 2


@pytest.mark.parametrize("body", [b"a\n.\r\n", b"a\r.\r\n", b"a\r\n\n", b"a\r"])
@pytest.mark.parametrize("first", [0, 1])
def test_a_bare_line_end_is_never_sent(body: bytes, first: int) -> None:
    with Server() as server:
        handover = carry(to(server), Remembering([parcel(first, body=body), parcel(1 - first), parcel(2)]))
        assert handover.outcomes[first].reply is Reply.PERMANENT
        assert "CR LF" in handover.outcomes[first].words
        assert len(server.held) == 2


def test_words_out_of_turn_are_never_an_answer() -> None:
    with Server({"MAIL": ["250 OK\r\n250 and again"]}, extensions=PLAIN) as server:
        handover = carried(server)
        assert handover.replies == [Reply.ACCEPTED] * 3
        assert sorted(server.recipients) == addresses(0, 1, 2)
        assert [line[:4] for line in server.heard[:4]] == ["EHLO", "MAIL", "EHLO", "MAIL"]


def test_an_acceptance_before_the_end_is_no_acceptance() -> None:
    early = Act("354 go on\r\n250 2.0.0 taken")
    with Server({"DATA": [early]}) as server:
        assert carried(server).replies == [Reply.ACCEPTED] * 3
        assert sorted(server.recipients) == addresses(0, 1, 2)
        assert server.connection_count == 2


def test_the_name_of_the_transport_says_where_it_goes() -> None:
    assert SmtpTransport(replace(RELAY, host="::1")).label == "smtp:[::1]:25"
    assert (
        SmtpTransport(replace(RELAY, host="mail.example.org", security="starttls")).label == "smtp:mail.example.org:587"
    )


def test_ipv6_works() -> None:
    with Server(host="::1") as server:
        transport = SmtpTransport(replace(RELAY, host="::1", port=server.port))
        assert carry(transport, Remembering(parcels(3)), lanes=1).replies == [Reply.ACCEPTED] * 3


def test_a_password_never_crosses_the_network_in_clear() -> None:
    mail = replace(RELAY, host="mail.example.org", user="veillee", password="secret")
    with pytest.raises(ConfigurationError, match="in clear"):
        carry(SmtpTransport(mail), Remembering(parcels(1)), lanes=1)
