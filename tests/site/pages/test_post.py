"""What stands beside a post."""

from __future__ import annotations

from tests.theme.sample import AMINA, PAUL, make_answer, make_community, make_post
from veillee.model import Kind, Status
from veillee.site.pages.post import REACH, PostLink, PostShelf, has_standfirst, link_to, number_answers


def slug_of_link(link: PostLink) -> str:
    return link.url.rpartition("/")[2].removesuffix(".html")


def test_neighbours_are_of_the_same_kind_newer_and_older() -> None:
    new, middle, old = (make_post(Kind.STORY, slug, slug, days=days) for slug, days in (("c", 1), ("b", 3), ("a", 5)))
    between = make_post(Kind.BUZZ, "x", "x", days=2)
    view = PostShelf(make_community(posts=(new, between, middle, old)), "fr").view(middle)
    assert (view.newer, view.older) == (link_to(new), link_to(old))


def test_a_draft_has_no_neighbours() -> None:
    draft = make_post(Kind.STORY, "draft", "Brouillon", status=Status.DRAFT)
    view = PostShelf(make_community(), "fr").view(draft)
    assert (view.newer, view.older) == (None, None)


def test_the_posts_that_share_the_rarest_tag_are_the_most_related() -> None:
    post = make_post(Kind.STORY, "this", "Ici", tags=("common", "rare"))
    crowd = [make_post(Kind.BUZZ, f"b{n}", "b", days=n, tags=("common",)) for n in range(1, 6)]
    kin = make_post(Kind.QUESTION, "kin", "?", days=90, tags=("rare",))
    related = PostShelf(make_community(posts=(post, *crowd, kin)), "fr").view(post).related
    assert [slug_of_link(other) for other in related] == ["kin", "b1", "b2"]


def test_a_post_is_never_related_to_itself_nor_to_its_translation() -> None:
    community = make_community()
    english = next(post for post in community.posts if post.lang == "en" and post.slug == "night-shift")
    assert "night-shift" not in {slug_of_link(other) for other in PostShelf(community, "fr").view(english).related}


def test_an_answer_keeps_its_number_when_another_one_is_accepted() -> None:
    first, second = make_answer(PAUL, "Un.", days=3), make_answer(AMINA, "Deux.", days=1, is_accepted=True)
    numbered = number_answers((second, first))
    assert [(one.number, one.answer) for one in numbered] == [(2, second), (1, first)]


def test_a_summary_that_only_repeats_the_opening_is_not_shown_twice() -> None:
    text = "Il est trois heures vingt, et la ligne 4 s’arrête. Personne ne dit rien."
    assert not has_standfirst(make_post(Kind.STORY, "s", "t", text=text, summary="Il est trois heures vingt, et la…"))
    assert has_standfirst(make_post(Kind.STORY, "s", "t", text=text, summary="Le récit d’une nuit."))
    assert not has_standfirst(make_post(Kind.STORY, "s", "t", text=text, summary=""))


def test_of_a_tag_that_everything_carries_only_the_newest_posts_are_looked_at() -> None:
    posts = [make_post(Kind.BUZZ, f"b{n}", "b", days=n, tags=("common",)) for n in range(1, REACH + 3)]
    oldest = make_post(Kind.STORY, "oldest", "Ici", days=REACH + 9, tags=("common", "rare"))
    kin = make_post(Kind.QUESTION, "kin", "?", days=REACH + 5, tags=("common", "rare"))
    related = PostShelf(make_community(posts=(*posts, kin, oldest)), "fr").view(oldest).related
    assert [slug_of_link(other) for other in related] == ["kin", "b1", "b2"]
