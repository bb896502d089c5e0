"""What an edition holds for somebody who follows some topics or streams alone."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.editorial.communities import buzz, community, post, question, story
from tests.editorial.test_compose import edition, section
from veillee.editorial.choices import WHOLE, Chooser, part_of
from veillee.model import Edition, SectionKind

TAGS = ("sql", "atelier", "sécurité")
POSTS = (
    story("the-story", tags=("atelier",)),
    post("closed-on-monday", tags=("atelier",)),
    post("to-everybody", tags=()),
    question("how-to-join", tags=("SQL",)),
    question("who-has-keys", tags=("sécurité", "atelier")),
    buzz("a-good-query", tags=("sql",)),
)
EDITION = edition(
    section("story", POSTS[0].id),
    section("announcements", POSTS[1].id, POSTS[2].id),
    section("questions", POSTS[3].id, POSTS[4].id),
    section("buzz", POSTS[5].id),
    section("zapping", lines=((("fr", "Une ligne"),),)),
)
CHOOSER = Chooser(EDITION, community(*POSTS))


def carried(topics: tuple[str, ...] = (), streams: tuple[str, ...] = ()) -> set[str] | None:
    choice = CHOOSER.choose(topics, streams)
    if choice is None:
        return None
    _, post_ids = choice
    return set(EDITION.post_ids if post_ids is None else part_of(EDITION, post_ids).post_ids)


def ids(*numbers: int) -> set[str]:
    return {POSTS[number].id for number in numbers}


def test_whoever_follows_nothing_in_particular_gets_the_whole() -> None:
    assert CHOOSER.choose((), ()) == WHOLE


def test_a_topic_keeps_its_posts_those_without_tags_and_the_story() -> None:
    assert carried(topics=("sql",)) == ids(0, 2, 3, 5)


def test_a_topic_is_known_in_any_spelling() -> None:
    assert carried(topics=("SÉCURITÉ",)) == carried(topics=("se\u0301curite\u0301",)) == ids(0, 2, 4)


def test_a_stream_keeps_its_posts_and_the_story() -> None:
    assert carried(streams=("questions",)) == ids(0, 3, 4)


def test_topic_and_stream_must_both_be_followed() -> None:
    assert carried(topics=("sql",), streams=("questions",)) == ids(0, 3)


def test_whoever_follows_nothing_that_is_in_it_gets_nothing() -> None:
    assert carried(topics=("cooking",), streams=("buzz",)) is None


def test_an_edition_of_the_story_alone_is_for_everybody() -> None:
    only_story = edition(section("story", POSTS[0].id))
    assert Chooser(only_story, community(*POSTS)).choose(("cooking",), ()) == WHOLE


def test_the_story_alone_is_worth_a_mail_to_who_follows_its_topic_only() -> None:
    one = edition(section("story", POSTS[0].id), section("questions", POSTS[3].id))
    chooser = Chooser(one, community(*POSTS))
    assert chooser.choose(("cooking",), ()) is None
    choice = chooser.choose(("atelier",), ())
    assert choice is not None
    assert part_of(one, choice[1] or frozenset()).post_ids == (POSTS[0].id,)


def test_the_tags_of_every_language_count() -> None:
    french = question("a-question", tags=("données",))
    english = replace(french, lang="en", is_original=False, tags=("data",))
    one = edition(section("questions", french.id), section("buzz", POSTS[5].id))
    chooser = Chooser(one, community(french, english, POSTS[5]))
    choices = [chooser.choose((topic,), ()) for topic in ("data", "données")]
    assert [choice[1] for choice in choices if choice] == [{french.id}, {french.id}]


def test_lines_stay_and_the_order_too() -> None:
    part = part_of(EDITION, frozenset(ids(2, 3)))
    assert [one.kind for one in part.sections] == [one.kind for one in EDITION.sections]
    assert part.section(SectionKind.ZAPPING) == EDITION.section(SectionKind.ZAPPING)
    assert is_in_order(part, EDITION)


def is_in_order(part: Edition, whole: Edition) -> bool:
    return list(part.post_ids) == [post_id for post_id in whole.post_ids if post_id in part.post_ids]


topics_followed = st.lists(st.sampled_from([*TAGS, "cooking"]), unique=True).map(tuple)


@given(one=topics_followed, other=topics_followed)
def test_following_more_never_loses_a_post(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    if one and other:
        both = carried(topics=(*one, *other)) or set()
        assert (carried(topics=one) or set()) | (carried(topics=other) or set()) <= both


@given(one=topics_followed, other=topics_followed)
def test_the_same_posts_have_the_same_name(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    first, second = CHOOSER.choose(one, ()), CHOOSER.choose(other, ())
    if first and second:
        assert (first[0] == second[0]) == (first[1] == second[1])
