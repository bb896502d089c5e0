"""Reading a site with our theme: which posts there are, who sees them, and what they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site.building import PNG, read_files, settings_of, tree_of, write_site
from veillee.model import Kind, Status, Stream
from veillee.site.reading import open_session, read_site


def story(title: str = "A story", date: str = "2026-11-01", body: str = "A text.", **keys: str) -> str:
    lines = [f"title: {title}", f"date: {date}", *(f"{key}: {value}" for key, value in keys.items())]
    return "---\n" + "\n".join(lines) + f"\n---\n{body}\n"


def test_reading_writes_nothing(tmp_path: Path) -> None:
    write_site(tmp_path, {"stories/one.md": story()})
    settings = settings_of(tmp_path)
    before = tree_of(tmp_path)
    read_site(settings)
    assert tree_of(tmp_path) == before


def test_reading_twice_gives_the_same_community(tmp_path: Path) -> None:
    write_site(tmp_path, {"stories/one.md": story(), "buzz/a.yaml": "- {author: Ana, date: 2026-11-02, body: Hi}\n"})
    settings = settings_of(tmp_path)
    assert read_site(settings).community == read_site(settings).community


def test_a_scheduled_post_appears_by_itself_at_its_time(tmp_path: Path) -> None:
    files = {"stories/soon.md": story(date="2026-11-20 18:00", teaser="Wait for it")}
    early = read_files(tmp_path, files, VEILLEE_NOW="2026-11-20T17:59").community
    assert early.posts == ()
    assert [(post.id, post.status, post.teaser) for post in early.scheduled] == [
        ("stories/soon", Status.SCHEDULED, "Wait for it")
    ]
    late = read_files(tmp_path, files, VEILLEE_NOW="2026-11-20T18:00").community
    assert [post.id for post in late.posts] == ["stories/soon"]
    assert late.scheduled == ()


def test_an_expired_post_is_withdrawn_at_its_time(tmp_path: Path) -> None:
    files = {"announcements/room.md": story(expires="2026-11-20 12:00")}
    assert len(read_files(tmp_path, files, VEILLEE_NOW="2026-11-20T11:59").community.posts) == 1
    after = read_files(tmp_path, files, VEILLEE_NOW="2026-11-20T12:00").community
    assert after.posts == ()
    assert after.withdrawn == (("announcements/room", "expired"),)


def test_drafts_and_hidden_posts_are_in_no_list(tmp_path: Path) -> None:
    files = {
        "stories/draft.md": story(status="draft"),
        "stories/undated.md": "---\ntitle: Undated\nstatus: draft\n---\nText.\n",
        "stories/hidden.md": story(status="hidden"),
    }
    reading = read_files(tmp_path, files)
    assert reading.faults == ()
    assert reading.community.posts == ()
    assert reading.community.withdrawn == (
        ("stories/draft", "draft"),
        ("stories/hidden", "hidden"),
        ("stories/undated", "draft"),
    )


def test_translations_share_an_id_and_stand_below_their_language(tmp_path: Path) -> None:
    files = {
        "stories/night.md": story("La nuit", lang="fr"),
        "stories/night.en.md": story("The night"),
        "stories/alone.en.md": story("Only in English"),
    }
    community = read_files(tmp_path, files, DEFAULT_LANG="fr", VEILLEE_LANGUAGES=["fr", "en"]).community
    found = {(post.id, post.lang): post for post in community.posts}
    french, english = found["stories/night", "fr"], found["stories/night", "en"]
    assert (french.url, french.is_original) == ("https://test.example/stories/night.html", True)
    assert (english.url, english.is_original) == ("https://test.example/en/stories/night.html", False)
    assert french.translations == (("en", english.url),)
    assert found["stories/alone", "en"].is_original
    assert [post.title for post in community.posts_in("en")] == ["Only in English", "The night"]


def test_a_story_and_a_question_may_have_the_same_slug(tmp_path: Path) -> None:
    reading = read_files(tmp_path, {"stories/lunch.md": story(), "questions/lunch.md": story()})
    assert reading.faults == ()
    assert sorted(post.id for post in reading.community.posts) == ["questions/lunch", "stories/lunch"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("stories/night-shift.md", "night-shift"),
        ("stories/2026-11-01-night-shift.md", "night-shift"),
        ("stories/2026-11-01.md", "2026-11-01"),
        ("stories/night-shift/index.md", "night-shift"),
        ("stories/Été à Lille.md", "ete-a-lille"),
    ],
)
def test_a_file_gives_its_post_an_address_that_a_new_title_does_not_change(
    name: str, slug: str, tmp_path: Path
) -> None:
    first = read_files(tmp_path, {name: story("One title")}).community.posts
    second = read_files(tmp_path, {name: story("Another title")}).community.posts
    assert [post.slug for post in first] == [post.slug for post in second] == [slug]


def test_every_post_of_a_list_is_read_and_named_by_its_title_or_first_words(tmp_path: Path) -> None:
    text = """
