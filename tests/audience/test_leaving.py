"""Leaving: one digest or all of them, once, for good, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from tests.delivery.samples import NOW, new_database, subscribe
from veillee.audience.leaving import Departure as Gone
from veillee.audience.leaving import LeavingUrls, decide_departure, leave, leaving_urls
from veillee.audience.subscribers import SubscriberStore
from veillee.audience.tokens import Leaving, sign_leaving
from veillee.database import Database, open_database
from veillee.database.tables import choices, subscribers
from veillee.model import SubscriberState

LATER = datetime(2027, 1, 5, tzinfo=UTC)
DIGESTS = ("questions", "weekly")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(new_database(tmp_path)) as opened:
        subscribe(opened, "amina@example.org", "bo@example.org")
        yield opened


def choose(database: Database, *names: str) -> None:
    rows = [{"subscriber_id": 1, "what": "digests", "name": name} for name in names]
    with database.writing() as connection:
        connection.execute(insert(choices), rows)


def ask(database: Database, digest_id: str | None, *, subscriber_id: int = 1) -> Gone:
    with database.writing() as connection:
        return leave(connection, Leaving(subscriber_id, digest_id), digest_ids=DIGESTS, now=LATER)


def stored(database: Database) -> tuple[str, datetime, set[tuple[str, str]]]:
    """State, last change and choices of the first subscriber."""
    with database.reading() as connection:
        row = connection.execute(select(subscribers).where(subscribers.c.id == 1)).one()
        chosen = connection.execute(select(choices.c.what, choices.c.name).where(choices.c.subscriber_id == 1)).all()
    return row.state, row.changed_at, {(one.what, one.name) for one in chosen}


def test_who_leaves_one_of_all_digests_keeps_the_others(database: Database) -> None:
    departure = ask(database, "weekly")
    assert (departure.address, departure.changes, departure.is_last) == ("amina@example.org", True, False)
    assert stored(database) == ("active", LATER, {("left", "weekly")})


def test_who_leaves_one_that_they_chose_keeps_the_others(database: Database) -> None:
    choose(database, "weekly", "questions")
    ask(database, "weekly")
    assert stored(database) == ("active", LATER, {("left", "weekly"), ("digests", "questions")})


def test_who_leaves_the_last_one_is_unsubscribed_and_what_they_chose_stays(database: Database) -> None:
    choose(database, "weekly")
    assert ask(database, "weekly").is_last
    assert stored(database) == ("unsubscribed", LATER, {("digests", "weekly")})


def test_who_leaves_one_after_the_other_is_unsubscribed(database: Database) -> None:
    ask(database, "weekly")
    assert ask(database, "questions").is_last
    assert stored(database)[0] == "unsubscribed"


def test_who_leaves_all_is_unsubscribed(database: Database) -> None:
    assert ask(database, None).is_last
    assert stored(database) == ("unsubscribed", LATER, set())


@pytest.mark.parametrize("digest_id", ["weekly", None])
def test_leaving_twice_changes_nothing(database: Database, digest_id: str | None) -> None:
    ask(database, digest_id)
    before = stored(database)
    with database.writing() as connection:
        again = leave(connection, Leaving(1, digest_id), digest_ids=DIGESTS, now=datetime(2028, 1, 1, tzinfo=UTC))
    assert not again.changes
    assert stored(database) == before


def test_nobody_else_leaves(database: Database) -> None:
    ask(database, None, subscriber_id=2)
    ask(database, "weekly", subscriber_id=999999999999999999)
    assert stored(database) == ("active", NOW, set())


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (SubscriberState.PENDING, "unsubscribed"),
        (SubscriberState.PAUSED, "unsubscribed"),
        (SubscriberState.BOUNCED, "unsubscribed"),
        (SubscriberState.COMPLAINED, "complained"),
        (SubscriberState.UNSUBSCRIBED, "unsubscribed"),
        (SubscriberState.ERASED, "erased"),
    ],
)
def test_leaving_ends_what_can_end(database: Database, state: SubscriberState, after: str) -> None:
    with database.writing() as connection:
        connection.execute(update(subscribers).where(subscribers.c.id == 1).values(state=state.value))
    ask(database, None)
    assert stored(database)[0] == after


def test_of_who_was_erased_nothing_is_said(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(update(subscribers).values(state="erased"))
    assert ask(database, "weekly") == Gone(1, None, "weekly")
    assert ask(database, "weekly", subscriber_id=77) == Gone(77, None, "weekly")


def test_a_departure_is_undone_with_its_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError), database.writing() as connection:
        leave(connection, Leaving(1, None), digest_ids=DIGESTS, now=LATER)
        raise RuntimeError
    assert SubscriberStore(database).find("amina@example.org").state is SubscriberState.ACTIVE  # type: ignore[union-attr]


NAMES = st.frozensets(st.sampled_from("abcd"))


@given(NAMES, NAMES, st.lists(st.sampled_from("abcd"), min_size=1))
def test_whatever_is_left_in_whatever_order_nothing_of_it_comes_again(
    chosen: frozenset[str], every: frozenset[str], wishes: list[str]
) -> None:
    left: frozenset[str] = frozenset()
    start, is_gone = chosen, False
    for wish in wishes:
        departure = decide_departure(Gone(1, "a@b", wish), wish, chosen=chosen, left=left, digest_ids=every)
        is_gone |= departure.is_last
        if departure.changes and not departure.is_last:
            chosen, left = chosen - {wish}, left | {wish}
        assert is_gone or not start or chosen  # nobody falls from a choice back to "all of them"
    gets = frozenset() if is_gone else (chosen or every) - left
    assert gets == ((start or every) - set(wishes) if not is_gone else frozenset())


def test_a_mail_carries_an_address_for_leaving_and_a_link_only_where_one_is_answered() -> None:
    leaving = Leaving(7, "weekly")
    token = sign_leaving(leaving, secret=b"key")
    mailto = f"mailto:leave@veillee.example?subject=unsubscribe%20{token}"
    urls = leaving_urls(leaving, unsubscribe_to="leave@veillee.example", desk_url=None, key=b"key")
    assert urls == LeavingUrls(mailto, None)
    for desk in ("https://desk.example/d", "https://desk.example/d/"):
        urls = leaving_urls(leaving, unsubscribe_to="leave@veillee.example", desk_url=desk, key=b"key")
        assert urls == LeavingUrls(mailto, f"https://desk.example/d/leave/{token}")


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("leave+digests@x.example", "leave+digests@x.example"),
        ("a&b?c%d#e@x.example", "a%26b%3Fc%25d%23e@x.example"),
        ("zoë@x.example", "zo%C3%AB@x.example"),
    ],
)
def test_an_address_for_leaving_is_written_as_rfc_6068_wants_it(address: str, written: str) -> None:
    urls = leaving_urls(Leaving(7, None), unsubscribe_to=address, desk_url=None, key=b"key")
    assert urls.mailto.startswith(f"mailto:{written}?subject=unsubscribe%20v1.7.-.")
