"""Who gets an edition, and in which language."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.delivery.samples import DIGEST, EDITION, SECRET
from veillee.delivery.plan import NOTHING_FOLLOWED, plan_deliveries, summarise, variant_language
from veillee.model import Subscriber, SubscriberState
from veillee.model.segments import parse_segment

AMINA = Subscriber(1, "amina@example.org", "amina@example.org", lang="fr")


@pytest.mark.parametrize(
    ("lang", "wanted"), [("fr", "fr"), ("en", "en"), ("en-gb", "en"), ("de", "fr"), ("", "fr"), ("fr-ca", "fr")]
)
def test_the_variant_is_the_one_that_the_reader_understands_best(lang: str, wanted: str) -> None:
    assert variant_language(lang, DIGEST.languages) == wanted


@pytest.mark.parametrize(
    ("subscriber", "is_planned"),
    [
        (AMINA, True),
        (replace(AMINA, digests=("weekly", "questions")), True),
        (replace(AMINA, digests=("questions",)), False),
        (replace(AMINA, left=("questions",)), True),
        (replace(AMINA, left=("weekly",)), False),
        (replace(AMINA, frequency="week"), True),
        (replace(AMINA, frequency="day"), True),
        (replace(AMINA, frequency="month"), False),
        *((replace(AMINA, state=state), state is SubscriberState.ACTIVE) for state in SubscriberState),
    ],
)
def test_only_who_wants_it_is_planned(subscriber: Subscriber, is_planned: bool) -> None:
    planned = list(plan_deliveries([subscriber], DIGEST, EDITION, key=SECRET))
    assert bool(planned) == is_planned


@pytest.mark.parametrize(
    ("timezone", "wanted"),
    [
        ("", None),
        ("Europe/Paris", None),
        ("Asia/Tokyo", None),
        ("Africa/Abidjan", "2026-11-20T08:00+00:00"),
        ("America/Montreal", "2026-11-20T13:00+00:00"),
        ("Pacific/Honolulu", "2026-11-20T18:00+00:00"),
    ],
)
def test_at_local_time_each_gets_it_at_their_own_eight_o_clock(timezone: str, wanted: str | None) -> None:
    local = replace(DIGEST, at_local_time=True)
    planned = [
        next(plan_deliveries([replace(AMINA, timezone=timezone)], digest, EDITION, key=SECRET)).due_at
        for digest in (local, DIGEST)
    ]
    assert planned == [datetime.fromisoformat(wanted) if wanted else None, None]


def test_a_segment_chooses_among_those_who_chose_the_digest() -> None:
    digest = replace(DIGEST, segment=parse_segment("topic:sql and lang=fr"))
    people = [AMINA, replace(AMINA, id=2, topics=("sql",)), replace(AMINA, id=3, topics=("sql",), lang="en")]
    assert [one.subscriber_id for one in plan_deliveries(people, digest, EDITION, key=SECRET)] == [2]


def test_a_plan_is_summed_up_with_the_largest_first() -> None:
    others = [replace(AMINA, id=n, address_key=f"m{n}@example.net", lang="en") for n in (2, 3)]
    summary = summarise(plan_deliveries([AMINA, *others], DIGEST, EDITION, key=SECRET))
    assert summary.total == 3
    assert summary.by_variant == ((("en", ""), 2), (("fr", ""), 1))
    assert summary.by_domain == (("example.net", 2), ("example.org", 1))


def test_who_follows_nothing_of_it_is_in_the_plan_as_skipped() -> None:
    (planned,) = plan_deliveries([AMINA], DIGEST, EDITION, key=SECRET, choose=lambda topics, streams: None)
    assert planned.skipped == NOTHING_FOLLOWED
    summary = summarise([planned])
    assert (summary.total, summary.skipped) == (0, ((NOTHING_FOLLOWED, 1),))


def test_each_choice_of_posts_is_a_variant_of_its_own() -> None:
    def choose(topics: tuple[str, ...], streams: tuple[str, ...]) -> tuple[str, frozenset[str] | None]:
        return (topics[0], frozenset(topics)) if topics else ("", None)

    people = [replace(AMINA, id=number, topics=topics) for number, topics in enumerate([(), ("sql",), ("sql",)])]
    summary = summarise(plan_deliveries(people, DIGEST, EDITION, key=SECRET, choose=choose))
    assert summary.by_variant == ((("fr", "sql"), 2), (("fr", ""), 1))