- {author: Ana, date: 2026-11-01, body: "The first macro that works, at last!"}
- {author: Ana, date: 2026-11-02, title: Lunch, body: Soup.}
- {author: Ana, date: 2026-11-03, slug: chosen, body: Chosen.}
"""
    community = read_files(tmp_path, {"buzz/2026-11.yaml": text}).community
    assert [post.id for post in community.posts] == [
        "buzz/chosen",
        "buzz/lunch",
        "buzz/the-first-macro-that-works-at-last",
    ]
    assert {post.kind for post in community.posts} == {Kind.BUZZ}


def test_the_only_post_of_a_list_keeps_its_address_when_a_second_one_comes(tmp_path: Path) -> None:
    one = "- {author: Ana, date: 2026-11-01, body: Alone here.}\n"
    two = "- {author: Ana, date: 2026-11-02, body: Not any more.}\n"
    alone = read_files(tmp_path, {"buzz/november.yaml": one}).community
    both = read_files(tmp_path, {"buzz/november.yaml": one + two}).community
    assert {post.id for post in alone.posts} < {post.id for post in both.posts}


def test_the_folder_gives_the_kind_unless_the_post_says_another(tmp_path: Path) -> None:
    files = {
        "stories/one.md": story(),
        "announcements/two.md": story(),
        "questions/three.md": story(),
        "buzz/four.md": story(),
        "stories/five.md": story(kind="buzz"),
        "stories/six.md": story(stream="buzz"),
    }
    community = read_files(tmp_path, files).community
    kinds = {post.slug: (post.kind, post.stream) for post in community.posts}
    assert kinds == {
        "one": (Kind.STORY, Stream.ANNOUNCEMENTS),
        "two": (Kind.ANNOUNCEMENT, Stream.ANNOUNCEMENTS),
        "three": (Kind.QUESTION, Stream.QUESTIONS),
        "four": (Kind.BUZZ, Stream.BUZZ),
        "five": (Kind.BUZZ, Stream.BUZZ),
        "six": (Kind.STORY, Stream.BUZZ),
    }
    assert {post.url for post in community.posts if post.slug == "five"} == {"https://test.example/buzz/five.html"}


def test_tags_that_differ_in_case_are_one_in_the_form_used_most(tmp_path: Path) -> None:
    files = {
        "stories/one.md": story(tags="[sql, Excel]"),
        "stories/two.md": story(tags="[SQL]"),
        "stories/three.md": story(tags="[SQL, sql, excel]"),
    }
    community = read_files(tmp_path, files).community
    assert community.tags == ("Excel", "SQL")
    assert {post.slug: post.tags for post in community.posts}["three"] == ("Excel", "SQL")


def test_authors_are_members_by_id_and_by_name_and_else_plain_names(tmp_path: Path) -> None:
    files = {
        "members/amina.yaml": "name: Amina Benali\nbio: See [the plan]({filename}/stories/one.md).\n",
        "stories/one.md": story(author="[amina, Amina Benali, A guest]"),
    }
    community = read_files(tmp_path, files).community
    assert [(author.name, author.member_id) for author in community.posts[0].authors] == [
        ("Amina Benali", "amina"),
        ("A guest", None),
    ]
    assert 'href="https://test.example/stories/one.html"' in community.members[0].bio_in("en")


def test_answers_are_rendered_with_the_accepted_one_first(tmp_path: Path) -> None:
    text = """
title: How?
author: Ana
date: 2026-11-01
body: "How?"
answers:
  - {author: Bob, date: 2026-11-02, body: "First, see [that](../stories/one.md)"}
  - {author: Cid, date: 2026-11-03, body: "**Better**", accepted: true}
"""
    files = {"questions/how.yaml": text, "stories/one.md": story()}
    reading = read_files(tmp_path, files)
    assert reading.faults == ()
    question = reading.community.post("questions/how")
    assert question is not None
    assert [(answer.author.name, answer.is_accepted) for answer in question.answers] == [("Cid", True), ("Bob", False)]
    assert "<strong>Better</strong>" in question.answers[0].html
    assert 'href="https://test.example/stories/one.html"' in question.answers[1].html


def test_links_between_files_work_as_authors_write_them(tmp_path: Path) -> None:
    body = """
