"""One Jinja pass in a sandbox: includes, limits, and faults with file and line."""

from __future__ import annotations

import pytest

from tests.render.newsletter.samples import a_community, around, composed, templates_of
from veillee.errors import ContentError
from veillee.model.newsletter import NewsletterTemplates
from veillee.render.newsletter import find_template_faults, render_variant
from veillee.render.newsletter.templating import MAX_FILE_BYTES, MAX_INCLUDE_DEPTH


def html_of(templates: NewsletterTemplates) -> str:
    variant = render_variant(composed(), community=a_community(), templates=templates)
    return "".join(variant.html)


def faults_of(templates: NewsletterTemplates) -> list[str]:
    with pytest.raises(ContentError) as caught:
        render_variant(composed(), community=a_community(), templates=templates)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("{% if %}", "weekly/newsletter.mjml:2: Jinja cannot read this"),
        (
            "\n{{ mail.titel }}",
            'weekly/newsletter.mjml:3: the template asks for "titel", which is not there; did you mean title?',
        ),
        (
            "{{ nothing }}",
            'weekly/newsletter.mjml:2: the template asks for "nothing", which is not there; the names are: alt, ',
        ),
        ("\n\n{{ 1 // 0 }}", "weekly/newsletter.mjml:4: the template failed"),
        ("{{ mail.__class__.__mro__ }}", "weekly/newsletter.mjml:2: "),
        ("{{ ''.__class__ }}", "weekly/newsletter.mjml:2: "),
        ("{% for i in range(10000000) %}x{% endfor %}", "weekly/newsletter.mjml:2: the template failed: Range too big"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "weekly/newsletter.mjml:2: the template calls itself"),
    ],
)
def test_a_failing_template_is_named_with_its_line(body: str, fault: str) -> None:
    (found,) = faults_of(templates_of(around(body)))
    assert found.startswith(fault)


def test_a_failure_in_an_include_is_named_by_the_include() -> None:
    templates = templates_of(around("{% include 'part.mjml' %}"), part_mjml="\n\n{{ mail.titel }}")
    (found,) = faults_of(templates)
    assert found.startswith("shared/part.mjml:3: ")


def test_a_failure_in_the_text_template_is_named() -> None:
    (found,) = faults_of(templates_of(around("<mj-text>a</mj-text>"), text="a\n{{ mail.titel }}"))
    assert found.startswith("weekly/newsletter.txt:2: ")


def test_an_mjml_include_is_taken_from_the_listed_files() -> None:
    templates = templates_of(
        around('<mj-include path="./part.mjml" />'), part_mjml="<mj-text>{{ mail.digest_title }}!</mj-text>"
    )
    assert "La lettre de la semaine!" in html_of(templates)


@pytest.mark.parametrize("path", ["missing.mjml", "../../etc/passwd", "/etc/passwd", "newsletter.txt"])
def test_only_listed_files_can_be_included(path: str) -> None:
    templates = templates_of(around(f"\n{{% include '{path}' %}}"), part_mjml="")
    assert [str(fault) for fault in find_template_faults(templates)] == [
        f'weekly/newsletter.mjml:3: there is no "{path}" to include; files: part.mjml; correct the name'
    ]


def test_an_include_with_a_computed_name_is_refused() -> None:
    templates = templates_of(around("{% include mail.lang %}"))
    assert "the name of an include is computed" in faults_of(templates)[0]


def test_a_circle_of_includes_is_drawn() -> None:
    templates = templates_of(
        around("{% include 'a.mjml' %}"), a_mjml="\n{% include 'b.mjml' %}", b_mjml="<mj-include path='a.mjml' />"
    )
    assert [str(fault) for fault in find_template_faults(templates)] == [
        "shared/b.mjml:1: files include each other: a.mjml -> b.mjml -> a.mjml; break the circle"
    ]


def test_includes_go_only_so_deep() -> None:
    parts = {f"p{n}_mjml": f"{{% include 'p{n + 1}.mjml' %}}" for n in range(20)} | {"p20_mjml": ""}
    faults = find_template_faults(templates_of(around("{% include 'p0.mjml' %}"), **parts))
    assert f"includes are {MAX_INCLUDE_DEPTH} deep" in str(faults[0])


def test_a_huge_template_is_refused() -> None:
    faults = find_template_faults(templates_of(around("x" * MAX_FILE_BYTES)))
    assert "bytes; 200,000; shorten it" in str(faults[0])


def test_a_template_that_makes_too_much_is_stopped() -> None:
    body = "{% for a in range(9999) %}{% for b in range(9999) %}<mj-text>aaaaaaaaaa</mj-text>{% endfor %}{% endfor %}"
    assert "makes more than 2,000,000 characters" in faults_of(templates_of(around(body)))[0]


def test_texts_are_escaped_by_default() -> None:
    templates = templates_of(around("<mj-text>{{ '<b>' }}{{ mail.introduction }}</mj-text>"))
    assert "&lt;b&gt;<p>Cette" in html_of(templates)


def test_templates_speak_the_language_of_the_mail() -> None:
    templates = templates_of(around("<mj-text>{{ _('Read the story') }} {{ number(1234) }}</mj-text>"))
    assert "Lire l’histoire 1\u202f234" in html_of(templates)
