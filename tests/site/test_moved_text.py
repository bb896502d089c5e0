"""A member's text in another file: nothing of it is lost, changed or taken for somebody else's."""

from __future__ import annotations

import pytest

from veillee.render.markdown import render_markdown
from veillee.site.moved_text import moved_text

FILES = {"questions/2026/plan.jpg", "questions/2026/other.yaml", "images/x.png"}


def moved(text: str, name: str = "a") -> str:
    return moved_text(text, folder="questions/2026", name=name, is_file=FILES.__contains__)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("![a](plan.jpg)", "![a]({static}/questions/2026/plan.jpg)"),
        ("[a](other.yaml#x)", "[a]({filename}/questions/2026/other.yaml#x)"),
        ("[a]({filename}other.yaml)", "[a]({filename}/questions/2026/other.yaml)"),
        ("![a]({static}/images/x.png)", "![a]({static}/images/x.png)"),
        ("![a](../../images/x.png)", "![a]({static}/images/x.png)"),
        ("[a](https://a.example/plan.jpg) [b](#here) [c](not-there.jpg)",) * 2,
        ("[a](../../../../etc/passwd)",) * 2,
        ("`{static}keep.jpg` and ![a](plan.jpg)", "`{static}keep.jpg` and ![a]({static}/questions/2026/plan.jpg)"),
        ("```\n![a](plan.jpg)\n[1]: x\n```",) * 2,
        (
            "~~~~\n~~~\n![a](plan.jpg)\n~~~~\n![a](plan.jpg)",
            "~~~~\n~~~\n![a](plan.jpg)\n~~~~\n![a]({static}/questions/2026/plan.jpg)",
        ),
    ],
)
def test_links_lead_where_they_led_and_code_stays(typed: str, expected: str) -> None:
    assert moved(typed) == expected


def test_a_fence_that_nobody_closed_ends_with_its_text() -> None:
    both = "\n\n".join([moved("a\n```sql\nSELECT 1"), moved("After.")])
    assert "<p>After.</p>" in render_markdown(both).html


def test_labels_of_two_texts_stay_their_own() -> None:
    one = moved("See [this][1], [1] and a note[^n].\n\n[1]: https://one.example\n[^n]: First.", "x")
    other = moved("See [ref][1] and a note[^n].\n\n[1]: https://two.example\n[^n]: Second.", "y")
    without = moved("A [1] that is no link, and [ref][1].", "z")
    html = render_markdown(f"{one}\n\n{other}\n\n{without}").html
    assert html.count('href="https://one.example"') == 2
    assert html.count('href="https://two.example"') == 1
    assert "A [1] that is no link, and [ref][1]." in html
    assert "First." in html and "Second." in html
