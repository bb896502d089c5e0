"""Bounces and complaints: believed where they prove it, counted once, and never against who left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from tests.delivery.samples import NOW, new_database, subscribe
from veillee.database import Database, open_database
from veillee.database.tables import bounces, deliveries, editions, subscribers, variants
from veillee.delivery.ledger.bounces import (
    SOFT_LIMIT,
    Effect,
    Standing,
    Weighed,
    decide,
    settle_bounce,
    settle_complaint,
)
from veillee.delivery.message.return_path import return_path
from veillee.model import DeliveryState, SubscriberState
from veillee.model.returned import BounceKind, Traces

KEY, OLD_KEY = b"a key that is long enough", b"a key that was used before"
HARD, SOFT = BounceKind.HARD, BounceKind.SOFT
DAY = timedelta(days=1)


class Mailed:
    """A database with one subscriber, to whom `days` editions were handed over, one on each of these days."""

    def __init__(self, database: Database, days: tuple[int, ...] = (0, 7, 14, 21, 60)) -> None:
        self.database = database
        subscribe(database, "amina@example.org", "bo@example.org")
        with database.writing() as connection:
            for number, day in enumerate(days, start=1):
                when = NOW + day * DAY
                connection.execute(insert(editions).values(_edition(number, when)))
                connection.execute(insert(variants).values(_variant(number)))
                connection.execute(insert(deliveries).values(_delivery(number, when)))

    def path(self, number: int, *, key: bytes = KEY) -> str:
        return return_path("bounces@veillee.example", number, f"<{number}@x>", key=key)

    def bounce(
        self, number: int, kind: BounceKind = HARD, *, now: datetime = NOW, address: str | None = None
    ) -> Weighed:
        traces = Traces(("bounces@veillee.example", address or self.path(number)))
        with self.database.writing() as connection:
            return settle_bounce(connection, kind, traces, words="550 no", keys=(KEY, OLD_KEY), now=now)

    def complain(self, traces: Traces, *readers: tuple[int, str | None]) -> Weighed:
        with self.database.writing() as connection:
            return settle_complaint(connection, traces, readers=readers, words="abuse", keys=(KEY,), now=NOW)

    def set(self, number: int, **values: object) -> None:
        with self.database.writing() as connection:
            connection.execute(update(deliveries).where(deliveries.c.id == number).values(**values))

    def set_state(self, state: SubscriberState) -> None:
        with self.database.writing() as connection:
            connection.execute(update(subscribers).where(subscribers.c.id == 1).values(state=state.value))

    @property
    def state(self) -> str:
        with self.database.reading() as connection:
            return str(connection.execute(select(subscribers.c.state).where(subscribers.c.id == 1)).scalar_one())

    def everything(self) -> list[object]:
        """All that a report could change."""
        with self.database.reading() as connection:
            return [connection.execute(select(table)).all() for table in (subscribers, deliveries, bounces)]


def _edition(number: int, when: datetime) -> dict[str, object]:
    return {
        "id": number,
        "digest": "weekly",
        "edition": f"e{number}",
        "planned_at": when,
        "period_end": when,
        "sender": "news@veillee.example",
        "unsubscribe_to": "leave@veillee.example",
    }


def _variant(number: int) -> dict[str, object]:
    return {"id": number, "edition_id": number, "lang": "fr", "subject": "Une nuit", "stencil": "[]"}


def _delivery(number: int, when: datetime) -> dict[str, object]:
    return {
        "id": number,
        "edition_id": number,
        "variant_id": number,
        "subscriber_id": 1,
        "address": "amina@example.org",
        "address_key": "amina@example.org",
        "name": "",
        "message_id": f"<{number}@x>",
        "state": DeliveryState.ACCEPTED.value,
        "is_temporary": False,
        "words": "250 ok",
        "attempts": 1,
        "claimed_at": when,
        "settled_at": when,
    }


@pytest.fixture
def mailed(tmp_path: Path) -> Iterator[Mailed]:
    with open_database(new_database(tmp_path)) as database:
        yield Mailed(database)


def test_a_hard_bounce_ends_an_address_at_once(mailed: Mailed) -> None:
    assert mailed.bounce(1) == Weighed(Effect.ENDED, "the address does not exist", "amina@example.org")
    assert mailed.state == "bounced"


def test_three_soft_bounces_end_it_and_one_removes_nobody(mailed: Mailed) -> None:
    effects = []
    for number in (1, 2, 3):
        effects.append(mailed.bounce(number, SOFT, now=NOW + 7 * number * DAY).effect)
        assert mailed.state == ("bounced" if number == SOFT_LIMIT else "active")
    assert effects == [Effect.COUNTED, Effect.COUNTED, Effect.ENDED]


def test_soft_bounces_that_were_read_far_apart_end_nothing(mailed: Mailed) -> None:
    for number in (1, 2, 3):
        mailed.bounce(number, SOFT, now=NOW + 20 * number * DAY)
    assert mailed.state == "active"


def test_soft_bounces_of_mails_that_were_sent_far_apart_end_nothing_though_read_together(mailed: Mailed) -> None:
    for number in (1, 2, 5):
        mailed.bounce(number, SOFT, now=NOW + 70 * DAY)
    assert mailed.state == "active"


def test_who_is_taken_back_begins_anew(mailed: Mailed) -> None:
    for number in (1, 2, 3):
        mailed.bounce(number, SOFT)
    mailed.set_state(SubscriberState.ACTIVE)
    assert mailed.bounce(4, SOFT).effect is Effect.COUNTED
    assert mailed.bounce(1, SOFT) == Weighed(Effect.IGNORED, "it was reported before", "amina@example.org")
    assert mailed.state == "active"


@pytest.mark.parametrize("kind", [HARD, SOFT])
def test_a_report_that_is_replayed_changes_nothing(mailed: Mailed, kind: BounceKind) -> None:
    mailed.bounce(1, kind)
    mailed.set_state(SubscriberState.ACTIVE)
    before = mailed.everything()
    for _ in range(5):
        assert mailed.bounce(1, kind).effect is Effect.IGNORED
    assert mailed.everything() == before


def test_a_return_path_in_capitals_and_of_an_older_key_is_believed(mailed: Mailed) -> None:
    assert mailed.bounce(1, address=mailed.path(1, key=OLD_KEY).upper()).effect is Effect.ENDED


@pytest.mark.parametrize(
    "forged",
    [
        "bounces+1-0123456789abcdef@veillee.example",
        return_path("bounces@veillee.example", 1, "<2@x>", key=KEY),
        return_path("bounces@veillee.example", 1, "<1@x>", key=b"another key, long enough"),
        return_path("bounces@veillee.example", 999999, "<1@x>", key=KEY),
        "bounces+zzzzzzzzzzzz-0123456789abcdef@veillee.example",
    ],
)
def test_a_forged_report_changes_nothing(mailed: Mailed, forged: str) -> None:
    before = mailed.everything()
    weighed = mailed.bounce(1, address=forged)
    assert (weighed.effect, weighed.address) == (Effect.IGNORED, "")
    assert "not one that we signed" in weighed.why
    assert mailed.everything() == before


def test_what_holds_nothing_of_ours_is_not_ours(mailed: Mailed) -> None:
    assert mailed.bounce(1, address="someone@example.org").effect is Effect.NOT_OURS
    assert mailed.complain(Traces(message_ids=("<unknown@x>",))).effect is Effect.NOT_OURS


@pytest.mark.parametrize("state", [DeliveryState.PLANNED, DeliveryState.FAILED, DeliveryState.SKIPPED])
def test_what_never_left_cannot_come_back(mailed: Mailed, state: DeliveryState) -> None:
    mailed.set(1, state=state.value)
    before = mailed.everything()
    assert mailed.bounce(1).effect is Effect.IGNORED
    assert mailed.everything() == before


def test_what_is_being_sent_is_looked_at_later(mailed: Mailed) -> None:
    mailed.set(1, state="claimed")
    before = mailed.everything()
    assert mailed.bounce(1).effect is Effect.LATER
    assert mailed.everything() == before


@pytest.mark.parametrize("kind", [HARD, SOFT])
def test_a_bounce_settles_a_doubt(mailed: Mailed, kind: BounceKind) -> None:
    mailed.set(1, state="in_doubt")
    mailed.bounce(1, kind)
    with mailed.database.reading() as connection:
        row = connection.execute(select(deliveries).where(deliveries.c.id == 1)).one()
    assert (row.state, row.decided_by, row.settled_at) == ("accepted", "bounce", NOW)


@pytest.mark.parametrize(
    "state",
    [SubscriberState.UNSUBSCRIBED, SubscriberState.BOUNCED, SubscriberState.COMPLAINED, SubscriberState.ERASED],
)
def test_reports_about_who_is_gone_change_nothing(mailed: Mailed, state: SubscriberState) -> None:
    mailed.set_state(state)
    mailed.set(2, state="in_doubt")
    before = mailed.everything()
    for number, kind in ((1, HARD), (2, SOFT)):
        assert mailed.bounce(number, kind).effect is Effect.IGNORED
    assert mailed.complain(Traces((mailed.path(3),))).effect is Effect.IGNORED
    assert mailed.everything() == before


@pytest.mark.parametrize("by", ["return path", "message id", "token", "token of all digests"])
def test_a_complaint_is_believed_by_what_the_message_alone_could_tell(mailed: Mailed, by: str) -> None:
    weighed = {
        "return path": lambda: mailed.complain(Traces((mailed.path(2),))),
        "message id": lambda: mailed.complain(Traces(message_ids=("<2@x>",))),
        "token": lambda: mailed.complain(Traces(), (1, "weekly")),
        "token of all digests": lambda: mailed.complain(Traces(), (2, None), (1, None)),
    }[by]()
    assert weighed == Weighed(Effect.ENDED, "called spam by its reader", "amina@example.org")
    assert mailed.state == "complained"


def test_a_token_of_a_digest_that_was_never_sent_tells_nothing(mailed: Mailed) -> None:
    assert mailed.complain(Traces(), (1, "questions")).effect is Effect.NOT_OURS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(soup=st.binary(max_size=60), text=st.text(max_size=60))
def test_no_address_is_believed_by_chance(mailed: Mailed, soup: bytes, text: str) -> None:
    for address in (text, soup.decode("latin-1"), f"bounces+1-{soup.hex()[:16]}@x"):
        assert mailed.bounce(1, address=address or "-").effect in (Effect.IGNORED, Effect.NOT_OURS)
    assert mailed.state == "active"


@given(
    st.sampled_from(BounceKind),
    st.sampled_from(DeliveryState),
    st.sampled_from(SubscriberState),
    st.booleans(),
    st.integers(0, 9),
)
def test_only_who_could_be_mailed_and_was_mailed_is_ended(
    kind: BounceKind, delivery: DeliveryState, subscriber: SubscriberState, is_known: bool, earlier_soft: int
) -> None:
    effect, why = decide(kind, Standing(delivery, subscriber, is_known, earlier_soft))
    assert why
    if effect in (Effect.ENDED, Effect.COUNTED):
        assert not is_known
        assert delivery in (DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT)
        assert subscriber in (SubscriberState.ACTIVE, SubscriberState.PAUSED, SubscriberState.PENDING)
    if kind is SOFT and earlier_soft < SOFT_LIMIT - 1:
        assert effect is not Effect.ENDED
