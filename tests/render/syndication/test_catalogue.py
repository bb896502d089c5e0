from __future__ import annotations

from dataclasses import replace

import pytest

from tests.editorial.communities import community, days_ago, post, story
from tests.feeds import samples
from veillee.model import Author, Community
from veillee.render.syndication import Feed, compose_feeds, digest_scope, feed_list
from veillee.render.syndication.catalogue import ITEM_LIMIT


def feeds(of: Community) -> dict[str, Feed]:
    return {feed.scope: feed for feed in compose_feeds(of, samples.digests(), samples.editions(of))}


def ids(feed: Feed) -> list[str]:
    return [item.id.partition(":stories/")[2] or item.id.partition(":")[2].partition(":")[2] for item in feed.items]


def test_a_site_has_feeds_of_everything_streams_kinds_digests_languages_tags_and_authors() -> None:
    of = samples.normal()
    assert [link.scope for link in feed_list(of, samples.digests())] == [
        "all",
        "streams/announcements",
        "streams/questions",
        "streams/buzz",
        "kinds/stories",
        "kinds/announcements",
        "kinds/questions",
        "kinds/buzz",
        "digests/weekly",
        "digests/weekly/en",
        "digests/questions",
        "digests/questions/en",
        "languages/fr",
        "languages/en",
        "tags/entraide",
        "tags/sql",
        "authors/amina",
        "authors/author-of-how",
        "authors/author-of-kettle",
        "authors/author-of-only-english",
        "authors/author-of-waiting",
        "authors/paul-roche",
    ]


def test_feeds_are_called_by_names_in_their_own_language() -> None:
    titles = {link.scope: (link.title, link.lang) for link in feed_list(samples.normal(), samples.digests())}
    assert titles["streams/announcements"] == ("Annonces", "fr")
    assert titles["languages/en"] == ("English", "en")
    assert titles["digests/weekly"] == ("L’histoire de la semaine", "fr")
    assert titles["digests/weekly/en"] == ("The story of the week", "en")
    assert titles["authors/amina"] == ("Amina Benali", "fr")


def test_the_feed_of_everything_holds_each_post_once_in_the_first_language() -> None:
    items = feeds(samples.normal())["all"].items
    assert [item.lang for item in items if "night-shift" in item.id] == ["fr"]
    assert [item.lang for item in items if "only-english" in item.id] == ["en"]
    assert len(items) == 6


def test_the_feed_of_a_language_holds_that_language_alone() -> None:
    of = feeds(samples.normal())
    assert {item.lang for item in of["languages/fr"].items} == {"fr"}
    assert [item.title for item in of["languages/en"].items] == ["The night shift", "About only-english"]


def test_a_tag_that_only_a_translation_has_has_its_feed() -> None:
    french = story("x", tags=("atelier",))
    english = replace(french, lang="en", tags=("workshop",), is_original=False)
    of = feeds(community(french, english))
    assert [item.lang for item in of["tags/workshop"].items] == ["en"]
    assert [item.lang for item in of["tags/atelier"].items] == ["fr"]


def test_one_language_alone_needs_no_feed_of_its_own() -> None:
    assert not [scope for scope in feeds(community(story("x"), languages=("fr",))) if scope.startswith("languages/")]


def test_a_feed_holds_the_newest_fifty() -> None:
    of = community(*(post(f"p{number:03}", days=number) for number in range(1, ITEM_LIMIT + 21)))
    items = feeds(of)["all"].items
    assert len(items) == ITEM_LIMIT
    assert items[0].url.endswith("p001.html")
    assert items[-1].url.endswith(f"p{ITEM_LIMIT:03}.html")


def test_a_feed_of_long_posts_holds_as_many_as_readers_can_load() -> None:
    long = [story(f"s{day}", days=day, html="<p>" + "é" * 400_000 + "</p>") for day in range(5)]
    assert len(feeds(community(*long))["all"].items) == 2
    assert len(feeds(community(story("whole", html="<p>" + "é" * 1_500_000 + "</p>")))["all"].items) == 1


def test_the_order_of_the_posts_does_not_matter_beyond_their_own() -> None:
    of = samples.normal()
    assert tuple(compose_feeds(of)) == tuple(compose_feeds(replace(of, members=tuple(reversed(of.members)))))


def test_a_feed_was_updated_when_its_newest_item_was() -> None:
    of = feeds(samples.normal())
    assert of["tags/sql"].updated_at == days_ago(1)  # the accepted answer
    assert of["streams/buzz"].updated_at == days_ago(7)


def test_no_feed_looks_at_the_clock() -> None:
    of = samples.normal()
    later = replace(of, now=days_ago(-30))
    assert tuple(compose_feeds(of)) == tuple(compose_feeds(later))


def test_an_empty_feed_still_has_a_day_that_does_not_move() -> None:
    of = feeds(community(story("x", days=30)))
    assert of["streams/buzz"].items == ()
    assert of["streams/buzz"].updated_at == days_ago(30)
    assert feeds(samples.empty())["all"].updated_at.year == 1990


@pytest.mark.parametrize(
    ("scope", "home"),
    [
        ("all", "/"),
        ("streams/questions", "/questions/index.html"),
        ("kinds/stories", "/stories/index.html"),
        ("tags/sql", "/tags/sql.html"),
        ("authors/amina", "/members/amina.html"),
        ("authors/paul-roche", "/"),
        ("languages/fr", "/"),
        ("languages/en", "/en/index.html"),
        ("digests/weekly", "/digests/weekly/index.html"),
        ("digests/weekly/en", "/en/digests/weekly/index.html"),
    ],
)
def test_a_feed_leads_to_the_page_that_shows_the_same(scope: str, home: str) -> None:
    assert feeds(samples.normal())[scope].home_url == f"https://veillee.example{home}"


def test_a_digest_has_a_feed_for_each_of_its_languages() -> None:
    of, weekly = samples.normal(), samples.digests()[0]
    assert digest_scope(of, weekly, "fr") == "digests/weekly"
    assert digest_scope(of, weekly, "en") == "digests/weekly/en"
    assert digest_scope(of, weekly, "de") == "digests/weekly"
    found = feeds(of)
    assert [item.lang for item in found["digests/weekly"].items] == ["fr"]
    assert [item.lang for item in found["digests/weekly/en"].items] == ["en"]


def test_a_plain_name_that_is_a_members_id_shares_the_members_feed() -> None:
    of = feeds(
        community(story("x", authors=(Author("Amina Benali", "amina"),)), story("y", authors=(Author("Amina"),)))
    )
    assert len(of["authors/amina"].items) == 2


def test_names_without_a_letter_have_no_feed() -> None:
    of = feeds(community(story("x", authors=(Author("!!!"),), tags=("???",))))
    assert not [scope for scope in of if scope.startswith(("authors/", "tags/"))]
