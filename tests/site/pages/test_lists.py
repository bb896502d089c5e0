"""Lists: pages of twenty, tags, archives, members."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.theme.sample import AMINA, NOW, PAUL, make_answer, make_community, make_members, make_post
from veillee.model import Kind, Post
from veillee.model.places import Place
from veillee.site.pages.lists import Listing, paginate


def many(count: int) -> tuple[Post, ...]:
    return tuple(
        make_post(Kind.ANNOUNCEMENT, f"a{number:03}", f"Titre {number}", days=number) for number in range(count)
    )


def listing(*posts: Post, lang: str = "fr") -> Listing:
    return Listing(make_community(posts=posts, scheduled=()), lang)


def test_a_list_is_cut_into_pages_of_twenty_and_loses_nothing() -> None:
    posts = many(45)
    pages = list(paginate(posts, Place.ANNOUNCEMENTS))
    assert [len(page.posts) for page in pages] == [20, 20, 5]
    assert tuple(post for page in pages for post in page.posts) == posts
    assert {(page.page_count, page.post_count) for page in pages} == {(3, 45)}


def test_twenty_posts_make_one_page_and_none_make_one_that_says_so() -> None:
    assert [page.page_count for page in paginate(many(20), Place.BUZZ)] == [1]
    assert [page.posts for page in paginate((), Place.BUZZ)] == [()]


def test_the_filters_of_questions_share_them_out_without_rest() -> None:
    asked = [make_post(Kind.QUESTION, f"q{n}", "?", days=n) for n in range(6)]
    answered = [replace(post, answers=(make_answer(PAUL, "Oui.", days=0),)) for post in asked[::2]]
    posts = (*answered, *asked[1::2])
    by_place = {one.place: one.posts for one in listing(*posts).streams()}
    both = {*by_place[Place.QUESTIONS_OPEN], *by_place[Place.QUESTIONS_ANSWERED]}
    assert both == set(by_place[Place.QUESTIONS]) == set(posts)
    assert not set(by_place[Place.QUESTIONS_OPEN]) & set(by_place[Place.QUESTIONS_ANSWERED])


def test_the_question_that_has_waited_longest_comes_first() -> None:
    young, old = (make_post(Kind.QUESTION, slug, "?", days=days) for slug, days in (("young", 1), ("old", 9)))
    assert [post.slug for post in listing(young, old).waiting] == ["old", "young"]


def test_a_list_shows_each_post_once_in_its_language_where_it_can() -> None:
    listed = Listing(make_community(), "en")
    ids = [post.id for post in listed.posts]
    assert len(ids) == len(set(ids))
    assert next(post for post in listed.posts if post.slug == "night-shift").lang == "en"
    assert next(post for post in listed.posts if post.slug == "winter").lang == "fr"


def test_spellings_that_share_a_page_are_one_tag_under_their_commonest_name() -> None:
    tagged = [make_post(Kind.STORY, f"s{n}", "t", tags=(tag,)) for n, tag in enumerate(["SQL", "sql", "SQL", "!!!"])]
    assert [(tag.name, tag.slug, tag.post_count) for tag in listing(*tagged).tags] == [("SQL", "sql", 3)]


def test_a_post_with_two_spellings_of_a_tag_counts_once() -> None:
    assert [tag.post_count for tag in listing(make_post(Kind.STORY, "s", "t", tags=("SQL", "sql"))).tags] == [1]


def test_the_archive_counts_days_in_the_time_zone_of_the_community() -> None:
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # already January in Paris
    years = listing(replace(make_post(Kind.BUZZ, "b", "Bonne année"), published_at=new_year)).years
    assert [(year.key, [month.key for month in year.months]) for year in years] == [("2027", ["2027/01"])]


def test_the_archive_holds_every_post_in_its_year_and_month() -> None:
    listed = Listing(make_community(), "fr")
    assert sum(len(year.posts) for year in listed.years) == len(listed.posts)
    assert all(sum(len(month.posts) for month in year.months) == len(year.posts) for year in listed.years)


def test_a_member_page_tells_what_they_wrote_asked_and_answered() -> None:
    question = make_post(Kind.QUESTION, "q", "?", authors=(PAUL,), answers=(make_answer(AMINA, "Oui.", days=0),))
    story = make_post(Kind.STORY, "s", "Récit", authors=(AMINA, PAUL))
    views = {view.member.id: view for view in listing(story, question).members}
    assert views["amina"].written == (story,) and views["amina"].asked == ()
    assert [given.question for given in views["amina"].answered] == [question]
    assert views["paul"].asked == (question,)
    assert views["zoe"].is_silent and not views["paul"].is_silent


def test_members_stand_in_the_order_of_their_names_accents_apart() -> None:
    names = ("Zoé", "Élodie", "Amina", "eric")
    members = tuple(replace(make_members()[3], id=name.lower(), name=name) for name in names)
    views = Listing(make_community(members=members), "fr").members
    assert [view.member.name for view in views] == ["Amina", "Élodie", "eric", "Zoé"]


def test_the_newest_answer_of_a_member_comes_first() -> None:
    asked = [
        make_post(Kind.QUESTION, slug, "?", days=9, answers=(make_answer(AMINA, "Oui.", days=days),))
        for slug, days in (("long-ago", 8), ("just-now", 1))
    ]
    amina = next(view for view in listing(*asked).members if view.member.id == "amina")
    assert [given.question.slug for given in amina.answered] == ["just-now", "long-ago"]
    assert all(given.answer.answer.answered_at < NOW for given in amina.answered)
