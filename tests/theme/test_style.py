"""The style page: every component stands on it, and nothing leads to it."""

from __future__ import annotations

import re

import lxml.html
import pytest

from tests.theme.sample import Theme
from veillee.model import Kind, Stream
from veillee.shipped import theme_folder
from veillee.site.pages.style import view_style

TEMPLATES = theme_folder() / "templates"
NOT_COMPONENTS = {
    *(
        "schemes.html",
        "newcomers.html",
        "head.html",
        "for-machines.html",
        "search-field.html",
        "live-entry.html",
        "since-last-visit.html",
        "masthead.html",
        "footer.html",
        "languages.html",
    ),
    *("post-aside.html", "tags.html", "given-answer.html", "member-counts.html", "pagination.html", "feed-table.html"),
    *("edition-line.html", "edition-lines.html", "edition-posts.html", "edition-story.html", "section-name.html"),
    *("how-to-subscribe.html", "schedule.html"),
}
"""Parts of the frame, and of pages that have but one of them."""


@pytest.fixture(scope="module")
def theme() -> Theme:
    return Theme()


@pytest.fixture(scope="module")
def pages(theme: Theme) -> dict[str, lxml.html.HtmlElement]:
    return {path: lxml.html.document_fromstring(html) for path, html in theme.render_all()}


def test_every_component_of_the_theme_stands_on_it() -> None:
    shown: set[str] = set()
    waiting = ["style.html"]
    while waiting:
        source = (TEMPLATES / waiting.pop()).read_text(encoding="utf-8")
        found = set(re.findall(r'include "(partials/[\w-]+\.\w+)"', source)) - shown
        found |= {f"partials/card-{kind}.html" for kind in Kind if '"partials/card-" ~' in source} - shown
        shown |= found
        waiting += sorted(found)
    components = {f"partials/{path.name}" for path in (TEMPLATES / "partials").glob("*.html")}
    assert components - shown - {f"partials/{name}" for name in NOT_COMPONENTS} == set()


def test_its_samples_show_every_kind_and_every_state_of_a_question(theme: Theme) -> None:
    view = view_style(theme.community, "fr")
    posts = (view.story, *view.posts, view.knowledge.post)
    assert {post.kind for post in posts} == set(Kind)
    assert {column.stream for column in view.home.columns if column.posts} == set(Stream)
    questions = [post for post in posts if post.kind is Kind.QUESTION]
    assert {(bool(post.answers), post.accepted_answer is not None) for post in questions} == {
        (True, True),
        (True, False),
        (False, False),
    }


def test_nothing_leads_to_it_and_machines_leave_it(pages: dict[str, lxml.html.HtmlElement]) -> None:
    assert pages["style/index.html"].xpath("//meta[@name='robots']/@content") == ["noindex"]
    others = {path: page for path, page in pages.items() if path not in ("style/index.html", "en/style/index.html")}
    assert [path for path, page in others.items() if any("style/" in link for link in page.xpath("//a/@href"))] == []
