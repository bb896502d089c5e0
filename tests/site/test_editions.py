"""The archive of editions: what is shown, what is named as gone, and what is left out with a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.editorial.communities import buzz, community, days_ago, story
from veillee.config import SiteSettings, site_settings
from veillee.errors import ContentError, UsageError
from veillee.model import Community
from veillee.site.editions import (
    compose_languages,
    editions_folder,
    link_target,
    read_digests_and_editions,
    read_editions_for_site,
)

DEFINITION = 'title: La semaine\nschedule: {every: week, on: friday, at: "08:00"}\n'
EDITION = """\
---
sections:
  story:
    - stories/a
  buzz:
    - buzz/b
---
Lisez [ceci]({filename}/stories/a.md) ou [cela](charte.html).
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SiteSettings:
    monkeypatch.chdir(tmp_path)
    values = {"SITENAME": "La Veillée", "SITEURL": "https://veillee.example", "DEFAULT_LANG": "fr"}
    return site_settings({**values, "TIMEZONE": "Europe/Paris"}, root=tmp_path, environ={})


@pytest.fixture
def people() -> Community:
    return community(story("a"), buzz("b"))


def write(settings: SiteSettings, name: str, text: str = EDITION, *, digest: str = "weekly") -> None:
    folder = editions_folder(settings, digest)
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / "digest.yaml").write_text(DEFINITION)
    (folder / f"{name}.md").write_text(text)


def test_editions_are_shown_newest_first_in_each_language_once_their_time_has_come(
    settings: SiteSettings, people: Community
) -> None:
    for name in ("2026-W46", "2026-W47", "2026-W48"):
        write(settings, name)
    found = read_editions_for_site(settings, people)
    assert [(one.edition.id, one.lang) for one in found.composed] == [
        ("2026-W47", "fr"),
        ("2026-W47", "en"),
        ("2026-W46", "fr"),
        ("2026-W46", "en"),
    ]
    assert [one.id for one in found.editions] == ["2026-W46", "2026-W47", "2026-W48"]
    assert (found.faults, found.notes) == ((), ())


def test_links_of_an_introduction_are_absolute(settings: SiteSettings, people: Community) -> None:
    write(settings, "2026-W47")
    french = read_editions_for_site(settings, people).composed[0]
    assert 'href="https://veillee.example/stories/a.html"' in french.introduction_html
    assert 'href="https://veillee.example/charte.html"' in french.introduction_html
    assert french.introduction_text.startswith("Lisez")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("{filename}/stories/a.md", "https://veillee.example/stories/a.html"),
        ("|filename|stories/a.md", "https://veillee.example/stories/a.html"),
        ("{static}/images/x.jpg", "https://veillee.example/images/x.jpg"),
        ("/members/", "https://veillee.example/members/"),
        ("https://example.org/x", "https://example.org/x"),
        ("mailto:a@veillee.example", "mailto:a@veillee.example"),
    ],
)
def test_every_form_of_link_leads_somewhere(people: Community, url: str, target: str) -> None:
    assert link_target(url, "fr", people) == target


def test_what_is_gone_is_a_fault_with_its_line_and_the_edition_is_shown_without_it(
    settings: SiteSettings, people: Community
) -> None:
    write(settings, "2026-W47", EDITION.replace("buzz/b", "buzz/gone"))
    found = read_editions_for_site(settings, people)
    assert [(fault.path, fault.line) for fault in found.faults] == [("digests/weekly/editions/2026-W47.md", 6)]
    assert [one.id for one in found.composed[0].posts] == ["stories/a"]


def test_what_is_gone_from_an_edition_that_is_still_to_come_is_named_too(
    settings: SiteSettings, people: Community
) -> None:
    write(settings, "2026-W48", EDITION.replace("buzz/b", "buzz/gone"))
    found = read_editions_for_site(settings, people)
    assert (len(found.faults), found.composed) == (1, ())


def test_what_has_expired_since_is_left_out_of_the_archive_with_a_note(settings: SiteSettings) -> None:
    write(settings, "2026-W46")
    found = read_editions_for_site(settings, community(story("a"), withdrawn=(("buzz/b", "expired"),)))
    assert found.faults == ()
    assert found.notes == (
        'digests/weekly/editions/2026-W46.md:6: "buzz/b" is left out of the archive: it has expired',
    )
    assert [one.id for one in found.composed[0].posts] == ["stories/a"]


def test_the_same_edition_cannot_be_sent(settings: SiteSettings) -> None:
    write(settings, "2026-W46")
    people = community(story("a"), withdrawn=(("buzz/b", "expired"),))
    read = read_digests_and_editions(settings, people)
    with pytest.raises(ContentError, match=r"2026-W46.md:6: .buzz/b. cannot be shown: it has expired"):
        compose_languages(read.edition("weekly", "2026-W46"), read.digest("weekly"), people)


def test_a_site_without_definitions_has_those_of_veillee_and_editions_of_its_own(
    settings: SiteSettings, people: Community
) -> None:
    folder = editions_folder(settings, "weekly")
    folder.mkdir(parents=True)
    (folder / "2026-W47.md").write_text(EDITION)
    read = read_digests_and_editions(settings, people)
    assert read.are_shipped
    assert [digest.id for digest in read.digests] == ["questions", "weekly"]
    assert [edition.source for edition in read.editions] == ["digests/weekly/editions/2026-W47.md"]
    assert read.digests[1].sender.address == "veillee@veillee.example"


def test_the_newest_edition_is_meant_where_none_is_named(settings: SiteSettings, people: Community) -> None:
    for name in ("2026-W45", "2026-W46"):
        write(settings, name)
    read = read_digests_and_editions(settings, people)
    assert read.edition("weekly").id == "2026-W46"
    assert read.edition("weekly", "2026-W45").id == "2026-W45"


def test_what_is_not_there_is_answered_with_what_to_do(settings: SiteSettings, people: Community) -> None:
    write(settings, "2026-W46")
    write(settings, "2026-W47", "broken")
    read = read_digests_and_editions(settings, people)
    with pytest.raises(UsageError, match=r'no edition "2026-W40" of weekly; make it with: veillee digest draft weekly'):
        read.edition("weekly", "2026-W40")
    with pytest.raises(ContentError, match=r"2026-W47.md:1: the file has no header"):
        read.edition("weekly", "2026-W47")
    with pytest.raises(UsageError, match=r'no digest "wekly"; did you mean "weekly"'):
        read.digest("wekly")


def test_the_same_files_give_the_same_archive_whatever_the_order_of_posts(settings: SiteSettings) -> None:
    write(settings, "2026-W47")
    posts = (story("a"), buzz("b"), story("c", published_at=days_ago(1)))
    one = community(posts=posts)
    other = community(posts=posts[::-1])
    assert read_editions_for_site(settings, one) == read_editions_for_site(settings, other)
