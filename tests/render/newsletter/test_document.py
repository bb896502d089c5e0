"""Reading MJML as a tree that knows its lines."""

from __future__ import annotations

import pytest

from veillee.render.newsletter.document import MARK, MAX_DEPTH, parse_document, written

FILES = ("weekly/newsletter.mjml", "shared/head.mjml")


def faults_of(text: str) -> list[str]:
    return [str(fault) for fault in parse_document(text, files=FILES).faults]


def test_what_is_well_formed_is_written_as_it_was_read() -> None:
    text = '<mjml><mj-body><mj-text align="left">a <b>b</b>&nbsp;&lt;</mj-text></mj-body></mjml>'
    root = parse_document(text, files=FILES).root
    assert root is not None
    assert written(root) == text


def test_void_html_tags_need_no_end_and_are_written_with_one() -> None:
    root = parse_document("<mjml><mj-text>a<br>b<img src='x'></mj-text></mjml>", files=FILES).root
    assert root is not None
    assert written(root) == '<mjml><mj-text>a<br />b<img src="x" /></mj-text></mjml>'


def test_comments_do_not_go_out_but_those_for_outlook_do() -> None:
    root = parse_document(
        "<mjml><!-- secret --><mj-raw><!--[if mso]><b>x</b><![endif]--></mj-raw></mjml>", files=FILES
    ).root
    assert root is not None
    assert written(root) == "<mjml><mj-raw><!--[if mso]><b>x</b><![endif]--></mj-raw></mjml>"


def test_a_fault_names_the_file_and_line_of_the_mark() -> None:
    text = f'<mjml {MARK}="0:1"><mj-head {MARK}="1:7"></mjml>'
    (fault,) = faults_of(text)
    assert fault.startswith("shared/head.mjml:7: <mj-head> is not closed before </mjml>; ")
    assert fault.endswith("; write </mj-head>")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<mjml>", "<mjml> is never closed"),
        ("<mjml></mj-body></mjml>", "</mj-body> closes nothing"),
        ("<mjml></mjml><mjml></mjml>", "stands after </mjml>"),
        ("hello<mjml></mjml>", '"hello" stands outside <mjml>'),
        ('<mjml lang="a" lang="b"></mjml>', "<mjml> has lang twice"),
        ('<mjml lang="a></mjml>', "not written as a tag"),
        ("<mjml><!DOCTYPE x></mjml>", "opens no comment"),
        ("<mjml><![CDATA[x]]></mjml>", "opens no comment"),
        ("<mjml><?php x ?></mjml>", "opens no comment"),
    ],
)
def test_what_is_not_well_formed_is_named(text: str, found: str) -> None:
    assert any(found in fault for fault in faults_of(text))


def test_all_faults_are_found_in_one_pass() -> None:
    assert len(faults_of("<mjml><mj-body></mj-a></mj-b><mj-text></mj-body>")) == 4


def test_depth_is_refused_before_it_can_hurt() -> None:
    text = "<mjml>" + "<div>" * 20_000 + "</div>" * 20_000 + "</mjml>"
    assert faults_of(text)[0].endswith(f"is nested {MAX_DEPTH} deep; {MAX_DEPTH - 1} levels; flatten the template")


def test_angle_brackets_that_open_no_tag_are_text() -> None:
    root = parse_document("<mjml><mj-text>I <3 you, 1 < 2</mj-text></mjml>", files=FILES)
    assert not root.faults
