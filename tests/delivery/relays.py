"""The transport to a `Server` of the tests. Times are short: each limit is an argument."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.delivery.handovers import Remembering, carry, parcel
from tests.delivery.servers import PLAIN, USUAL, Act, Server
from veillee.config import MailSettings
from veillee.delivery.envelope import Parcel
from veillee.delivery.transports.smtp import SmtpTransport
from veillee.delivery.transports.smtp_session import Limits

RELAY = MailSettings(
    transport="smtp", maildir=Path("none"), host="127.0.0.1", port=None, security="plain", user=None, password=None
)
AMPLE = Limits(greeting_s=20.0, command_s=20.0, end_s=20.0, quit_s=20.0)
"""For servers that answer: however busy the machine is, nothing ends too early."""
SHORT = Limits(greeting_s=0.3, command_s=0.3, end_s=0.3, quit_s=0.3)
"""For servers that do not."""
BOTH = pytest.mark.parametrize("extensions", [USUAL, PLAIN], ids=["pipelining", "plain"])


def to(server: Server, *, lanes: int = 1, patience_s: float = 0.2, limits: Limits = AMPLE) -> SmtpTransport:
    mail = replace(RELAY, port=server.port, connections=lanes)
    return SmtpTransport(mail, limits=limits, patience_s=patience_s, first_pause_s=0.02)


def limits_for(act: Act) -> Limits:
    """Short ones only for what is never going to be answered."""
    return SHORT if act.ends == "hang" else AMPLE


def parcels(count: int) -> list[Parcel]:
    return [parcel(number, f"m{number}@example.org") for number in range(count)]


def carried(
    server: Server, count: int = 3, *, lanes: int = 1, patience_s: float = 2.0, limits: Limits = AMPLE
) -> Remembering:
    transport = to(server, lanes=lanes, patience_s=patience_s, limits=limits)
    handover = carry(transport, Remembering(parcels(count)))
    assert handover.is_all_accounted_for
    assert server.faults == []
    return handover


def addresses(*numbers: int) -> list[str]:
    return [f"m{number}@example.org" for number in numbers]
