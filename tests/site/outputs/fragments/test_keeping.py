"""A fragment is what Jinja makes of it, with the same facts, and is rendered once for as long as nothing changes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader
from jinja2.compiler import CodeGenerator

from tests.site.outputs.fragments.showing import Shown, article, keeping
from veillee.site.outputs.fragments.compiling import keep_fragments

CARD = (
    "<h2>{{ one.title }}</h2>{{ one.url }} {{ one.date.isoformat() }} {{ one.summary }}{{ SITEURL }}"
    "{% for tag in one.tags %}{{ loop.index }}{{ tag.name|upper }}{% if not loop.last %}, {% endif %}{% endfor %}"
)
LIST = f"<ul>{{% for one in articles %}}{CARD}{{% endfor %}}</ul>"


class Counting:
    """Stands for a text, and counts how often it is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.count = 0

    def __str__(self) -> str:
        self.count += 1
        return self.text


def several(count: int = 3) -> list[Any]:
    found = [article(number) for number in range(1, count + 1)]
    for one in found:
        one.shown = Counting(f"!{one.title}!")
    return found


@pytest.mark.parametrize(
    ("templates", "times"),
    [
        pytest.param({"page": "{% for one in articles %}@{% endfor %}"}, 1, id="a loop"),
        pytest.param(
            {"page": "{% for one in articles %}{% include 'card' %}{% endfor %}", "card": "@"}, 1, id="a card"
        ),
        pytest.param(
            {
                "page": "{% for one in articles %}{% include 'card' %}{% endfor %}",
                "card": "{% include 'x' %}",
                "x": "@",
            },
            1,
            id="a card in a card",
        ),
        pytest.param(
            {
                "page": "{% extends 'base' %}{% block main %}{% for one in articles %}@{% endfor %}{% endblock %}",
                "base": "<main>{% block main %}{% endblock %}</main>",
            },
            1,
            id="in a block",
        ),
        pytest.param(
            {"page": "{% for one in articles %}{% set x = one.title %}{{ x }}@{% endfor %}{{ x }}"}, 1, id="a variable"
        ),
        pytest.param(
            {"page": "{% set x = 1 %}{% for one in articles %}{{ x }}{% set x = x + 1 %}{{ x }}@{% endfor %}{{ x }}"},
            1,
            id="a variable of the page",
        ),
        pytest.param(
            {"page": "{% macro row(all) %}{% for one in all %}@{% endfor %}{% endmacro %}{{ row(articles) }}"},
            1,
            id="in a macro",
        ),
        pytest.param(
            {"page": "{% for g in articles|groupby('category') %}{% for one in g.list %}@{% endfor %}{% endfor %}"},
            1,
            id="in another loop",
        ),
        pytest.param({"page": "{% for one in articles recursive %}@{% endfor %}"}, 3, id="recursive"),
        pytest.param({"page": "{% for one in articles %}{{ loop.index }}@{% endfor %}"}, 3, id="a number"),
        pytest.param(
            {"page": "{% for one in articles %}{% include which %}{% endfor %}", "card": "@"}, 3, id="any template"
        ),
        pytest.param(
            {"page": "{% for one in articles %}{% include 'card' %}{% endfor %}", "card": "@{{ [1, 2]|random * 0 }}"},
            3,
            id="chance in a card",
        ),
        pytest.param(
            {"page": "{% for one in articles %}{% include 'card' ignore missing %}{% endfor %}", "card": "@"},
            3,
            id="a card that may be missing",
        ),
        pytest.param(
            {
                "page": "{% for one in articles %}{% include 'card' %}{% endfor %}",
                "card": "{% import 'x' as x %}@",
                "x": "",
            },
            3,
            id="an import",
        ),
        pytest.param(
            {"page": "{% set c = cycler('odd', 'even') %}{% for one in articles %}@{{ c.next() }}{% endfor %}"},
            3,
            id="a cycler",
        ),
        pytest.param(
            {"page": "{% set n = namespace(x=0) %}{% for one in articles %}@{% set n.x = 1 + n.x %}{% endfor %}"},
            3,
            id="a counter",
        ),
        pytest.param(
            {"page": "{% set n = [] %}{% for one in articles %}@{{ n.append(1) or n|length }}{% endfor %}"},
            3,
            id="a list that grows",
        ),
        pytest.param(
            {"page": "{% macro row() %}row{% endmacro %}{% for one in articles %}@{{ row() }}{% endfor %}"},
            3,
            id="a macro",
        ),
        pytest.param(
            {"page": "{% for one in articles %}{% block each scoped %}@{% endblock %}{% endfor %}"}, 3, id="a block"
        ),
        pytest.param(
            {"page": "{% for one in articles %}@{{ one.tags|map('upper')|join }}{% endfor %}"}, 3, id="a filter by name"
        ),
        pytest.param({"page": "{% for one in articles %}@{{ one|mine }}{% endfor %}"}, 3, id="a filter of others"),
        pytest.param({"page": "{% for one in articles %}@{{ one is odd_one }}{% endfor %}"}, 3, id="a test of others"),
        pytest.param({"page": "{% for one in articles %}@{{ page_name }}{% endfor %}"}, 3, id="what each page has"),
    ],
)
@pytest.mark.parametrize("is_escaping", [True, False])
def test_it_is_what_jinja_makes_of_it(templates: dict[str, str], times: int, is_escaping: bool) -> None:
    card = f"{CARD}{{{{ one.shown }}}}"
    shown = Shown({name: text.replace("@", card) for name, text in templates.items()}, autoescape=is_escaping)
    for one in shown.environments:
        one.filters["mine"] = one.tests["odd_one"] = bool
    articles, counts = several(), []
    with keeping(shown):
        for name in ("a", "b", "c"):
            context = {"articles": articles, "SITEURL": "https://x.example", "which": "card", "page_name": name}
            expected = shown.as_ever(**context)
            before = [one.shown.count for one in articles]
            assert shown.now(**context) == expected
            counts += [one.shown.count - count for one, count in zip(articles, before, strict=True)]
    assert sum(counts) == times * len(articles)
    if "random" not in str(templates):
        assert "Post 3" in expected[0]


