"""What a draft carries, what it refuses, and the reason that it gives for each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.editorial.communities import (
    FRIDAY,
    NOW,
    answer,
    buzz,
    community,
    days_ago,
    post,
    question,
    questions,
    story,
    weekly,
)
from veillee.editorial.periods import period_before, period_named
from veillee.editorial.proposal import Proposal, Why
from veillee.editorial.selection import propose_edition
from veillee.model import (
    Author,
    Community,
    Digest,
    DigestChoice,
    Edition,
    Member,
    Period,
    Post,
    Section,
    SectionKind,
    Stream,
)

WEEK = period_named(FRIDAY, "2026-W47")


def propose(
    *posts: Post, digest: Digest | None = None, earlier: tuple[Edition, ...] = (), **changes: object
) -> Proposal:
    return propose_edition(digest or weekly(), WEEK, community(*posts, **changes), earlier=earlier)  # type: ignore[arg-type]


def carried(proposal: Proposal, kind: str) -> tuple[str, ...]:
    section = proposal.edition.section(SectionKind(kind))
    return section.post_ids if section else ()


def refusal(proposal: Proposal, post_id: str) -> tuple[Why, str]:
    return next((one.why, one.reason) for one in proposal.refusals if one.post_id == post_id)


def reason(proposal: Proposal, post_id: str) -> str:
    return next(one.reason for one in proposal.choices if one.post_id == post_id)


def an_edition(period: Period, kind: str, *post_ids: str, drafted_at: datetime | None = None) -> Edition:
    sections = (Section(SectionKind(kind), post_ids),)
    return Edition("weekly", period.id, period.start, period.end, sections, drafted_at=drafted_at)


LAST_WEEK = period_before(FRIDAY, WEEK)


def test_the_streams_share_the_slots_in_thirds() -> None:
    posts = [post(f"a{n}") for n in range(5)]
    posts += [question(f"q{n}", answered=1) for n in range(5)]
    posts += [buzz(f"b{n}") for n in range(5)]
    proposal = propose(*posts)
    assert [len(carried(proposal, stream)) for stream in Stream] == [3, 3, 3]


def test_a_stream_with_too_little_gives_its_slots_to_the_others_and_says_so() -> None:
    posts = [post(f"a{n}") for n in range(9)] + [question("q", answered=1)] + [buzz(f"b{n}") for n in range(9)]
    proposal = propose(*posts)
    assert [len(carried(proposal, stream)) for stream in Stream] == [4, 1, 4]
    assert [(share.quota, share.given, share.available) for share in proposal.shares] == [
        (3, 4, 9),
        (3, 1, 1),
        (3, 4, 9),
    ]


def test_only_posts_of_the_period_are_carried_and_its_end_is_not_part_of_it() -> None:
    start = post("start", published_at=WEEK.start)
    late = post("end", published_at=WEEK.end)
    old = post("old", published_at=WEEK.start - timedelta(seconds=1))
    proposal = propose(start, late, old)
    assert proposal.edition.post_ids == ("announcements/start",)
    assert refusal(proposal, "announcements/end") == (Why.OUTSIDE, "of 20 November 2026, after the period")
    assert refusal(proposal, "announcements/old") == (Why.OUTSIDE, "of 13 November 2026, before the period")


def test_what_an_earlier_edition_carried_is_refused_with_the_editions_name() -> None:
    earlier = an_edition(LAST_WEEK, "announcements", "announcements/a")
    proposal = propose(post("a"), post("b"), earlier=(earlier,))
    assert carried(proposal, "announcements") == ("announcements/b",)
    assert refusal(proposal, "announcements/a") == (Why.CARRIED, "carried by 2026-W46")


def test_the_edition_itself_does_not_count_as_an_earlier_one() -> None:
    same = an_edition(WEEK, "announcements", "announcements/a")
    assert carried(propose(post("a"), earlier=(same,)), "announcements") == ("announcements/a",)


@pytest.mark.parametrize(
    ("changes", "why", "words"),
    [
        ({"digest": DigestChoice.NEVER}, Why.NEVER, "digest: never"),
        ({"expires_at": days_ago(0)}, Why.EXPIRED, "it expires on 20 November 2026"),
    ],
)
def test_what_may_not_be_carried_is_refused_with_the_reason(changes: dict[str, object], why: Why, words: str) -> None:
    proposal = propose(post("a", **changes))
    assert not proposal.edition.post_ids
    found, said = refusal(proposal, "announcements/a")
    assert found is why
    assert words in said


def test_what_expires_between_the_draft_and_the_edition_is_not_carried() -> None:
    thursday = NOW - timedelta(days=1)
    soon = post("a", expires_at=WEEK.end - timedelta(hours=2))
    assert not propose(soon, now=thursday).edition.post_ids
    assert propose(replace(soon, expires_at=WEEK.end + timedelta(days=3)), now=thursday).edition.post_ids


def test_posts_that_the_site_does_not_show_are_refused_with_its_reason() -> None:
    proposal = propose(withdrawn=(("stories/x", "draft"),), scheduled=(story("y", days=-2),))
    assert refusal(proposal, "stories/x") == (Why.WITHDRAWN, "it is a draft")
    assert refusal(proposal, "stories/y") == (Why.SCHEDULED, "it appears on 22 November 2026")


def test_a_pinned_post_comes_first_whatever_its_age_until_an_edition_has_carried_it() -> None:
    pinned = post("old", days=200, digest=DigestChoice.PIN)
    proposal = propose(post("new"), pinned)
    assert carried(proposal, "announcements") == ("announcements/old", "announcements/new")
    assert reason(proposal, "announcements/old") == "pinned by its author"
    again = propose(post("new"), pinned, earlier=(an_edition(LAST_WEEK, "buzz", "announcements/old"),))
    assert carried(again, "announcements") == ("announcements/new",)


def test_no_author_stands_in_a_section_twice_while_others_wait() -> None:
    posts = [buzz(f"paul{n}", author="Paul", reactions=9) for n in range(3)]
    posts += [buzz(f"other{n}", reactions=1) for n in range(2)]
    proposal = propose(*posts, digest=weekly(item_count=3, zapping_count=0))
    assert carried(proposal, "buzz") == ("buzz/paul0", "buzz/other0", "buzz/other1")
    assert refusal(proposal, "buzz/paul1") == (Why.AUTHOR, "Paul has a post in buzz already, and others waited")


def test_an_author_may_stand_in_a_section_twice_where_nobody_waits() -> None:
    posts = [buzz(f"paul{n}", author="Paul") for n in range(3)]
    assert len(carried(propose(*posts), "buzz")) == 3


def test_co_authors_count_each() -> None:
    both = buzz("both", reactions=9, authors=(Author("Paul"), Author("Amina")))
    proposal = propose(both, buzz("amina", author="Amina", reactions=5), buzz("zoe"), digest=weekly(item_count=2))
    assert carried(proposal, "buzz") == ("buzz/both", "buzz/zoe")


def test_the_story_of_the_week_is_the_one_that_is_marked() -> None:
    marked = story("marked", is_story_of_the_week=True)
    proposal = propose(story("long", word_count=9000), marked, story("pinned", digest=DigestChoice.PIN))
    assert carried(proposal, "story") == ("stories/marked",)
    assert reason(proposal, "stories/marked") == "marked as story of the week"


def test_of_two_marked_stories_the_newest_is_the_story_of_the_week() -> None:
    older, newer = (story(name, days=days, is_story_of_the_week=True) for name, days in (("a", 5), ("b", 1)))
    assert carried(propose(older, newer), "story") == ("stories/b",)


def test_without_a_mark_the_story_with_the_most_reactions_is_taken_then_the_longest() -> None:
    quiet, liked = story("quiet", word_count=5000), story("liked", reactions=buzz("x", reactions=4).reactions)
    proposal = propose(quiet, liked)
    assert carried(proposal, "story") == ("stories/liked",)
    assert "4 reactions, the most of 2 new stories" in reason(proposal, "stories/liked")
    assert carried(propose(quiet, story("short")), "story") == ("stories/quiet",)


def test_a_pinned_story_comes_before_those_that_have_more_reactions() -> None:
    pinned, liked = story("p", digest=DigestChoice.PIN), story("l", reactions=buzz("x", reactions=9).reactions)
    proposal = propose(pinned, liked)
    assert carried(proposal, "story") == ("stories/p",)
    assert reason(proposal, "stories/p") == "story of the week: pinned by its author"


def test_the_other_stories_compete_as_announcements_after_the_announcements() -> None:
    proposal = propose(story("a", word_count=900), story("b", days=1), post("news", days=3))
    assert carried(proposal, "announcements") == ("announcements/news", "stories/b")


def test_a_week_without_a_story_takes_one_that_no_edition_carried_from_the_last_four() -> None:
    waiting, carried_before, old = story("w", days=20), story("c", days=10), story("o", days=60)
    earlier = an_edition(LAST_WEEK, "story", "stories/c")
    proposal = propose(waiting, carried_before, old, earlier=(earlier,))
    assert carried(proposal, "story") == ("stories/w",)
    assert "no new one, and no edition carried this one of 31 Oct" in reason(proposal, "stories/w")
    assert refusal(proposal, "stories/o")[0] is Why.OUTSIDE


def test_questions_without_an_answer_are_asked_of_everybody_and_not_listed_as_questions() -> None:
    proposal = propose(question("open"), question("closed", answered=1, accepted=True))
    assert carried(proposal, "help") == ("questions/open",)
    assert carried(proposal, "questions") == ("questions/closed",)
    assert reason(proposal, "questions/closed") == "accepted answer by Paul"
    assert reason(proposal, "questions/open") == "waits for an answer since 18 November 2026"


def test_an_open_question_that_finds_no_place_waits_for_the_next_edition() -> None:
    proposal = propose(question("a", days=1), question("b"), digest=weekly(help_count=1))
    assert carried(proposal, "help") == ("questions/a",)
    assert proposal.edition.post_ids == ("questions/a",)
    assert refusal(proposal, "questions/b") == (Why.NO_SLOT, "help had 1 slot, and others came first")


def test_an_answer_at_the_first_instant_of_the_period_is_news() -> None:
    first = replace(answer(days=1), answered_at=WEEK.start)
    assert carried(propose(question("q", days=30, answers=(first,))), "questions") == ("questions/q",)
    early = replace(first, answered_at=WEEK.start - timedelta(seconds=1))
    assert not carried(propose(question("q", days=30, answers=(early,))), "questions")


def test_without_a_section_for_help_open_questions_are_listed_as_questions() -> None:
    sections = tuple(kind for kind in weekly().sections if kind is not SectionKind.HELP)
    proposal = propose(question("open"), digest=weekly(sections=sections))
    assert carried(proposal, "questions") == ("questions/open",)


def test_an_open_question_is_asked_again_in_three_editions_at_most() -> None:
    weeks = [LAST_WEEK]
    for _ in range(2):
        weeks.append(period_before(FRIDAY, weeks[-1]))
    open_question = question("open", days=40)
    editions = tuple(an_edition(week, "help", "questions/open") for week in weeks)
    assert carried(propose(open_question, earlier=editions[:2]), "help") == ("questions/open",)
    proposal = propose(open_question, earlier=editions)
    assert carried(proposal, "help") == ()
    assert refusal(proposal, "questions/open") == (Why.ASKED, "asked of everybody in 3 editions already")


def test_those_asked_least_often_are_asked_first() -> None:
    earlier = an_edition(LAST_WEEK, "help", "questions/new")
    proposal = propose(
        question("new", days=8), question("old", days=30), earlier=(earlier,), digest=weekly(help_count=1)
    )
    assert carried(proposal, "help") == ("questions/old",)
    assert refusal(proposal, "questions/new")[0] is Why.NO_SLOT


def test_a_question_that_was_asked_of_everybody_comes_back_once_it_is_answered() -> None:
    earlier = an_edition(LAST_WEEK, "help", "questions/q")
    proposal = propose(question("q", days=10, answered=1), earlier=(earlier,))
    assert carried(proposal, "questions") == ("questions/q",)
    assert reason(proposal, "questions/q") == "1 answer, none accepted yet; asked of everybody in 2026-W46"


def test_what_found_no_slot_goes_into_the_zapping_as_one_line() -> None:
    proposal = propose(*[post(f"a{n}") for n in range(4)], digest=weekly(item_count=3))
    assert carried(proposal, "zapping") == ("announcements/a3",)
    assert reason(proposal, "announcements/a3") == "one line: announcements had 3 slots, and others came first"
    assert not [one for one in proposal.refusals if one.post_id == "announcements/a3"]


def test_the_zapping_welcomes_who_joined_in_the_period_in_every_language() -> None:
    joined = (("paul", date(2026, 11, 13)), ("amina", date(2026, 11, 14)), ("zoe", date(2026, 11, 20)))
    members = tuple(Member(name, name.capitalize(), "", joined=day) for name, day in joined)
    lines = propose(members=members).edition.section(SectionKind.ZAPPING)
    assert lines is not None
    assert lines.lines == ((("fr", "Bienvenue à Amina et Zoe\u202f!"), ("en", "Welcome to Amina and Zoe!")),)


def test_the_zapping_never_has_more_lines_than_it_may() -> None:
    proposal = propose(*[post(f"a{n}") for n in range(30)], digest=weekly(zapping_count=4))
    section = proposal.edition.section(SectionKind.ZAPPING)
    assert section is not None
    assert len(section.post_ids) + len(section.lines) == 4


def test_the_teaser_is_the_next_scheduled_post_that_has_one() -> None:
    scheduled = (story("far", days=-9, teaser="Plus tard"), story("mute", days=-1), story("near", days=-3, teaser="Oh"))
    proposal = propose(scheduled=scheduled)
    assert carried(proposal, "teaser") == ("stories/near",)
    shown_before = an_edition(LAST_WEEK, "teaser", "stories/near")
    assert carried(propose(scheduled=scheduled, earlier=(shown_before,)), "teaser") == ("stories/far",)


def test_a_teased_post_is_still_news_when_it_comes() -> None:
    shown_before = an_edition(LAST_WEEK, "teaser", "stories/a")
    assert carried(propose(story("a"), earlier=(shown_before,)), "story") == ("stories/a",)


def test_what_came_after_an_early_draft_is_not_lost() -> None:
    """Drafted on Thursday noon: a post of Thursday evening is in no file, and in no period that is still to come."""
    thursday = LAST_WEEK.end - timedelta(hours=20)
    earlier = an_edition(LAST_WEEK, "announcements", "announcements/x", drafted_at=thursday)
    evening = post("evening", published_at=thursday + timedelta(hours=8))
    proposal = propose(evening, post("morning", published_at=thursday - timedelta(hours=4)), earlier=(earlier,))
    assert carried(proposal, "announcements") == ("announcements/evening",)
    assert reason(proposal, "announcements/evening") == "announcement of 12 Nov; came after 2026-W46 was made"


def test_what_came_in_a_week_too_quiet_for_an_edition_is_in_the_next_one() -> None:
    two_weeks_ago = period_before(FRIDAY, LAST_WEEK)
    earlier = an_edition(two_weeks_ago, "announcements", "announcements/x")
    proposal = propose(post("quiet", days=10), post("older", days=20), earlier=(earlier,))
    assert carried(proposal, "announcements") == ("announcements/quiet",)
    assert reason(proposal, "announcements/quiet") == "announcement of 10 Nov; came after 2026-W45 was made"


def test_a_first_edition_does_not_reach_back_into_the_archive() -> None:
    assert not propose(post("quiet", days=10)).edition.post_ids


def test_a_digest_that_slept_for_long_does_not_reach_back_for_ever() -> None:
    earlier = an_edition(period_named(FRIDAY, "2026-W20"), "announcements", "announcements/x")
    proposal = propose(post("a", days=30), post("b", days=40), earlier=(earlier,))
    assert carried(proposal, "announcements") == ("announcements/a",)


def test_fewer_posts_than_the_minimum_are_not_enough() -> None:
    assert not propose(post("a"), post("b")).is_enough
    assert propose(post("a"), post("b"), post("c")).is_enough


def test_lines_and_questions_asked_again_do_not_make_an_edition() -> None:
    proposal = propose(*[question(f"q{n}", days=30) for n in range(3)], digest=weekly(minimum_items=1))
    assert len(carried(proposal, "help")) == 3
    assert not proposal.is_enough


def test_a_translation_does_not_make_a_post_stand_twice() -> None:
    french = story("a")
    english = replace(french, lang="en", is_original=False, published_at=days_ago(1))
    assert propose(french, english).edition.post_ids == ("stories/a",)


def test_each_choice_and_each_refusal_has_a_reason() -> None:
    posts = [post(f"a{n}") for n in range(30)] + [question(f"q{n}") for n in range(9)] + [story("s", days=300)]
    proposal = propose(*posts)
    chosen = {one.post_id for one in proposal.choices}
    refused = {one.post_id for one in proposal.refusals}
    assert chosen | refused == {one.id for one in posts}
    assert not chosen & refused
    assert all(one.reason for one in (*proposal.choices, *proposal.refusals))


class TestTheQuestionsDigest:
    """Daily: new, answered, waiting."""

    DAY = Period("2026-11-19", datetime(2026, 11, 18, 17, tzinfo=UTC), datetime(2026, 11, 19, 17, tzinfo=UTC))

    def propose(self, *posts: Post, earlier: tuple[Edition, ...] = (), people: Community | None = None) -> Proposal:
        return propose_edition(questions(), self.DAY, people or community(*posts), earlier=earlier)

    def edition(self, kind: str, *post_ids: str) -> Edition:
        start = self.DAY.start - timedelta(days=1)
        return Edition("questions", "2026-11-18", start, self.DAY.start, (Section(SectionKind(kind), post_ids),))

    def test_a_question_is_new_then_answered_and_stands_once_as_each(self) -> None:
        new = question("new", days=1)
        answered = question("answered", days=5, answered=1)
        proposal = self.propose(new, answered, earlier=(self.edition("new_questions", "questions/answered"),))
        assert carried(proposal, "new_questions") == ("questions/new",)
        assert carried(proposal, "answered_questions") == ("questions/answered",)
        again = self.propose(answered, earlier=(self.edition("answered_questions", "questions/answered"),))
        assert not carried(again, "answered_questions")

    def test_a_question_asked_and_answered_on_one_day_is_new(self) -> None:
        proposal = self.propose(question("q", days=1, answered=0.9))
        assert carried(proposal, "new_questions") == ("questions/q",)
        assert carried(proposal, "answered_questions") == ()

    def test_a_later_answer_is_news_only_where_it_was_accepted(self) -> None:
        first = answer(days=4)
        plain = question("plain", days=5, answers=(first, answer(days=1)))
        accepted = question("accepted", days=5, answers=(answer(days=1, accepted=True), first))
        assert carried(self.propose(plain, accepted), "answered_questions") == ("questions/accepted",)

    def test_new_questions_are_not_asked_again_in_the_same_edition(self) -> None:
        proposal = self.propose(question("new", days=1), question("old", days=9))
        assert carried(proposal, "new_questions") == ("questions/new",)
        assert carried(proposal, "waiting_questions") == ("questions/old",)

    def test_other_kinds_of_post_have_no_section(self) -> None:
        assert refusal(self.propose(post("a", days=1)), "announcements/a")[0] is Why.NO_SECTION


def test_what_an_edition_carried_that_went_to_nobody_is_carried_by_the_next() -> None:
    people = community(post("old", days=9), post("new", days=2), story("tale", days=8))
    lost = propose_edition(weekly(), LAST_WEEK, people).edition
    assert set(lost.post_ids) == {"announcements/old", "stories/tale"}
    again = propose_edition(weekly(), WEEK, people, earlier=[lost], untold={lost.id})
    assert set(lost.post_ids) < set(again.edition.post_ids)
    assert "went to nobody so far" in reason(again, "announcements/old")
    assert not set(lost.post_ids) & set(propose_edition(weekly(), WEEK, people, earlier=[lost]).edition.post_ids)
