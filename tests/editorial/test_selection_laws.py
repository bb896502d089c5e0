"""Laws of the selection, over communities that nobody would think of."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.editorial.communities import EVENING, FRIDAY, NOW, community, questions, weekly
from veillee.editorial.candidates import ASK_AGAIN
from veillee.editorial.history import ROLE_OF, Role
from veillee.editorial.periods import period_after, period_named, period_of
from veillee.editorial.selection import propose_edition
from veillee.model import (
    Answer,
    Author,
    Community,
    Digest,
    DigestChoice,
    Edition,
    Kind,
    Post,
    Reaction,
    SectionKind,
    Stream,
)

WEEK = period_named(FRIDAY, "2026-W47")
YEAR = timedelta(days=365)
NAMES = ("Amina", "Paul", "Sofia", "Zoe")
CALM = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def answers(draw: st.DrawFn, asked_at: datetime, until: datetime) -> tuple[Answer, ...]:
    hours = draw(st.lists(st.integers(0, 24 * 30), max_size=3))
    instants = [asked_at + timedelta(hours=hour) for hour in sorted(hours)]
    accepted = draw(st.integers(0, 3))
    found = [
        Answer(Author(draw(st.sampled_from(NAMES))), instant, "<p>a</p>", "a", is_accepted=index == accepted)
        for index, instant in enumerate(instants)
        if instant <= until
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_accepted, one.answered_at)))


@st.composite
def posts(draw: st.DrawFn, number: int, span: timedelta) -> Post:
    kind = draw(st.sampled_from(Kind))
    published_at = NOW.astimezone(UTC) - timedelta(seconds=draw(st.integers(0, int(span.total_seconds()))))
    slug = f"p{number}"
    return Post(
        id=f"{kind.folder}/{slug}",
        kind=kind,
        stream=draw(st.sampled_from(Stream)) if kind is Kind.STORY else kind.stream,
        title=slug,
        url=f"https://veillee.example/{slug}",
        lang=draw(st.sampled_from(("fr", "en"))),
        slug=slug,
        source=f"{kind.folder}/{slug}.md",
        published_at=published_at,
        authors=tuple(Author(name) for name in draw(st.lists(st.sampled_from(NAMES), max_size=2, unique=True))),
        summary="",
        html="",
        text="",
        digest=draw(st.sampled_from((DigestChoice.AUTO, DigestChoice.AUTO, *DigestChoice))),
        is_story_of_the_week=kind is Kind.STORY and draw(st.booleans()),
        expires_at=draw(st.none() | st.just(published_at + timedelta(days=9))),
        answers=draw(answers(published_at, NOW.astimezone(UTC))) if kind is Kind.QUESTION else (),
        reactions=(Reaction("bravo", draw(st.integers(0, 3))),) if kind is Kind.BUZZ else (),
        word_count=draw(st.sampled_from((100, 200))),
    )


@st.composite
def communities(draw: st.DrawFn, *, span: timedelta = timedelta(days=21), most: int = 25) -> Community:
    count = draw(st.integers(0, most))
    found = [draw(posts(number, span)) for number in range(count)]
    return community(*(one for one in found if not one.is_expired(NOW)))


digests = st.builds(
    lambda mix, items, helped, lines: weekly(
        mix=tuple(zip(Stream, mix, strict=True)), item_count=items, help_count=helped, zapping_count=lines
    ),
    st.tuples(*[st.integers(0, 3)] * 3).filter(any),
    st.integers(0, 12),
    st.integers(0, 4),
    st.integers(0, 6),
)


@CALM
@given(communities(), digests, st.randoms(use_true_random=False))
def test_the_order_of_the_posts_does_not_matter(found: Community, digest: Digest, order: random.Random) -> None:
    shuffled = list(found.posts)
    order.shuffle(shuffled)
    other = replace(found, posts=tuple(shuffled))
    assert propose_edition(digest, WEEK, other) == propose_edition(digest, WEEK, found)


@CALM
@given(communities(), digests)
def test_drafting_twice_gives_the_same_proposal(found: Community, digest: Digest) -> None:
    first = propose_edition(digest, WEEK, found)
    assert propose_edition(digest, WEEK, found, earlier=[first.edition]) == first


@CALM
@given(communities(), digests)
def test_every_post_is_chosen_once_or_refused_once(found: Community, digest: Digest) -> None:
    proposal = propose_edition(digest, WEEK, found)
    counts = Counter([one.post_id for one in (*proposal.choices, *proposal.refusals)])
    assert set(counts) == {post.id for post in found.posts}
    assert set(counts.values()) <= {1}


@CALM
@given(communities(), digests)
def test_the_slots_are_full_unless_all_that_has_weight_is_placed(found: Community, digest: Digest) -> None:
    proposal = propose_edition(digest, WEEK, found)
    placed = sum(len(section.post_ids) for section in proposal.edition.sections if section.kind in tuple(Stream))
    weighted = {stream for stream, weight in digest.mix if weight}
    assert placed == min(digest.item_count, sum(one.available for one in proposal.shares if one.stream in weighted))


@CALM
@given(communities(), digests)
def test_nobody_stands_in_a_stream_twice_while_somebody_else_was_refused(found: Community, digest: Digest) -> None:
    proposal = propose_edition(digest, WEEK, found)
    by_id = {post.id: post for post in found.posts}
    for stream in Stream:
        section = proposal.edition.section(SectionKind(stream.value))
        assert section is not None
        chosen = [by_id[one] for one in section.post_ids if by_id[one].digest is not DigestChoice.PIN]
        names = Counter(author for one in chosen for author in one.authors)
        refused = [by_id[one.post_id] for one in proposal.refusals if one.why.is_near]
        waiting = [
            one
            for one in refused
            if one.stream is stream and not one.is_waiting and one.authors and not names.keys() & set(one.authors)
        ]
        assert not (waiting and names and max(names.values()) > 1)


def _year_of_editions(found: Community, digest: Digest, *, early: timedelta) -> list[Edition]:
    """Every edition of a year, each drafted `early` before its period ends, from what was published by then."""
    schedule = digest.schedule
    period = period_of(schedule, found.now - YEAR)
    editions: list[Edition] = []
    while period.end <= found.now:
        drafted_at = period.end - early
        posts = [post for post in found.posts if post.published_at <= drafted_at]
        then = replace(
            found, now=drafted_at, posts=tuple(replace(post, answers=_by(post, drafted_at)) for post in posts)
        )
        proposal = propose_edition(digest, period, then, earlier=editions)
        if proposal.is_enough:
            editions.append(proposal.edition)
        period = period_after(schedule, period)
    return editions


def _by(post: Post, instant: datetime) -> tuple[Answer, ...]:
    return tuple(one for one in post.answers if one.answered_at <= instant)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(communities(span=YEAR, most=60), st.sampled_from((timedelta(0), timedelta(hours=30))))
def test_over_a_year_no_item_is_carried_twice(found: Community, early: timedelta) -> None:
    carried: Counter[tuple[str, Role]] = Counter()
    for edition in _year_of_editions(found, weekly(minimum_items=1), early=early):
        assert len(edition.post_ids) == sum(len(section.post_ids) for section in edition.sections)
        for section in edition.sections:
            role = ROLE_OF.get(section.kind, Role.NEWS)
            carried.update((post_id, role) for post_id in section.post_ids)
    assert all(count == 1 or (role is Role.ASKED and count <= ASK_AGAIN) for (_, role), count in carried.items())


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(communities(span=timedelta(days=60), most=30))
def test_over_two_months_of_evenings_no_question_is_new_or_answered_twice(found: Community) -> None:
    digest = questions(schedule=EVENING)
    carried: Counter[tuple[str, SectionKind]] = Counter()
    for edition in _year_of_editions(found, digest, early=timedelta(0)):
        carried.update((post_id, section.kind) for section in edition.sections for post_id in section.post_ids)
    waiting = SectionKind.WAITING_QUESTIONS
    assert all(count == 1 or (kind is waiting and count <= ASK_AGAIN) for (_, kind), count in carried.items())


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(communities(span=timedelta(days=90), most=30))
def test_with_room_for_all_no_post_of_the_year_is_lost_however_early_the_drafts(found: Community) -> None:
    digest = weekly(minimum_items=0, item_count=60, zapping_count=60, help_count=60)
    editions = _year_of_editions(found, digest, early=timedelta(hours=30))
    carried = {post_id for edition in editions for post_id in edition.post_ids}
    last = editions[-1].drafted_at
    assert last is not None
    wanted = {
        post.id
        for post in found.posts
        if post.digest is not DigestChoice.NEVER and post.expires_at is None and post.published_at < last
    }
    assert wanted <= carried