def test_a_text_is_for_these_values_and_this_address_alone() -> None:
    shown = Shown({"page": LIST})
    articles = several()
    with keeping(shown):
        for address in ("https://a.example", "https://b.example", "", 1, True, 1.0, 0.0, -0.0, None):
            assert shown.check(articles=articles, SITEURL=address).count(f"{address}") >= 3
        shown.check(articles=articles)
        shown.check(articles=[article(1), *articles[1:]], SITEURL="")
        asked: list[str] = []
        type(articles[0]).where = property(lambda _: asked.append("") or len(asked))
        try:
            there = Shown(
                {"page": "{% for one in articles %}{{ one.where }}{{ one.url }}{{ one.title.strip() }}{% endfor %}"}
            )
            with keeping(there):
                first = [there.now(site_url=url, articles=articles)[0] for url in ("", "..", "", "..")]
            assert first[0] == first[2] != first[1] == first[3]
        finally:
            del type(articles[0]).where


def test_a_page_has_read_what_its_fragments_had() -> None:
    """Also where it is the page of the content that is shown, and where a template goes on to a neighbour."""
    shown = Shown(
        {"page": "{% for one in articles %}{{ one.next_article.next_article.title }}{{ one.summary }}{% endfor %}"}
    )
    articles = several()
    for older, newer in pairwise(articles):
        older.next_article = newer
    articles[-1].next_article = None
    with keeping(shown):
        shown.check(articles=articles[:1])
        kinds = {fact[0] for fact in shown.now(articles=articles[:1])[1]}
        assert {"summary", "hop"} <= kinds
        own = articles[0].save_as
        assert ("summary", "") in shown.now(articles=articles[:1], output_file=own)[1]
        assert ("summary", own) in shown.now(articles=articles[:1], output_file="index.html")[1]


def test_whoever_says_something_says_it_for_each_page() -> None:
    count = 0

    class Loud:
        def __str__(self) -> str:
            nonlocal count
            count += 1
            return "loud"

    shown = Shown({"page": LIST.replace("{{ one.url }}", "{{ one.loud }}{{ one.url }}")})
    articles = several(1)
    articles[0].loud = Loud()
    with keeping(shown, said=lambda: count):
        shown.now(articles=articles)
        shown.now(articles=articles)
    assert count == 2