[a]({filename}/stories/other.md) [b]({filename}other.md#part) [c](other.md) [d](../stories/other.md?x=1)
![e]({static}/images/caf%C3%A9.png) ![f](../images/café.png) ![g](/images/café.png) [h](https://else.example/x.md)
"""
    files = {"stories/one.md": story(body=body), "stories/other.md": story(), "images/café.png": PNG}
    reading = read_files(tmp_path, files)
    assert reading.faults == ()
    html = next(post.html for post in reading.community.posts if post.slug == "one")
    other = "https://test.example/stories/other.html"
    for url in (f'"{other}"', f'"{other}#part"', f'"{other}?x=1"', '"https://else.example/x.md"'):
        assert f"href={url}" in html
    assert html.count('href="https://test.example/stories/other.html"') == 2
    assert html.count('src="https://test.example/images/caf') == 3
    assert "{" not in html and "%7B" not in html


def test_a_link_to_a_post_that_is_not_shown_yet_is_a_note(tmp_path: Path) -> None:
    files = {"stories/one.md": story(body="[soon](two.md)"), "stories/two.md": story(date="2030-01-01")}
    reading = read_files(tmp_path, files)
    assert reading.faults == ()
    assert any("stories/two.md leads nowhere now: that post is not published yet" in note for note in reading.notes)


def test_keys_of_other_programs_do_not_break_the_article(tmp_path: Path) -> None:
    hostile = {
        "content": "x", "settings": "x", "translations": "x", "metadata": "x", "url": "/elsewhere/",
        "save_as": "../out.html",
        "template": "nothing", "date_format": "x", "timezone": "Mars/North", "source_path": "x", "get_content": "x",
        "__class__": "x", "post": "x", "veillee": "x", "weight": "3",
    }  # fmt: skip
    write_site(tmp_path, {"stories/one.md": story(**hostile)})
    with open_session(settings_of(tmp_path)) as session:
        session.read()
        article = session.articles.articles[0]
        assert session.reading().faults == ()
        assert article.weight == 3
        assert (article.url, article.save_as) == ("stories/one.html", "stories/one.html")
        assert "A text." in article.content


def test_posts_of_one_instant_have_a_fixed_order(tmp_path: Path) -> None:
    names = ["zebra", "apple", "mango"]
    files = {f"stories/{name}.md": story() for name in names}
    assert [post.slug for post in read_files(tmp_path, files).community.posts] == sorted(names)


def test_a_picture_has_its_size_and_an_absolute_address(tmp_path: Path) -> None:
    pixel = (Path(__file__).parents[1] / "sites/stock/content/images/pot.png").read_bytes()
    files = {"stories/one.md": story(image="images/pot.png", image_alt="A pot"), "images/pot.png": pixel}
    image = read_files(tmp_path, files).community.posts[0].image
    assert image is not None
    assert (image.url, image.alt, image.width, image.height) == ("https://test.example/images/pot.png", "A pot", 2, 3)


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + story("Caf\u00e9").replace("\n", "\r\n").encode()
    reading = read_files(tmp_path, {"stories/one.md": text})
    assert reading.faults == ()
    assert reading.community.posts[0].title == "Café"


def test_summaries_keep_the_spaces_of_french(tmp_path: Path) -> None:
    files = {"stories/un.md": story("Quoi ?", lang="fr", body="Vous venez ? " + "Oui ! " * 60)}
    post = read_files(tmp_path, files, DEFAULT_LANG="fr").community.posts[0]
    assert post.summary.startswith("Vous venez\u202f? Oui\u202f!")
    assert post.summary.endswith("…")
    assert len(post.summary.split(" ")) <= 41


def test_pages_need_no_date(tmp_path: Path) -> None:
    reading = read_files(tmp_path, {"stories/one.md": story(), "pages/charter.md": "# Our charter\n\nBe kind.\n"})
    assert reading.faults == ()


def test_an_answer_counts_from_its_own_instant_on(tmp_path: Path) -> None:
    text = """
{title: How?, author: Ana, date: 2026-11-01, body: "How?", answers: [{author: Bob, date: 2026-11-02 09:00, body: So}]}
"""
    before = read_files(tmp_path, {"questions/how.yaml": text}, VEILLEE_NOW="2026-11-02T08:59").community.posts[0]
    after = read_files(tmp_path, {"questions/how.yaml": text}, VEILLEE_NOW="2026-11-02T09:00").community.posts[0]
    assert (before.is_waiting, after.is_waiting) == (True, False)


def test_a_scheduled_translation_is_no_original(tmp_path: Path) -> None:
    files = {
        "stories/soon.fr.md": story("Bientôt", date="2026-11-30", slug="soon", lang="fr"),
        "stories/soon.md": story("Soon", date="2026-11-30", slug="soon", lang="en"),
    }
    settings = {"VEILLEE_NOW": "2026-11-20T17:59", "DEFAULT_LANG": "fr", "VEILLEE_LANGUAGES": ["fr", "en"]}
    scheduled = read_files(tmp_path, files, **settings).community.scheduled
    assert {(post.title, post.is_original) for post in scheduled} == {("Bientôt", True), ("Soon", False)}
