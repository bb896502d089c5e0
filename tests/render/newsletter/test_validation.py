"""What the renderer would pass in silence is named, with the template's file and line."""

from __future__ import annotations

import pytest

from tests.render.newsletter.samples import a_community, around, composed, templates_of
from veillee.errors import ContentError
from veillee.render.newsletter import find_template_faults, render_variant
from veillee.render.newsletter.validation import find_source_faults, is_mail_link, is_mail_resource


def faults_of(body: str, *, head: str = "") -> list[str]:
    """The faults of a template with this in its column, where `body` begins on line 2."""
    with pytest.raises(ContentError) as caught:
        render_variant(composed(), community=a_community(), templates=templates_of(around(body, head=head)))
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<mj-txet>a</mj-txet>", "2: <mj-txet> is not an MJML component; did you mean <mj-text>?"),
        ("\n<mj-text colour='red'>a</mj-text>", "3: <mj-text> takes no colour; did you mean color?"),
        ("<mj-text xyz='1'>a</mj-text>", "2: <mj-text> takes no xyz; remove it"),
        ("<mj-text>\n<mj-button>a</mj-button></mj-text>", "3: <mj-button> stands inside <mj-text>; "),
        ("<mj-section></mj-section>", "2: <mj-section> stands inside <mj-column>; "),
        ("<p>a</p>", "2: <p> stands right inside <mj-column>; MJML tags; put it inside <mj-text> or <mj-raw>"),
        ("<mj-text><mjml></mjml></mj-text>", "2: <mjml> stands inside <mj-text>; "),
        ("<mj-image src='https://a.example/b.png' />", "2: <mj-image> has no alt; "),
        ("<mj-text><script>1</script></mj-text>", "2: <script> does not work in mails; take it out"),
        ("<mj-text><form></form></mj-text>", "2: <form> does not work in mails"),
        ("<mj-text><p onclick='x()'>a</p></mj-text>", "2: <p> has onclick; mails run no scripts"),
        ("<mj-button href='javascript:alert(1)'>a</mj-button>", '2: <mj-button> links to "javascript:alert(1)"'),
        ("<mj-button href=' java\nscript:x'>a</mj-button>", "2: <mj-button> links to"),
        ("<mj-button href='/relative'>a</mj-button>", '2: <mj-button> links to "/relative"'),
        ("<mj-text><a href=''>a</a></mj-text>", '2: <a> links to ""'),
        ("<mj-image alt='' src='images/a.png' />", '2: <mj-image> loads "images/a.png"'),
        ("<mj-image alt='' src='data:image/png;base64,xx' />", '2: <mj-image> loads "data:image/png'),
        ("<mj-text><p style='background: url(a.png)'>a</p></mj-text>", '2: a style loads "a.png"'),
        ("<mj-accordion></mj-accordion>", "2: <mj-accordion> has no icon-unwrapped-url, and its default is a picture"),
        ("<mj-social><mj-social-element name='x' /></mj-social>", "2: <mj-social-element> has no src"),
        ("<mj-include path='{{ mail.lang }}' />", "2: <mj-include> is not supported"),
    ],
)
def test_a_mistake_in_a_template_is_named_with_its_line(body: str, fault: str) -> None:
    assert any(one.startswith(f"weekly/newsletter.mjml:{fault}") for one in faults_of(body))


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        ("<mj-font name='a' href='https://fonts.example/a.css' />", "<mj-font> is not supported; it loads a font"),
        ("<mj-style>@import 'https://a.example/b.css';</mj-style>", "a style imports another one"),
        ("<mj-text>a</mj-text>", "<mj-text> stands inside <mj-head>"),
        ("<mj-attributes><mj-text colour='x' /></mj-attributes>", "<mj-text> takes no colour"),
        ("<mj-html-attributes></mj-html-attributes>", "<mj-html-attributes> is not supported"),
    ],
)
def test_a_mistake_in_the_head_is_named(head: str, fault: str) -> None:
    assert any(one.startswith(f"weekly/newsletter.mjml:1: {fault}") for one in faults_of("", head=head))


def test_defaults_may_be_given_for_any_component() -> None:
    head = (
        "<mj-attributes><mj-all padding='0' /><mj-image align='left' />"
        "<mj-class name='a' color='#000000' /></mj-attributes>"
    )
    templates = templates_of(around("<mj-text mj-class='a'>a</mj-text>", head=head))
    assert render_variant(composed(), community=a_community(), templates=templates)


def test_a_mistake_in_a_branch_that_no_edition_has_run_is_named() -> None:
    source = (
        "{# <mj-nothing> #}\n{% if mail.title == 'never' %}\n<mj-txt a='{{ x }}'>{{ '<mj-no>' }}</mj-txt>{% endif %}"
    )
    faults = find_template_faults(templates_of(around(source)))
    assert [str(fault) for fault in faults] == [
        "weekly/newsletter.mjml:4: <mj-txt> is not an MJML component; did you mean <mj-text>?"
    ]


def test_a_mistake_in_an_include_is_named_by_the_include() -> None:
    templates = templates_of(around("{% include 'part.mjml' %}"), part_mjml="\n\n<mj-text bogus='1'>a</mj-text>")
    assert [str(fault) for fault in find_template_faults(templates)] == [
        "shared/part.mjml:3: <mj-text> takes no bogus; remove it"
    ]


def test_wrong_nesting_across_files_is_named_by_the_inner_tag() -> None:
    templates = templates_of(around("{% include 'part.mjml' %}"), part_mjml="\n<mj-section></mj-section>")
    with pytest.raises(ContentError, match=r"^shared/part\.mjml:2: <mj-section> stands inside <mj-column>"):
        render_variant(composed(), community=a_community(), templates=templates)


def test_all_mistakes_are_told_at_once() -> None:
    assert len(faults_of("<mj-a />\n<mj-b />\n<mj-text c='1'>x</mj-text>")) == 3


@pytest.mark.parametrize("url", ["http://a.example", "https://a.example/b?c=d", "mailto:a@b.example", "#top"])
def test_links_with_a_listed_scheme_may_stand_in_a_mail(url: str) -> None:
    assert is_mail_link(url)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JAVASCRIPT:x", "java\tscript:x", "\x01javascript:x", "data:text/html,x", "vbscript:x",
     "file:///etc/passwd", "//a.example", "/a", "a.html", "", "https://[bad"],
)  # fmt: skip
def test_other_links_may_not(url: str) -> None:
    assert not is_mail_link(url)


@pytest.mark.parametrize("url", ["mailto:a@b.example", "https://", "cid:x", "https:a.png"])
def test_a_resource_needs_a_host(url: str) -> None:
    assert not is_mail_resource(url)


def test_our_templates_have_no_mistakes_in_any_branch(our_sources: dict[str, str]) -> None:
    assert [fault for path, source in our_sources.items() for fault in find_source_faults(source, path)] == []