def test_templates_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    """A theme may go on from Pelican's simple one, whose templates have the same names."""
    for folder, head in (("mine", "{% extends '!simple/list.html' %}{% block own %}"), ("simple", "{% block own %}")):
        (tmp_path / folder).mkdir()
        rest = "{{ super() }}" if folder == "mine" else ""
        loop = LIST.replace("<ul>", f"<ul>{folder}").replace("<h2>", f"<h2>{folder}")
        (tmp_path / folder / "list.html").write_text(f"{head}{rest}{loop}{{% endblock %}}")
    loaders = [FileSystemLoader(tmp_path / "mine"), PrefixLoader({"!simple": FileSystemLoader(tmp_path / "simple")})]
    shown = Shown({}, loader=ChoiceLoader(loaders))
    with keeping(shown):
        assert shown.check("list.html", articles=several(1), SITEURL="").count("<h2>simple") == 1


def test_nothing_is_kept_when_pages_are_done() -> None:
    shown = Shown({"page": LIST.replace("{{ one.url }}", "{{ one.shown }}{{ one.url }}")})
    articles = several()
    for expected in (1, 2):
        with keeping(shown):
            shown.now(articles=articles)
            shown.now(articles=articles)
        assert articles[0].shown.count == expected
    shown.now(articles=articles)
    shown.now(articles=articles)
    assert articles[0].shown.count == 4


PIECES = (
    *(
        "{{ one.title }}",
        "{{ one.url }}",
        "{{ one.summary|striptags }}",
        "{{ one.date.year }}",
        "{{ SITENAME }}",
        "<b>",
    ),
    *(
        "{{ one.gone }}",
        "{{ other.title if other }}",
        "{{ one.tags[0].slug ~ one.category }}",
        "{{ x }}",
        "{{ y|default('-') }}",
    ),
    "{% if one.title == 'Post 2' %}{{ one.category.name }}{% else %}{{ one.tags|length }}{% endif %}",
    "{% for tag in one.tags %}{{ loop.index }}{{ tag.url }}{% endfor %}",
    *("{% set x = one.title|length %}", "{% set y = 'y' %}", "{% with z = one.url %}{{ z }}{% endwith %}"),
    *("{% include 'card' %}", "{{ loop.index if loop is defined }}", "{{ 'even' if one.date.day is even }}"),
)


@given(pieces=some.lists(some.sampled_from(PIECES), min_size=1, max_size=7), is_nested=some.booleans())
def test_any_loop_is_what_jinja_makes_of_it(pieces: list[str], is_nested: bool) -> None:
    body = "".join(pieces)
    inner = f"{{% for other in articles[:1] %}}{body}{{% endfor %}}{{{{ y }}}}" if is_nested else body
    page = f"{{% set x = 7 %}}{{% for one in articles %}}{inner}{{% endfor %}}{{{{ x }}}}{{{{ y }}}}"
    shown = Shown(
        {"page": page, "card": "{{ one.title }}{{ x }}{{ y }}{{ one.date.month }}{{ one.url }}{{ SITENAME }}"}
    )
    articles = several()
    with keeping(shown):
        shown.check(articles=articles, SITENAME="A")
        shown.check(articles=articles, SITENAME="B")


def test_a_page_that_fails_leaves_the_next_one_alone() -> None:
    shown = Shown({"page": LIST.replace("{{ one.url }}", "{{ one.url }}{{ 1 // SITENAME }}")})
    with keeping(shown):
        with pytest.raises(ZeroDivisionError):
            shown.now(articles=several(), SITENAME=0)
        assert "About 1" in shown.check(articles=several(), SITENAME=2)


def test_an_environment_with_a_compiler_of_its_own_keeps_it() -> None:
    class Own(CodeGenerator):
        pass

    environment = Environment()
    environment.code_generator_class = Own
    assert keep_fragments(environment) is keep_fragments(environment)
    assert environment.code_generator_class is Own
