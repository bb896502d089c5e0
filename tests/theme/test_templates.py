"""The theme over a small community, without Pelican: what every page owes its readers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import lxml.html
import pytest

from tests.theme.sample import PAUL as SOMEBODY
from tests.theme.sample import URL, Theme, make_answer, make_community, make_post, output_path
from veillee.model import Author, Kind, Link, Member, Reaction, Status
from veillee.shipped import theme_folder

NOT_FOUND = ("404.html", "style/index.html")
HOSTILE = "\"><script>alert(1)</script>'&<b onload=x>"


@pytest.fixture(scope="module")
def theme() -> Theme:
    return Theme(settings={"VEILLEE_EDIT_URL": "https://git.example/{path}", "VEILLEE_TAGLINE": {"fr": "Bonsoir"}})


@pytest.fixture(scope="module")
def site(theme: Theme) -> dict[str, lxml.html.HtmlElement]:
    return {path: lxml.html.document_fromstring(html) for path, html in theme.render_all()}


@pytest.fixture(scope="module")
def empty_site() -> dict[str, lxml.html.HtmlElement]:
    theme = Theme(community=make_community(posts=(), members=(), scheduled=(), tagline=""))
    return {path: lxml.html.document_fromstring(html) for path, html in theme.render_all()}


Site = dict[str, lxml.html.HtmlElement]


def words(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_every_place_stands_in_every_language(site: Site) -> None:
    french = {path for path in site if not path.startswith(("en/", "ar/", "de/"))}
    lists = {path for path in french if not path.startswith(("stories/", "announcements/", "questions/", "buzz/"))}
    assert len(lists) > 15
    assert [path for path in lists if f"en/{path}" not in site] == []


@pytest.mark.parametrize("which", ["site", "empty_site"])
def test_a_page_has_one_first_heading_and_skips_no_level(which: str, request: pytest.FixtureRequest) -> None:
    for path, page in request.getfixturevalue(which).items():
        levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels.count(1) == 1, path
        assert levels[0] == 1, path
        assert all(after <= before + 1 for before, after in pairwise(levels)), (path, levels)


def test_no_id_stands_twice_on_a_page(site: Site) -> None:
    for path, page in site.items():
        ids = Counter(page.xpath("//@id"))
        assert [name for name, count in ids.items() if count > 1] == [], path


def test_a_page_has_its_landmarks_and_a_way_past_them(site: Site) -> None:
    for path, page in site.items():
        assert [len(page.xpath(f"//body/{tag}")) for tag in ("header", "main", "footer")] == [1, 1, 1], path
        assert page.xpath("//body/a[1]/@href") == ["#main"], path
        labels = page.xpath("//nav/@aria-label")
        assert len(labels) == len(page.xpath("//nav")) == len(set(labels)), path


def test_no_page_carries_a_script_or_a_style_of_its_own(site: Site) -> None:
    for path, page in site.items():
        scripts = page.xpath("//script[not(@src) and not(@type='application/ld+json')]")
        assert [*scripts, *page.xpath("//style | //@style | //@*[starts-with(name(), 'on')]")] == [], path


def test_every_link_to_ourselves_leads_to_a_page_and_its_anchor(site: Site) -> None:
    feeds = re.compile(
        r"(^|/)(feeds|theme|images)/.*\.(xml|json|opml|ics|css|woff2|svg|png)$|^site\.webmanifest$|\.ics$"
    )
    for path, page in site.items():
        if path.endswith("404.html"):
            continue
        for link in page.xpath("//a/@href | //link/@href | //img/@src"):
            if "//" in link or link.startswith("mailto:"):
                continue
            target, _, anchor = link.partition("#")
            here = lxml.html.urljoin(f"http://x/{path}", target).removeprefix("http://x/") if target else path
            assert here in site or feeds.search(here), (path, link)
            assert not anchor or site[here].xpath("//*[@id=$name]", name=anchor), (path, link)


def test_the_page_where_one_stands_is_marked_in_the_navigation(site: Site) -> None:
    assert site["questions/index.html"].xpath("//body/header//nav[1]//a[@aria-current='page']/text()") == ["Questions"]
    assert site["questions/open.html"].xpath("//body/header//nav[1]//a[@aria-current='true']/text()") == ["Questions"]
    assert site["questions/sql.html"].xpath("//body/header//nav[1]//a[@aria-current='true']/text()") == ["Questions"]


def test_each_page_speaks_its_own_language(site: Site) -> None:
    assert site["index.html"].get("lang") == "fr"
    assert site["en/index.html"].get("lang") == "en"
    assert site["en/stories/night-shift.html"].get("lang") == "en"
    assert "Skip to the content" in words(site["en/stories/night-shift.html"])
    assert site["ar/buzz/fa.html"].get("lang") == "fr"


def test_titles_in_another_language_say_so(site: Site) -> None:
    title = site["en/questions/index.html"].xpath("//h2[a[contains(@href, 'questions/sql.html')]]")[0]
    assert title.get("lang") == "fr"
    arabic = site["ar/buzz/fa.html"].xpath("//h1")[0]
    assert (arabic.get("lang"), arabic.get("dir")) == ("ar", "rtl")


def test_a_list_in_english_shows_the_english_version_and_only_that(site: Site) -> None:
    titles = [words(one) for one in site["en/stories/index.html"].xpath("//article//h2")]
    assert "How the night shift taught its foreman to use a spreadsheet" in titles
    assert not any("atelier de nuit" in title for title in titles)


def test_alternates_name_every_version_absolutely(site: Site) -> None:
    def alternates(path: str) -> dict[str, str]:
        return {one.get("hreflang"): one.get("href") for one in site[path].xpath("//head/link[@hreflang]")}

    assert alternates("index.html") == {"fr": f"{URL}/", "en": f"{URL}/en/index.html"}
    both = {"fr": f"{URL}/stories/night-shift.html", "en": f"{URL}/en/stories/night-shift.html"}
    assert alternates("stories/night-shift.html") == alternates("en/stories/night-shift.html") == both
    assert alternates("questions/sql.html") == {}


def test_feeds_of_everything_and_of_the_page_are_announced(site: Site) -> None:
    def announced(path: str) -> set[str]:
        return set(site[path].xpath("//head/link[@rel='alternate'][@type]/@href"))

    everything = {"../feeds/all.rss.xml", "../feeds/all.atom.xml", "../feeds/all.json"}
    assert announced("tags/atelier.html") == everything | {
        "../feeds/tags/atelier.rss.xml",
        "../feeds/tags/atelier.atom.xml",
        "../feeds/tags/atelier.json",
    }
    assert "../feeds/streams/questions.json" in announced("questions/sql.html")
    assert "../feeds/authors/amina.rss.xml" in announced("members/amina.html")
    assert announced("members/zoe.html") == everything


def test_the_accepted_answer_comes_first_and_each_answer_has_an_anchor(site: Site) -> None:
    answers = site["questions/cite.html"].xpath("//article[contains(@class, 'answer')]")
    assert [one.get("id") for one in answers] == ["answer-2", "answer-1"]
    assert "Réponse acceptée" in words(answers[0]) and "Réponse acceptée" not in words(answers[1])


def test_a_question_says_its_state_in_words(site: Site) -> None:
    rows = {row.xpath(".//h2/a/@href")[0]: words(row) for row in site["questions/index.html"].xpath("//article")}
    assert "Réponse acceptée · 2 réponses" in rows["cite.html"].replace("2 réponses", "· 2 réponses")
    assert "Attend une réponse depuis 3 jours" in rows["format.html"]
    assert "1 réponse" in rows["sql.html"]


def test_the_front_page_gathers_what_the_product_is_about(site: Site) -> None:
    page = site["index.html"]
    assert words(page.xpath("//article[contains(@class, 'lead')]//h2")[0]).startswith("Comment l’atelier de nuit")
    streams = [words(one) for one in page.xpath("//section[contains(@class, 'stream-')]/h2")]
    assert streams == ["Annonces", "Questions", "Buzz"]
    text = words(page)
    for part in ("Zapping", "Pouvez-vous aider", "À suivre", "vendredi 27 novembre 2026", "Comment s’abonner"):
        assert part in text


def test_the_call_to_subscribe_leads_to_where_it_is_explained(site: Site) -> None:
    (link,) = site["index.html"].xpath("//main//a[@class='button']/@href")
    assert link == "digests/index.html#subscribe"
    assert site["digests/index.html"].xpath("//*[@id='subscribe']//a[starts-with(@href, 'mailto:')]")


def test_empty_lists_say_so_in_words(empty_site: Site) -> None:
    for place in ("stories", "announcements", "questions", "buzz", "members", "tags", "archives"):
        text = words(empty_site[f"{place}/index.html"].xpath("//*[@class='empty']")[0])
        assert text.endswith("."), place
    assert "Le feu est allumé" in words(empty_site["index.html"])


def test_drafts_and_scheduled_posts_say_what_they_are_and_are_not_indexed(theme: Theme) -> None:
    draft = make_post(Kind.STORY, "d", "Brouillon", status=Status.DRAFT)
    due = make_post(Kind.STORY, "e", "Bientôt", days=-7, status=Status.SCHEDULED)
    for post, mark in ((draft, "Brouillon Non publié"), (due, "Programmé Paraîtra de lui-même le 27 novembre 2026")):
        page = lxml.html.document_fromstring(theme.post(post))
        assert words(page.xpath("//*[@class='notice']")[0]).startswith(mark)
        assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_long_lists_are_cut_into_pages_that_lead_to_each_other() -> None:
    posts = tuple(make_post(Kind.BUZZ, f"b{n:02}", f"Buzz {n}", days=n) for n in range(45))
    theme = Theme(community=make_community(posts=posts))
    page = lxml.html.document_fromstring(theme.page("buzz/index-2.html"))
    turns = page.xpath("//nav[@class='pagination']//a")
    assert [(one.get("rel"), one.get("href")) for one in turns] == [("prev", "index.html"), ("next", "index-3.html")]
    assert "Page 2 sur 3" in words(page)


def test_what_members_type_is_never_markup() -> None:
    author = Author(HOSTILE)
    post = make_post(
        Kind.QUESTION,
        "h",
        HOSTILE,
        authors=(author,),
        tags=(HOSTILE,),
        summary=HOSTILE,
        link='javascript:alert("1")',
        reactions=(Reaction(HOSTILE, 1),),
        answers=(replace(make_answer(SOMEBODY, "x", days=0), author=author, text=HOSTILE),),
    )
    member = Member(
        id="m", name=HOSTILE, url=f"{URL}/members/m.html", roles=(("fr", HOSTILE),), links=(Link(HOSTILE, "data:x"),)
    )
    buzz = replace(post, id="buzz/h", kind=Kind.BUZZ, stream=Kind.BUZZ.stream, url=f"{URL}/buzz/h.html")
    theme = Theme(community=make_community(title=HOSTILE, posts=(post, buzz), members=(member,), scheduled=()))
    for path, html in theme.render_all():
        page = lxml.html.document_fromstring(html)
        scripts = page.xpath("//script[not(@src) and not(@type='application/ld+json')]")
        assert [*scripts, *page.xpath("//style | //@style | //@*[starts-with(name(), 'on')]")] == [], path
        assert not any(link.startswith(("javascript:", "data:")) for link in page.xpath("//@href")), path


def test_a_post_of_several_authors_names_them_all(theme: Theme) -> None:
    post = make_post(Kind.STORY, "two", "À deux", authors=(Author("Amina Benali", "amina"), Author("Une invitée")))
    page = lxml.html.document_fromstring(theme.post(post))
    byline = page.xpath("//*[@class='authors']")[0]
    assert words(byline) == "Amina Benali, Une invitée"
    assert byline.xpath(".//a/@href") == ["../members/amina.html"]


def test_standing_pages_are_linked_from_every_footer_in_their_best_language() -> None:
    english = SimpleNamespace(title="Charter", url="en/charter.html", lang="en", translations=[])
    charter = SimpleNamespace(title="Charte", url="charte.html", lang="fr", translations=[english])
    theme = Theme(standing=(charter,))
    for path, link, title in (("index.html", "charte.html", "Charte"), ("en/index.html", "charter.html", "Charter")):
        page = lxml.html.document_fromstring(theme.page(path))
        assert words(page.xpath(f"//footer//a[@href='{link}']")[0]) == title


def test_the_page_for_unknown_addresses_works_at_any_depth(site: Site) -> None:
    for path in ("404.html", "en/404.html"):
        links = site[path].xpath("//body//@href | //head/link/@href")
        assert links and all(link.startswith(("/", "#")) for link in links), path


def test_every_template_is_used_and_every_post_has_its_page(theme: Theme, site: Site) -> None:
    folder = theme_folder() / "templates"
    sources = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.*")}
    called = " ".join(sources.values()) + " ".join(page.template + ".html" for page in theme.planned())
    called += " article.html page.html redirect.html"
    by_pattern = ("post-", "partials/card-", "partials/edition-")
    unused = [name for name in sources if name not in called and not name.startswith(by_pattern)]
    assert unused == []
    assert all(output_path(post) in site for post in theme.community.posts)
