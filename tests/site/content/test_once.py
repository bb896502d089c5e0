"""What Pelican works out about contents and files in less time: the same answers as Pelican's own."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pelican.generators import Generator
from pelican.settings import DEFAULT_CONFIG

from tests.site.building import settings_of, write_site
from tests.site.content.remembered import FOREIGN
from veillee.site.content.listing import _included
from veillee.site.content.once import settled_addresses
from veillee.site.reading import Session, open_session

POST = "Title: A\nDate: 2026-01-02\nCategory: Old\nCustom: one\n\nText.\n"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    write_site(tmp_path, {"a.md": POST})
    with open_session(settings_of(tmp_path, **FOREIGN, ARTICLE_URL="{category}/{custom}/{slug}.html")) as opened:
        opened.read()
        yield opened


def test_what_a_plugin_changes_about_an_article_shows_in_its_address(session: Session) -> None:
    article = session.articles.articles[0]
    assert article.url == "old/one/a.html"
    article.category.slug = "new"
    article.metadata["custom"] = "two"
    article.slug = "b"
    assert article.url == "new/two/b.html"


@pytest.mark.parametrize(
    "pattern",
    [
        *("{slug}", "{date:%Y}/{date:%b}/{slug}/", "{path}", "{lang}-{author}", "x{{y}}/{slug}", "{custom}", "fixed"),
        *("{category}/{missing}", "{slug!r}", "{date.year}", "{slug:>{lang}}", "{}", "{0}", "{slug", "{title}"),
    ],
)
def test_addresses_are_what_the_pattern_says_of_all_metadata(session: Session, pattern: str) -> None:
    """The other way round is Pelican's: everything is worked out, and then filled in."""
    article = session.articles.articles[0]
    session.settings["ARTICLE_URL"] = article.settings["ARTICLE_URL"] = pattern
    assert _outcome(lambda: article.url) == _outcome(lambda: pattern.format(**article.url_format))


def _outcome(ask: Any) -> object:
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 each kind is compared
        return type(error), str(error)


@pytest.mark.parametrize(
    "path", ["a.md", "b/a.md", "./a.md", "b/../a.md", "b//a.md", ".a/b.md", "b/.c.md", "../o.md", ""]
)
def test_the_place_of_a_file_is_what_the_system_says(session: Session, path: str) -> None:
    article = session.articles.articles[0]
    folder = article.settings["PATH"]
    for asked in (path, f"{folder}/{path}"):
        place = posixpath.relpath(posixpath.abspath(posixpath.join(folder, asked or article.source_path)), folder)
        assert article.get_relative_source_path(asked) == place


class _Readers:
    readers: ClassVar = {"md": None, "yaml": None}
    extensions = readers.keys()


@given(
    name=st.text(alphabet="ab.#~*_-/m", max_size=6).map(lambda text: text + ".md") | st.text(max_size=6),
    ignores=st.lists(st.sampled_from([".*", "*~", "#*#", "_*", "*.md", "[ab]*", "a?b.md", "a.md", "*"]), max_size=3),
    extensions=st.sampled_from([None, False, ("md",), ()]),
)
def test_a_file_is_listed_where_pelican_lists_it(name: str, ignores: list[str], extensions: Any) -> None:
    generator: Any = type("G", (), {"settings": {"IGNORE_FILES": ignores}, "readers": _Readers})()
    assert Generator._include_path.is_ours
    original = Generator._include_path.__closure__[0].cell_contents
    ours = _included(original)(generator, name, extensions)
    assert ours == original(generator, name, extensions)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<p>plain</p>",
        '<a href="{static}x.pdf">x</a>',
        '<a href="|static|x.pdf">x</a>',
        '<a href="{attach}/x.pdf">x</a>',
        '<a href="{filename}x.pdf">x</a>',
        '<a href="{|static}x.pdf">x</a> <a href="{static x.pdf">x</a>',
        "<p>{static}x.pdf</p>",
        "{}",
    ],
)
def test_links_are_found_where_pelican_finds_them(session: Session, text: str) -> None:
    article = session.articles.articles[0]
    article._content = text
    article._context["static_content"]["x.pdf"] = type("File", (), {"url": "x.pdf", "attach_to": lambda *_: None})
    mine = article.get_static_links(), article._update_content(text, "https://test.example")
    article.settings["INTRASITE_LINK_REGEX"] = f"(?:){article.settings['INTRASITE_LINK_REGEX']}"  # not the usual one
    assert mine == (article.get_static_links(), article._update_content(text, "https://test.example"))


PIECES = (
    '<a href="{static}x.pdf">', "<a href='{static}x.pdf'>", '<a href="|static|x.pdf">', "<a href={static}x.pdf>",
    '<img alt="a > b" src="{static}x.pdf">', '<a title="a < b" href="{static}x.pdf">', '<a href="{Static}x.pdf">',
    '<a href="{static}x.pdf" title="{static}x.pdf">', '<img src="{static}x.pdf" data="{static}x.pdf">', "<!-- ",
    '<a title="href="{static}x.pdf>', '<A HREF = "{static}x.pdf#y" />', '<a href=" {static}x.pdf">', "<code>", "<b",
    '<a b="" href="{}x.pdf">', '"{static}x.pdf"', ' href="', "{static}x.pdf", ' data="{static}x.pdf" ', '{"', "<p>",
    "</p>", '"', "'", ">", "<", "=", "\n", "a",
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400)
@given(text=st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_links_lead_where_pelican_lets_them_lead(session: Session, text: str) -> None:
    article, usual = session.articles.articles[0], DEFAULT_CONFIG["INTRASITE_LINK_REGEX"]
    article._context["static_content"]["x.pdf"] = type("File", (), {"url": "y.pdf", "attach_to": lambda *_: None})
    article.settings["INTRASITE_LINK_REGEX"] = usual
    article._content = text
    mine = article.get_static_links(), article._update_content(text, "https://test.example")
    assert article._content == text
    article.settings["INTRASITE_LINK_REGEX"] = f"(?:){usual}"  # not the usual one
    assert mine == (article.get_static_links(), article._update_content(text, "https://test.example"))


def test_a_link_is_worked_out_once_for_a_page_while_nothing_changes(session: Session) -> None:
    article, asked = session.articles.articles[0], []
    target = type("File", (), {"url": property(lambda _: asked.append(1) or "y.pdf"), "attach_to": lambda *_: None})
    article._context["static_content"]["x.pdf"] = target()
    tag = '<a href="{static}x.pdf">'
    for _ in range(2):
        article._update_content(tag, "https://test.example")
    assert len(asked) == 2
    with settled_addresses():
        shown = [article._update_content(f"{before}{tag}", "https://test.example") for before in ("", "<p>")]
        assert article._update_content(tag, "https://b.example") == '<a href="https://b.example/y.pdf">'
    assert shown == ['<a href="https://test.example/y.pdf">', '<p><a href="https://test.example/y.pdf">']
    assert len(asked) == 4


@pytest.mark.parametrize("path", ["a.html", "../a.html", "b/../../a.html", "b/../a.html", "/a.html", "a..b.html", ""])
def test_an_article_is_valid_where_it_stays_in_the_output(session: Session, path: str) -> None:
    article = session.articles.articles[0]
    article.override_save_as = path
    output = article.settings["OUTPUT_PATH"]
    assert article.is_valid() == posixpath.normpath(posixpath.join(output, path)).startswith(output)
