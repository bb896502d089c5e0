"""One parser for many texts: each comes to what a parser of its own makes of it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown
from markdown.extensions import codehilite
from markdown.extensions.toc import TocExtension
from markdown.inlinepatterns import Pattern
from markdown.treeprocessors import InlineProcessor
from pelican.settings import DEFAULT_CONFIG
from pygments.formatters import HtmlFormatter

from tests.site.building import settings_of, write_site
from tests.site.content.remembered import FOREIGN
from veillee.site.content.python_markdown import _FORGETTING, hasten_highlighting, hastened, lasting_markdown
from veillee.site.reading import open_session

STOCK = copy.deepcopy(DEFAULT_CONFIG["MARKDOWN"])
ALL = {"extensions": [f"markdown.extensions.{name}" for name in sorted(_FORGETTING)]}
TEXTS = (
    "Title: A\nSummary: *b*[^1]\nTags: c\n\n", "[^1]: A note.\n\n", "Words[^1] and[^2].\n\n",
    "[^2]: Another, `x`.\n\n", "*[ABC]: Letters\n\n", "ABC and DEF.\n\n", "# Same\n\n",
    "## Same {#own .kind}\n\n", "[a]: https://a.example\n\n", "[one][a] [two][b]\n\n",
    "!!! note \"Title\"\n    Inside.\n\n", "    More.\n\n", "        More.\n\n", "- a\n- b\n\n", "1. c\n\n",
    "```python\nx = '<1>'\n```\n\n", "~~~\nplain\n~~~\n\n", "    :::sh\n    ls\n\n", "a | b\n--|--\n1 | 2\n\n",
    "<div markdown=\"1\">\n*d*\n\n", "</div>\n\n", "<b>e\n\n", "term\n: meaning\n\n", "[TOC]\n\n",
    "\"q\" -- 'r' ...\n\n", "> quoted\n\n", "line  \nbreak\n\n", "&amp; &copy; <x@y.example>\n\n",
    "\x02klzzwxh:0001\x03\n\n",
)  # fmt: skip


def made(parser: Any, text: str) -> tuple[str, Any, str]:
    """As Pelican goes about it: the text, its metadata, then one of these without metadata of its own."""
    html, meta = parser.convert(text), copy.deepcopy(parser.Meta)
    parser.preprocessors.deregister("meta")
    parser.reset()
    return html, meta, parser.convert("\n".join(meta.get("summary", ())))


@pytest.mark.parametrize("options", [{**STOCK, "extensions": ["markdown.extensions.meta"]}, ALL], ids=["stock", "all"])
@given(texts=st.lists(st.lists(st.sampled_from(TEXTS), max_size=6).map("".join), min_size=2, max_size=4))
def test_a_parser_forgets_the_text_before(options: dict[str, Any], texts: list[str]) -> None:
    lasting = lasting_markdown({"MARKDOWN": options})
    assert lasting
    for text in texts:
        parser = lasting.fresh()
        metas = parser.preprocessors["meta"]
        found = made(parser, text)
        lasting.keep(parser, metas)
        assert found == made(Markdown(**copy.deepcopy(options)), text)


MARKS = (
    "`", "``", "\\", "\\\\", "*", "**", "_", "[", "]", "](x)", "[a]", "![", "![b](c.png)", "<b>", "</b>",
    "<a@b.example>", "<https://x.example>", "&", "&lt;", "  \n", "\n", "\n\n", "word", " ", "a | b\n--|--\n",
    " | ", '"', "--", "é", "\x02", "@",
)  # fmt: skip


class Shout(Pattern):
    """A pattern of the older kind, which looks at a whole text."""

    def handleMatch(self, m: Any) -> str:  # noqa: N802 Python-Markdown's name
        return str(m.group(2)).upper()


@pytest.mark.parametrize("options", [STOCK, ALL], ids=["stock", "all"])
@pytest.mark.parametrize("is_extended", [False, True])
@given(text=st.lists(st.sampled_from(MARKS), max_size=30).map("".join))
def test_a_hastened_parser_says_what_python_markdowns_own_says(
    options: dict[str, Any], is_extended: bool, text: str
) -> None:
    own, ours = Markdown(**copy.deepcopy(options)), hastened(Markdown(**copy.deepcopy(options)))
    for parser in (own, ours):
        if is_extended:
            parser.inlinePatterns.register(Shout("(wo)", parser), "shout", 100)
    assert type(ours.treeprocessors["inline"]) is not InlineProcessor
    assert ours.convert(text) == own.convert(text)


def test_somebody_elses_way_with_inline_marks_is_left_alone() -> None:
    class Own(InlineProcessor):  # type: ignore[misc]
        """Another plugin's."""

    parser = Markdown()
    parser.treeprocessors.register(Own(parser), "inline", 20)
    assert type(hastened(parser).treeprocessors["inline"]) is Own


def test_a_parser_that_failed_is_not_asked_again() -> None:
    lasting = lasting_markdown({"MARKDOWN": ALL})
    assert lasting
    first = lasting.fresh()
    assert lasting.fresh() is not first


@pytest.mark.parametrize(
    "options",
    [
        {"extensions": ["markdown.extensions.wikilinks"]},
        {"extensions": ["somebody.elses"]},
        {"extensions": [TocExtension()]},
        {"extension_configs": {"markdown.extensions.footnotes": {"UNIQUE_IDS": True}}},
        {"extension_configs": {"markdown.extensions.extra": {"footnotes": {"UNIQUE_IDS": True}}}},
        {"extension_configs": {"markdown.extensions.toc": {"slugify": lambda *_: "a"}}},
    ],
)
def test_whoever_may_remember_gets_a_parser_for_each_text(options: dict[str, Any]) -> None:
    assert lasting_markdown({"MARKDOWN": options}) is None


def test_formatters_of_code_are_made_once_for_the_same_options() -> None:
    hasten_highlighting()
    module: Any = codehilite
    ask = module.get_formatter_by_name
    one, other = ask("html", cssclass="a", linenos=False), ask("html", cssclass="b", linenos=False)
    assert (one, other) == (ask("html", cssclass="a", linenos=False), ask("html", cssclass="b", linenos=False))
    assert (one.cssclass, other.cssclass) == ("a", "b")
    assert ask("html", linenos=True).linenos != ask("html", linenos=False).linenos
    assert ask("html", hl_lines=[1]).hl_lines == {1}
    assert type(one) is HtmlFormatter


def test_posts_of_a_stock_site_are_parsed_by_one_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_site(
        tmp_path,
        {f"{n}.md": f"Title: {n}\nDate: 2026-01-0{n}\nSummary: *s*\n\nText[^1].\n\n[^1]: {n}\n" for n in range(1, 4)},
    )
    count = 0
    begin = Markdown.__init__

    def counted(self: Markdown, **options: Any) -> None:
        nonlocal count
        count += 1
        begin(self, **options)

    monkeypatch.setattr(Markdown, "__init__", counted)
    with open_session(settings_of(tmp_path, **FOREIGN, VEILLEE_MARKDOWN="python-markdown")) as session:
        session.read()
        found = [one.content for one in session.articles.articles]
    assert count == 1
    assert ["<p>1" in one for one in found] == [False, False, True]
