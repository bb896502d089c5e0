"""Entries of feeds, made once and written quicker: to the letter what the library writes."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from feedgenerator import Atom1Feed, Rss201rev2Feed
from feedgenerator.django.utils.xmlutils import SimplerXMLGenerator, UnserializableContentError
from hypothesis import given
from hypothesis import strategies as st

from veillee.site.outputs.items import _QuickGenerator, add_item, repeated_items

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.from_regex(r"[a-z]{1,5}", fullmatch=True)


class Post:
    """A content of which a feed shows the title."""

    def __init__(self, title: str) -> None:
        self.title = title


def written(kind: type, steps: list[tuple[str, Any, Any]], *, is_short: bool) -> str:
    file = StringIO()
    generator = kind(file, "utf-8", short_empty_elements=is_short)
    generator.startElement("feed", {"b": "1", "a": "2"})
    for name, contents, attributes in steps:
        try:
            generator.addQuickElement(name, contents, attributes)
        except UnserializableContentError:
            return "it cannot be written"
    generator.endElement("feed")
    return file.getvalue()


@given(
    st.lists(st.tuples(NAMES, st.none() | TEXT, st.none() | st.dictionaries(NAMES, TEXT)), max_size=4), st.booleans()
)
def test_elements_are_written_as_the_library_writes_them(steps: list[tuple[str, Any, Any]], is_short: bool) -> None:
    expected = written(SimplerXMLGenerator, steps, is_short=is_short)
    assert written(_QuickGenerator, steps, is_short=is_short) == expected


@pytest.mark.parametrize("kind", [Atom1Feed, Rss201rev2Feed])
def test_a_post_in_two_feeds_is_made_once(kind: type) -> None:
    made: list[Post] = []

    def add(feed: Any, post: Post) -> None:
        made.append(post)
        at = datetime(2026, 1, 2, tzinfo=UTC)
        feed.add_item(title=post.title, link="https://a.example/", description="<b>", pubdate=at)

    def shown() -> list[str]:
        found = []
        for title in ("one", "two"):
            feed = kind(title=title, link="https://a.example/", description="d")
            for post in posts:
                add_item(feed, post, "https://a.example", add)
            file = StringIO()
            feed.write(file, "utf-8")
            found.append(file.getvalue())
        return found

    posts = [Post("A"), Post("B & C")]
    expected = shown()
    assert len(made) == 4
    with repeated_items():
        assert shown() == expected
        assert len(made) == 6
    posts[0].title = "D"
    assert "<title>D</title>" in shown()[1]
    with repeated_items():
        assert "<title>D</title>" in shown()[0]
