"""Digests and editions as their pages see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.theme.sample import make_archive, make_community
from veillee.model import SectionKind
from veillee.site.pages.digests import view_digests, view_editions

COMMUNITY = make_community()
ARCHIVE = make_archive(COMMUNITY)


def test_a_digest_shows_its_editions_newest_first_and_when_the_next_one_comes() -> None:
    (view,) = view_digests(ARCHIVE, "fr", now=COMMUNITY.now)
    assert [one.edition.id for one in view.editions] == ["2026-W47", "2026-W46"]
    assert view.latest == view.editions[0]
    assert view.next_at == datetime(2026, 11, 27, 7, 0, tzinfo=UTC)


def test_a_digest_that_does_not_speak_the_language_of_the_page_is_shown_in_its_own() -> None:
    (digest,) = ARCHIVE.digests
    french = tuple(one for one in ARCHIVE.composed if one.lang == "fr")
    archive = replace(ARCHIVE, digests=(replace(digest, languages=("fr",)),), composed=french)
    (view,) = view_digests(archive, "en", now=COMMUNITY.now)
    assert [one.lang for one in view.editions] == ["fr", "fr"]
    assert list(view_editions(archive, "en")) == []


def test_the_digest_with_a_story_comes_first() -> None:
    (digest,) = ARCHIVE.digests
    plain = replace(digest, id="daily", sections=(SectionKind.NEW_QUESTIONS,))
    views = view_digests(replace(ARCHIVE, digests=(plain, digest)), "fr", now=COMMUNITY.now)
    assert [view.digest.id for view in views] == ["weekly", "daily"]


def test_editions_stand_between_their_neighbours() -> None:
    new, old = view_editions(ARCHIVE, "fr")
    assert (new.newer, new.older) == (None, old.composed)
    assert (old.newer, old.older) == (new.composed, None)


def test_a_subject_that_repeats_a_title_is_no_headline() -> None:
    edition = next(view_editions(ARCHIVE, "fr"))
    story = edition.composed.posts[0]
    assert edition.headline == edition.composed.subject
    assert replace(edition, composed=replace(edition.composed, subject=f"Ce soir : {story.title}")).headline == ""
