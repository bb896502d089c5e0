"""The law of delivery, for whatever a server does: each message once, or in doubt, or kept for later."""

from __future__ import annotations

import asyncio
from collections import Counter

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.delivery.handovers import Remembering
from tests.delivery.relays import parcels, to
from tests.delivery.servers import CLOSE, DROP, HANG, PLAIN, TAKE_AND_DROP, TAKE_AND_HANG, USUAL, Act, Server
from veillee.delivery.envelope import Reply
from veillee.delivery.transports.smtp_session import Limits
from veillee.errors import VeilleeError

LIMITS = Limits(greeting_s=0.05, command_s=0.05, end_s=0.05, quit_s=0.05)
LONGEST_S = 20.0

BREAKS = [DROP, CLOSE, HANG, Act("421 4.3.2 bye", ends="close"), Act("421 4.3.2 bye", ends="drop"), Act("what?")]
REFUSALS = [Act("451 4.3.0 later"), Act("550 5.1.1 no"), Act("554 5.7.1 not you")]
ODD = [Act("250-a\r\n250 b"), Act("250 OK\r\n250 and again"), Act("220 what"), Act("354 what")]
YES = {"CONNECT": "220 hello", "MAIL": "250 OK", "RCPT": "250 OK", "DATA": "354 go on", "BODY": "", ".": "250 taken"}
ENDS = [TAKE_AND_DROP, TAKE_AND_HANG, Act("421 4.3.2 bye", ends="hang"), Act("354 what"), Act("250 taken", ends="drop")]


def acts(word: str) -> st.SearchStrategy[list[Act]]:
    """Good behaviour is as likely as all the rest, so that a script goes on."""
    good = Act(YES[word])
    bad = {
        ".": [*BREAKS, *REFUSALS, *ENDS],
        "BODY": [DROP, CLOSE, Act("451 4.3.0 later", ends="close"), Act("550 5.6.0 no", ends="drop")],
        "CONNECT": BREAKS,
    }
    others = bad.get(word, [*BREAKS, *REFUSALS, *ODD])
    return st.lists(st.one_of(st.just(good), st.sampled_from(others)), max_size=6)


scripts = st.fixed_dictionaries({word: acts(word) for word in YES})


@settings(max_examples=60)
@given(
    script=scripts,
    count=st.integers(0, 6),
    lanes=st.integers(1, 3),
    is_pipelining=st.booleans(),
    closes_after=st.one_of(st.none(), st.integers(1, 3)),
    most_connections=st.integers(1, 3),
)
@example(
    script={"DATA": [Act("354 go on\r\n250 2.0.0 taken")], "BODY": [Act("")]},
    count=2,
    lanes=1,
    is_pipelining=True,
    closes_after=None,
    most_connections=1,
)
def test_each_message_is_settled_or_kept_and_arrives_at_most_once(
    script: dict[str, list[Act]],
    count: int,
    lanes: int,
    is_pipelining: bool,
    closes_after: int | None,
    most_connections: int,
) -> None:
    extensions = USUAL if is_pipelining else PLAIN
    with Server(script, extensions=extensions, closes_after=closes_after, most_connections=most_connections) as server:
        handover = Remembering(parcels(count))
        asyncio.run(_carry(server, handover, lanes))
        arrived = Counter(recipient for recipient, _ in server.held)
        connection_count = server.connection_count
    assert handover.is_all_accounted_for
    outcomes = {f"m{number}@example.org": outcome.reply for number, outcome in handover.outcomes.items()}
    assert max(arrived.values(), default=0) <= 1
    for recipient, times in arrived.items():
        assert times == 1
        assert outcomes.get(recipient) in (Reply.ACCEPTED, Reply.IN_DOUBT)
    assert all(arrived[one] == 1 for one, reply in outcomes.items() if reply is Reply.ACCEPTED)
    assert list(outcomes.values()).count(Reply.IN_DOUBT) <= connection_count
    assert server.faults == []


async def _carry(server: Server, handover: Remembering, lanes: int) -> None:
    """All lanes; nothing but an error of ours may come out, and none hangs."""
    transport = to(server, lanes=lanes, patience_s=0.15, limits=LIMITS)
    async with asyncio.timeout(LONGEST_S):
        found = await asyncio.gather(*(transport.carry(handover) for _ in range(lanes)), return_exceptions=True)
    assert all(error is None or isinstance(error, VeilleeError) for error in found), found


@settings(max_examples=40)
@given(script=scripts, steps=st.integers(0, 60), is_pipelining=st.booleans())
def test_a_run_that_is_cancelled_at_any_step_loses_nothing(
    script: dict[str, list[Act]], steps: int, is_pipelining: bool
) -> None:
    with Server(script, extensions=USUAL if is_pipelining else PLAIN) as server:
        handover = Remembering(parcels(4))
        asyncio.run(_cancelled(server, handover, steps))
        arrived = Counter(recipient for recipient, _ in server.held)
    assert handover.is_all_accounted_for
    outcomes = {f"m{number}@example.org": outcome.reply for number, outcome in handover.outcomes.items()}
    assert max(arrived.values(), default=0) <= 1
    assert all(outcomes.get(one) in (Reply.ACCEPTED, Reply.IN_DOUBT) for one in arrived)


async def _cancelled(server: Server, handover: Remembering, steps: int) -> None:
    """Each step lets the server speak for a moment."""
    transport = to(server, lanes=2, patience_s=0.15, limits=LIMITS)
    lanes = [asyncio.ensure_future(transport.carry(handover)) for _ in range(2)]
    for _ in range(steps):
        await asyncio.sleep(0.0002)
    for lane in lanes:
        lane.cancel()
    async with asyncio.timeout(LONGEST_S):
        await asyncio.gather(*lanes, return_exceptions=True)
