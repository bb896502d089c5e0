"""Structured data by what schema.org and search engines ask for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.editorial.communities import answer, buzz, community, question, story
from veillee.model import Author, Event, Link, Member, Post
from veillee.render.structured import post_nodes, profile_node, render_nodes, trail_node

AMINA = Member("amina", "Amina", "https://veillee.example/members/amina.html", links=(Link("x", "https://a.example/"),))


def nodes_of(post: Post) -> list[dict[str, Any]]:
    of = replace(community(post), members=(AMINA,))
    numbered = list(enumerate(post.answers, start=1))
    return post_nodes(post, of, numbered=numbered, section="Stories", image_url="")


def test_a_story_has_what_an_article_needs() -> None:
    post = replace(story("night", title="x" * 200), authors=(Author("Amina", "amina"), Author("A guest")))
    (node,) = nodes_of(post)
    assert node["@type"] == "NewsArticle"
    assert len(node["headline"]) == 110
    assert node["author"] == [
        {"@type": "Person", "name": "Amina", "url": AMINA.url},
        {"@type": "Person", "name": "A guest"},
    ]
    assert datetime.fromisoformat(node["datePublished"]).tzinfo
    assert "image" not in node


def test_a_question_tells_accepted_from_suggested_answers() -> None:
    first = replace(answer(days=2), text="No.")
    best = replace(answer(days=1, accepted=True), text="Yes.")
    (page,) = nodes_of(question("q", answers=(best, first)))
    asked = page["mainEntity"]
    assert (page["@type"], asked["@type"], asked["answerCount"]) == ("QAPage", "Question", 2)
    assert (asked["acceptedAnswer"]["text"], asked["acceptedAnswer"]["url"][-9:]) == ("Yes.", "#answer-1")
    assert [one["text"] for one in asked["suggestedAnswer"]] == ["No."]


def test_a_question_that_waits_has_no_answers_and_says_so() -> None:
    (page,) = nodes_of(question("q"))
    assert page["mainEntity"]["answerCount"] == 0
    assert not {"acceptedAnswer", "suggestedAnswer"} & page["mainEntity"].keys()


def test_whole_days_of_an_event_are_dates_and_hours_are_local() -> None:
    days = Event(datetime(2026, 12, 3, 23, tzinfo=UTC), datetime(2026, 12, 5, 23, tzinfo=UTC), is_whole_day=True)
    hours = Event(datetime(2026, 12, 4, 13, tzinfo=UTC), datetime(2026, 12, 4, 14, tzinfo=UTC), place="Leeds")
    _, whole = nodes_of(replace(story("a"), event=days))
    _, short = nodes_of(replace(story("a"), event=hours))
    assert (whole["startDate"], whole["endDate"]) == ("2026-12-04", "2026-12-05")
    assert (short["startDate"], short["location"]["name"]) == ("2026-12-04T14:00:00+01:00", "Leeds")


def test_buzz_is_no_news_article() -> None:
    assert [node["@type"] for node in nodes_of(buzz("b"))] == ["SocialMediaPosting"]


def test_a_profile_names_the_person() -> None:
    node = profile_node(AMINA, role="Lead", lang="en")
    assert (node["@type"], node["mainEntity"]["@type"]) == ("ProfilePage", "Person")
    assert node["mainEntity"]["sameAs"] == ["https://a.example/"]


def test_what_members_type_cannot_leave_the_script() -> None:
    hostile = "</script><script>alert(1)</script><!-- & \u2028"
    text = render_nodes(nodes_of(replace(story("x", title=hostile), summary=hostile)))
    assert not {"<", ">", "&", "\u2028"} & set(text)
    assert json.loads(text)["@graph"][0]["headline"] == hostile


def test_steps_are_counted_from_one() -> None:
    trail = trail_node([("Home", "https://a/"), ("Stories", "https://a/stories/")])
    assert [(step["position"], step["name"]) for step in trail["itemListElement"]] == [(1, "Home"), (2, "Stories")]


def test_nothing_gives_nothing() -> None:
    assert render_nodes([]) == ""
