"""What tells machines of a site, on small sites that are built whole."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.robotparser import RobotFileParser

import lxml.html
import pytest
from icalendar import Calendar
from lxml import etree

from tests.site.building import settings_of, tree_of, write_site
from veillee.errors import ConfigurationError
from veillee.site.building import build_site
from veillee.site.checking import check_site

LOC = "//*[local-name()='loc']/text()"
STORY = "---\ntitle: Night\ndate: 2026-11-02\nauthor: amina\naliases: [/old/night/, night.htm]\n---\nText.\n"
FILES = {
    "stories/night.md": STORY,
    "stories/night.fr.md": "---\ntitle: Nuit\ndate: 2026-11-02\nauthor: amina\nlang: fr\n---\nTexte.\n",
    "stories/draft.md": "---\ntitle: Draft\ndate: 2026-11-02\nstatus: draft\n---\nText.\n",
    "stories/hidden.md": "---\ntitle: Hidden\ndate: 2026-11-02\nstatus: hidden\n---\nText.\n",
    "announcements/party.md": "---\ntitle: Party\ndate: 2026-11-03\nauthor: amina\n"
    "event: {start: 2026-12-04 14:00, end: 2026-12-04 16:00, place: Leeds}\n---\nCome.\n",
    "announcements/over.md": "---\ntitle: Over\ndate: 2026-11-01\nevent: {start: 2026-11-02}\n---\nCame.\n",
    "questions/how.yaml": "title: How?\ndate: 2026-11-03\nauthor: amina\nbody: Well?\n",
    "members/amina.yaml": "name: Amina\n",
    "pages/about.md": "---\ntitle: About\n---\nWe.\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("site"), FILES)


def build(folder: Path, files: dict[str, str], **settings: Any) -> Path:
    write_site(folder, files)
    report = build_site(settings_of(folder, DEFAULT_LANG="en", VEILLEE_LANGUAGES=["en", "fr"], **settings))
    assert report.faults == ()
    return folder / "output"


def page_of(path: Path) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(path.read_bytes())


def test_the_sitemap_holds_every_page_that_may_be_found_and_no_other(built: Path) -> None:
    urls = set(etree.parse(built / "sitemap.xml").xpath(LOC))
    pages = {path.relative_to(built).as_posix() for path in built.rglob("*.html")}
    found = {path for path in pages if not page_of(built / path).xpath("//meta[@name='robots']")}
    named = {url.removeprefix("https://test.example/") or "index.html" for url in urls}
    assert named == found
    assert "stories/hidden.html" not in named


def test_a_page_and_the_sitemap_name_the_same_address(built: Path) -> None:
    for url in etree.parse(built / "sitemap.xml").xpath(LOC):
        path = url.removeprefix("https://test.example/") or "index.html"
        assert page_of(built / path).xpath("//link[@rel='canonical']/@href") == [url]


def test_robots_may_read_everything_and_learn_of_the_sitemap(built: Path) -> None:
    robots = RobotFileParser()
    robots.parse((built / "robots.txt").read_text().splitlines())
    assert robots.can_fetch("anybody", "https://test.example/stories/night.html")
    assert robots.site_maps() == ["https://test.example/sitemap.xml"]


def test_without_an_address_there_is_no_sitemap(tmp_path: Path) -> None:
    output = build(tmp_path, FILES, SITEURL="")
    assert not (output / "sitemap.xml").exists()
    assert "Sitemap" not in (output / "robots.txt").read_text()


def test_a_file_of_the_managers_own_stays(tmp_path: Path) -> None:
    files = {**FILES, "extra/robots.txt": "User-agent: *\nDisallow: /\n"}
    extra = {"STATIC_PATHS": ["extra"], "EXTRA_PATH_METADATA": {"extra/robots.txt": {"path": "robots.txt"}}}
    assert "Disallow: /" in (build(tmp_path, files, **extra) / "robots.txt").read_text()


def test_an_old_address_leads_to_the_post(built: Path) -> None:
    for path, link in (("old/night/index.html", "../../stories/night.html"), ("night.htm", "stories/night.html")):
        page = page_of(built / path)
        assert page.xpath("//meta[@http-equiv='refresh']/@content") == [f"0; url={link}"]
        assert page.xpath("//main//a/@href") == [link]
        assert page.xpath("//link[@rel='canonical']/@href") == ["https://test.example/stories/night.html"]
        assert ((built / path).parent / link).resolve().is_file()


@pytest.mark.parametrize(
    ("alias", "found"),
    [
        ("/stories/index.html", "the old address stories/index.html is that of a page of the theme"),
        ("/stories/night.html", "the old address stories/night.html is that of content/stories/night.md"),
        ("/old/night/", "the old address old/night/index.html is that of content/stories/night.md:5"),
    ],
)
def test_an_old_address_that_somebody_has_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alias: str, found: str
) -> None:
    monkeypatch.chdir(tmp_path)
    other = f"---\ntitle: Zoo\ndate: 2026-11-01\naliases:\n  - {alias}\n---\nText.\n"
    write_site(tmp_path, {**FILES, "stories/zoo.md": other})
    report = build_site(settings_of(tmp_path, DEFAULT_LANG="en"))
    assert [str(fault).partition("; ")[0] for fault in report.faults] == [f"content/stories/zoo.md:5: {found}"]
    assert (tmp_path / "output/stories/zoo.html").is_file()


def test_the_manifest_names_icons_that_are_there(built: Path) -> None:
    manifest = json.loads((built / "site.webmanifest").read_text())
    assert [icon["src"] for icon in manifest["icons"] if not (built / icon["src"]).is_file()] == []
    href = page_of(built / "stories/night.html").xpath("//link[@rel='manifest']/@href")
    assert href == ["../site.webmanifest"]


def test_calendars_hold_every_event(built: Path) -> None:
    def titles(path: str) -> list[str]:
        return [str(one["summary"]) for one in Calendar.from_ical((built / path).read_bytes()).walk("VEVENT")]

    assert titles("feeds/events.ics") == ["Party", "Over"]
    assert titles("feeds/events/fr.ics") == ["Party", "Over"]
    assert titles("announcements/party.ics") == ["Party"]


def test_what_is_coming_up_stands_on_the_page_of_announcements(built: Path) -> None:
    page = page_of(built / "announcements/index.html")
    assert [title.text_content() for title in page.xpath("//section[@class='upcoming']//h3")] == ["Party"]
    party = page_of(built / "announcements/party.html")
    assert party.xpath("//a[text()='Add to my calendar']/@href") == ["party.ics"]
    assert "Friday, 4 December 2026, 14:00" in party.xpath("//dl[@class='event']")[0].text_content()


def test_an_event_that_is_over_leaves_the_list_by_itself(tmp_path: Path) -> None:
    output = build(tmp_path, FILES)
    page = (output / "announcements/index.html").read_text()
    build(tmp_path, FILES, VEILLEE_NOW="2026-12-04T17:00:00+01:00")
    later = (output / "announcements/index.html").read_text()
    assert ("upcoming" in page, "upcoming" in later) == (True, False)


def test_every_page_that_may_be_found_says_what_it_is(built: Path) -> None:
    for path in ("index.html", "stories/night.html", "questions/how.html", "members/amina.html", "tags/index.html"):
        page = page_of(built / path)
        assert page.xpath("//meta[@property='og:url']/@content") == page.xpath("//link[@rel='canonical']/@href")
        (script,) = page.xpath("//script[@type='application/ld+json']/text()")
        assert json.loads(script)["@graph"]
    assert not page_of(built / "stories/hidden.html").xpath("//script[@type='application/ld+json']")


def test_whom_to_tell_of_a_hole_is_said_where_it_is_set(tmp_path: Path, built: Path) -> None:
    security = {"Contact": ["mailto:a@test.example", "https://test.example/"], "Expires": "2027-12-31T00:00:00Z"}
    text = (build(tmp_path, FILES, VEILLEE_SECURITY=security) / ".well-known/security.txt").read_text()
    assert re.findall("^Contact: (.*)$", text, re.MULTILINE) == security["Contact"]
    assert "Expires: 2027-12-31T00:00:00Z\n" in text
    assert "Canonical: https://test.example/.well-known/security.txt\n" in text
    assert not (built / ".well-known").exists()


@pytest.mark.parametrize(
    ("security", "found"),
    [
        ({"Contact": "mailto:a@b.example"}, "VEILLEE_SECURITY has no Expires"),
        ({"Contact": "mailto:a@b.example", "Expires": "soon"}, "VEILLEE_SECURITY expires on 'soon'"),
        ({"Contact": "a\nHiring: x", "Expires": "2027-12-31T00:00:00Z"}, "VEILLEE_SECURITY has several lines"),
        ({"Kontakt": "a"}, "VEILLEE_SECURITY has 'Kontakt'"),
    ],
)
def test_what_is_wrong_with_security_txt_is_named(tmp_path: Path, security: dict[str, str], found: str) -> None:
    write_site(tmp_path, FILES)
    with pytest.raises(ConfigurationError, match=re.escape(found)):
        settings_of(tmp_path, VEILLEE_SECURITY=security)


@pytest.mark.parametrize(("expires", "count"), [("2026-11-20T07:59:00Z", 1), ("2026-11-20T08:01:00Z", 0)])
def test_a_security_txt_that_has_expired_is_noticed(tmp_path: Path, expires: str, count: int) -> None:
    write_site(tmp_path, FILES)
    settings = settings_of(tmp_path, VEILLEE_SECURITY={"Contact": "mailto:a@b.example", "Expires": expires})
    notes = [note for note in check_site(settings).notes if "security.txt has expired on 2026-11-20" in note]
    assert len(notes) == count


def test_a_build_after_edits_is_one_from_nothing(tmp_path: Path) -> None:
    output = build(tmp_path, FILES)
    edited = {
        **FILES,
        "stories/night.md": STORY.replace("/old/night/", "/older/").replace("title: Night", "title: A night"),
        "announcements/party.md": FILES["announcements/party.md"].replace("14:00", "13:00"),
    }
    build(tmp_path, edited)
    stepwise = tree_of(output)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    assert stepwise == tree_of(build(fresh, edited))
    assert "old/night/index.html" not in stepwise
