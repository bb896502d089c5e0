"""An edition and the community make what a template renders; what is gone is named with file and line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.editorial.communities import FRIDAY, NOW, buzz, community, days_ago, post, question, story, weekly
from veillee.editorial.compose import compose_edition, faults_of, filled_in, find_lost_items
from veillee.editorial.periods import period_named
from veillee.errors import ContentError
from veillee.model import ComposedEdition, Digest, Edition, Section, SectionKind

WEEK = period_named(FRIDAY, "2026-W47")


def edition(*sections: Section, **changes: object) -> Edition:
    values: dict[str, object] = {
        "digest_id": "weekly",
        "id": WEEK.id,
        "period_start": WEEK.start,
        "period_end": WEEK.end,
        "sections": sections,
        "source": "digests/weekly/editions/2026-W47.md",
        "item_lines": tuple((pid, line) for line, pid in enumerate(_ids(sections), start=7)),
    }
    return Edition(**{**values, **changes})  # type: ignore[arg-type]


def _ids(sections: tuple[Section, ...]) -> list[str]:
    return [post_id for section in sections for post_id in section.post_ids]


def section(kind: str, *post_ids: str, lines: tuple[tuple[tuple[str, str], ...], ...] = ()) -> Section:
    return Section(SectionKind(kind), post_ids, lines)


def compose(
    one: Edition,
    *posts: object,
    lang: str = "fr",
    digest: Digest | None = None,
    for_sending: bool = True,
    **changes: object,
) -> ComposedEdition:
    return compose_edition(
        one,
        digest or weekly(subjects=(("fr", "{story}"), ("en", "{title}, {date}: {count}"))),
        community(*posts, **changes),  # type: ignore[arg-type]
        lang=lang,
        render_introduction=lambda text, lang: (f"<p>{text}</p>", text),
        for_sending=for_sending,
    )


def test_each_post_is_in_its_best_version_for_the_language() -> None:
    french = story("a", title="La nuit")
    english = replace(french, lang="en", title="The night", is_original=False)
    only_french = buzz("b", title="Le vélo")
    one = edition(section("story", "stories/a"), section("buzz", "buzz/b"))
    titles = {
        lang: [found.title for found in compose(one, french, english, only_french, lang=lang).posts]
        for lang in ("fr", "en")
    }
    assert titles == {"fr": ["La nuit", "Le vélo"], "en": ["The night", "Le vélo"]}


def test_the_subject_is_filled_in_for_each_language() -> None:
    french = story("a", title="La nuit")
    english = replace(french, lang="en", title="The night", is_original=False)
    one = edition(section("story", "stories/a"), section("zapping", "buzz/z"))
    posts = (french, english, buzz("z"))
    assert compose(one, *posts).subject == "La nuit"
    assert compose(one, *posts, lang="en").subject == "The story of the week, 20 November 2026: 1"


def test_the_managers_own_subject_wins() -> None:
    one = edition(section("story", "stories/a"), subjects=(("fr", "{story}, et plus"),))
    assert compose(one, story("a", title="La nuit")).subject == "La nuit, et plus"


def test_without_a_story_the_subject_speaks_of_the_first_item() -> None:
    one = edition(section("story"), section("buzz", "buzz/b"))
    assert compose(one, buzz("b", title="Le vélo")).subject == "Le vélo"
    assert compose(edition()).subject == "L’histoire de la semaine"


def test_braces_and_line_ends_in_a_title_stay_text_on_one_line() -> None:
    title = "{date}\r\nBcc: all@veillee.example\u2028 {title}\u202f!"
    one = edition(section("story", "stories/a"))
    assert compose(one, story("a", title=title)).subject == "{date} Bcc: all@veillee.example {title}\u202f!"


def test_unknown_placeholders_stay_as_they_are() -> None:
    assert filled_in("{story} {x} {", {"story": "A"}) == "A {x} {"


def test_title_and_address_are_those_of_the_language() -> None:
    one = edition(section("story", "stories/a"))
    french, english = (compose(one, story("a"), lang=lang) for lang in ("fr", "en"))
    assert french.title == "L’histoire de la semaine · 20 novembre 2026"
    assert french.url == "https://veillee.example/digests/weekly/2026-W47.html"
    assert english.url == "https://veillee.example/en/digests/weekly/2026-W47.html"


def test_an_introduction_stands_in_its_own_language_only() -> None:
    one = edition(section("story", "stories/a"), introductions=(("fr", "Bonsoir"),))
    assert compose(one, story("a")).introduction_html == "<p>Bonsoir</p>"
    assert compose(one, story("a"), lang="en").introduction_html == ""


def test_lines_of_ones_own_fall_back_to_the_language_that_was_written_first() -> None:
    lines = ((("fr", "Bienvenue"), ("en", "Welcome")), (("fr", "Merci"),))
    found = compose(edition(section("zapping", lines=lines)), lang="en").section(SectionKind.ZAPPING)
    assert found is not None
    assert found.lines == ("Welcome", "Merci")


def test_empty_sections_are_left_out() -> None:
    one = edition(section("story", "stories/a"), section("help"), section("teaser"))
    assert [found.kind for found in compose(one, story("a")).sections] == [SectionKind.STORY]


def test_a_teaser_is_one_line_before_and_after_its_post_appears() -> None:
    coming = story("next", days=-3, teaser="Ce qui vient")
    one = edition(section("teaser", "stories/next"))
    for found in (compose(one, scheduled=(coming,)), compose(one, replace(coming, published_at=days_ago(1)))):
        teaser = found.section(SectionKind.TEASER)
        assert teaser is not None
        assert (teaser.posts, teaser.lines) == ((), ("Ce qui vient",))


def test_what_is_gone_is_named_with_file_and_line_all_at_once() -> None:
    one = edition(section("story", "stories/a", "stories/gone"), section("buzz", "buzz/gone"))
    for is_for_sending in (True, False):
        with pytest.raises(ContentError) as caught:
            compose(one, story("a"), for_sending=is_for_sending)
        assert caught.value.message == (
            'digests/weekly/editions/2026-W47.md:8: "stories/gone" cannot be shown: there is no such post; '
            "ids of posts that are published; take the line out, or correct the id\n"
            'digests/weekly/editions/2026-W47.md:9: "buzz/gone" cannot be shown: there is no such post; '
            "ids of posts that are published; take the line out, or correct the id"
        )


@pytest.mark.parametrize("typed", ["stories/nigth-shift", "stories/night-shift.md", "story/night-shift"])
def test_a_slip_in_an_id_is_answered_with_the_id_that_was_meant(typed: str) -> None:
    with pytest.raises(ContentError) as caught:
        compose(edition(section("story", typed)), story("night-shift"))
    assert caught.value.faults[0].todo == 'did you mean "stories/night-shift"?'


def test_what_was_withdrawn_stops_the_mail_and_not_the_archive() -> None:
    one = edition(section("story", "stories/a"), section("buzz", "buzz/old", "buzz/late"))
    withdrawn = (("buzz/old", "expired"),)
    scheduled = (buzz("late", days=-3),)
    with pytest.raises(ContentError) as caught:
        compose(one, story("a"), withdrawn=withdrawn, scheduled=scheduled)
    assert [(fault.line, fault.found) for fault in caught.value.faults] == [
        (8, '"buzz/old" cannot be shown: it has expired'),
        (9, '"buzz/late" cannot be shown: it appears on 2026-11-23 09:00'),
    ]
    archived = compose(one, story("a"), withdrawn=withdrawn, scheduled=scheduled, for_sending=False)
    assert [found.id for found in archived.posts] == ["stories/a"]


def test_an_item_that_has_expired_in_the_meantime_is_never_shown() -> None:
    expired = post("a", expires_at=NOW - timedelta(minutes=1))
    one = edition(section("announcements", "announcements/a"))
    assert not compose(one, expired, for_sending=False).posts
    (item,) = find_lost_items(one, community(expired))
    assert item.post_id == "announcements/a"


def test_an_edition_whose_items_are_all_there_has_no_faults() -> None:
    one = edition(section("story", "stories/a"), section("help", "questions/q"))
    assert faults_of(one, community(story("a"), question("q")), for_sending=True) == ()
