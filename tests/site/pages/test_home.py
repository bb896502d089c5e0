"""The front page: what stands at its top, and that nothing stands there twice."""

from __future__ import annotations

from dataclasses import replace

from tests.theme.sample import make_archive, make_community, make_post
from veillee.model import Community, Kind
from veillee.site.archive import Archive
from veillee.site.pages.digests import view_digests
from veillee.site.pages.home import HomeView, Teaser, view_home
from veillee.site.pages.lists import Listing


def home(community: Community, archive: Archive | None = None, lang: str = "fr") -> HomeView:
    digests = view_digests(archive or Archive(), lang, now=community.now)
    return view_home(Listing(community, lang), digests)


def test_the_story_is_the_one_of_the_latest_edition_in_the_language_of_the_page() -> None:
    community = make_community()
    newer = make_post(Kind.STORY, "newer", "Plus récente", days=0.1, is_story_of_the_week=True)
    community = replace(community, posts=(newer, *community.posts))
    view = home(community, make_archive(community), lang="en")
    assert view.story and (view.story.slug, view.story.lang) == ("night-shift", "en")


def test_without_an_edition_the_newest_story_that_says_so_leads_else_the_newest() -> None:
    plain = make_post(Kind.STORY, "plain", "Simple", days=1)
    chosen = make_post(Kind.STORY, "chosen", "Choisie", days=2, is_story_of_the_week=True)
    assert home(make_community(posts=(plain, chosen))).story == chosen
    assert home(make_community(posts=(plain,))).story == plain


def test_the_streams_do_not_show_the_story_again() -> None:
    view = home(make_community())
    assert view.story
    assert view.story.id not in {post.id for column in view.columns for post in column.posts}


def test_the_three_streams_are_always_there() -> None:
    columns = home(make_community(posts=())).columns
    assert [column.stream for column in columns] == ["announcements", "questions", "buzz"]


def test_the_zapping_is_the_latest_edition_s_else_what_the_page_does_not_show() -> None:
    community = make_community()
    assert home(community, make_archive(community)).zapping[0].text == "Bienvenue à Malik et Jeanne"
    posts = tuple(make_post(Kind.ANNOUNCEMENT, f"a{n}", f"Annonce {n}", days=n) for n in range(5))
    assert [item.text for item in home(make_community(posts=posts)).zapping] == ["Annonce 3", "Annonce 4"]


def test_the_teaser_of_what_is_due_is_shown_without_an_edition() -> None:
    teaser = Teaser("Le jour où la formation obligatoire a disparu", "fr")
    assert home(make_community()).teaser == home(make_community(), lang="en").teaser == teaser
    assert home(make_community(scheduled=())).teaser is None


def test_an_empty_community_has_an_empty_front_page() -> None:
    view = home(make_community(posts=(), members=(), scheduled=()))
    assert (view.story, view.zapping, view.waiting, view.teaser, view.digest) == (None, (), (), None, None)
