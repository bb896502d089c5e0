"""Links: inside the site, outside, relative, to nowhere; and the way out."""

from __future__ import annotations

import pytest

from tests.preflight.samples import EDITION, POST, SITE, TEMPLATE, a_mail, said, some_pages
from veillee.preflight.addresses import is_own_machine
from veillee.preflight.links import external_links, find_link_faults


def link(url: str) -> str:
    return f'<p><a href="{url}">là</a></p>'


def found(url: str, **pages: object) -> list[str]:
    return said(find_link_faults(a_mail(link(url), posts=(POST,)), some_pages("a.html", **pages)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        f"{SITE}/a.html", f"{SITE}/a.html#x", f"{SITE}/built.html?from=mail", f"{SITE}/b%C3%A9.html", SITE + "/",
        SITE, "mailto:a@b.example", "tel:+33123", "https://elsewhere.fr/x",
    ],
)  # fmt: skip
def test_a_link_that_leads_somewhere_is_well(url: str) -> None:
    pages = some_pages("", "a.html", files=("built.html", "bé.html"), anchors=("x",))
    assert said(find_link_faults(a_mail(link(url)), pages)) == []


def test_a_page_that_the_site_does_not_have_stops_the_mail() -> None:
    assert found(f"{SITE}/missing.html") == [
        (
            f"error {TEMPLATE}: the link {SITE}/missing.html leads to no page of the site; "
            "correct it; if the page is new, run veillee build, so that it is in output/"
        )
    ]


def test_a_theme_without_editions_does_not_stop_the_mail() -> None:
    mail = a_mail("")
    mail = a_mail(link(mail.composed.url), texts={TEMPLATE: "<mjml>\n{{ mail.web_url }}"})
    assert said(find_link_faults(mail, some_pages())) == [
        (
            f"warning {TEMPLATE}:2: the link {mail.composed.url} leads to no page: the theme of this site shows no "
            "editions; take {{ mail.web_url }} out of the digest's templates, or use Veillée's theme"
        )
    ]


def test_before_the_first_build_nobody_can_be_sure() -> None:
    assert found(f"{SITE}/missing.html", is_built=False) == [
        (
            f"warning {TEMPLATE}: the link {SITE}/missing.html may lead to no page: the site is not built here; "
            "run veillee build, then check again"
        )
    ]


def test_a_fragment_must_be_in_its_page() -> None:
    assert found(f"{SITE}/a.html#typo", anchors=("plan",)) == [
        (
            f'warning {TEMPLATE}: the link {SITE}/a.html#typo names "#typo", which its page does not have; '
            "correct it; there are: #plan"
        )
    ]


@pytest.mark.parametrize("url", ["stories/x.html", "/a.html", "//elsewhere.fr/x", "javascript:alert(1)", "www.a.fr"])
def test_a_mail_has_no_page_to_be_relative_to(url: str) -> None:
    assert [one.partition(";")[0] for one in found(url)] == [f"error {TEMPLATE}: the link {url} is not a whole address"]


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "192.168.1.4", "wiki.local"])
def test_a_link_to_the_readers_own_machine_stops_the_mail(host: str) -> None:
    assert found(f"http://{host}/x") == [
        (
            f"error {TEMPLATE}: the link http://{host}/x leads to each reader's own machine or network; "
            "write the address that everybody can reach"
        )
    ]
    assert not is_own_machine("8.8.8.8")


def test_a_host_of_the_documents_is_a_slip() -> None:
    assert found("https://www.example.com/x") == [
        (
            f"warning {TEMPLATE}: the link https://www.example.com/x leads to a host that stands for examples; "
            "write the address that is meant"
        )
    ]


def test_the_link_of_a_post_is_named_by_its_line_in_the_edition() -> None:
    mail = a_mail(link(POST.url), posts=(POST,))
    assert [one.where for one in find_link_faults(mail, some_pages())] == [f"{EDITION}:10"]


def test_the_link_of_the_introduction_is_named_by_its_line() -> None:
    url = f"{SITE}/gone.html"
    mail = a_mail(link(url), introduction_html=link(url), texts={EDITION: f"---\n---\n\n[là]({url})\n"})
    assert [one.where for one in find_link_faults(mail, some_pages())] == [f"{EDITION}:4"]


def test_a_mail_that_nobody_can_leave_does_not_go_out() -> None:
    lines = said(find_link_faults(a_mail(has_way_out=False), some_pages()))
    assert [line.partition(";")[0] for line in lines] == [
        f"error {TEMPLATE}: the HTML has no way to unsubscribe",
        "error digests/weekly/newsletter.txt: the text part has no way to unsubscribe",
    ]


def test_only_other_sites_are_external() -> None:
    mail = a_mail(link(f"{SITE}/a") + link("https://b.fr/x#y") + link("mailto:a@b.fr") + link("https://b.fr/x"))
    assert external_links([mail, mail], SITE) == ("https://b.fr/x",)


def test_an_anchor_of_the_mail_must_be_there() -> None:
    assert said(find_link_faults(a_mail('<p id="haut"><a href="#haut">là</a></p>'), some_pages())) == []
    assert [one.partition(";")[0] for one in found("#bas")] == [
        f'error {TEMPLATE}: the link "#bas" names no place in the mail'
    ]
