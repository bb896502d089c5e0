"""`veillee promote`: a question and its accepted answer become a page, on small sites."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from typer.testing import CliRunner

from tests.site.building import PNG, write_settings, write_site
from veillee.cli.main import app

NOW = "2026-11-20T09:00"
ANSWERS = """answers:
- {author: leo, date: 2026-11-03, body: "Half of it: [see]({filename}other.yaml) and ![this]({static}/images/x.png)."}
- author: amina
  date: 2026-11-04
  accepted: true
  body: |
    Use `COUNT(DISTINCT x)`: it counts each once.

    ```sql
    SELECT 1 -- {filename}
    ```
"""
FILES: dict[str, Any] = {
    "questions/count.yaml": "title: 'How do I count: once each?'\ndate: 2026-11-02\nauthor: Guest\ntags: [SQL, on]\n"
    f"body: I count *twice*.\n{ANSWERS}",
    "questions/other.yaml": "title: Other question?\ndate: 2026-11-02\nbody: Well?\n",
    "questions/list.yaml": "- {title: In a list?, date: 2026-11-02, body: a, "
    "answers: [{author: leo, date: 2026-11-03, body: b}]}\n- {title: In the list too?, date: 2026-11-02, body: a}\n",
    "members/amina.yaml": "name: Amina Benali\n",
    "members/leo.yaml": "name: Léo\n",
    "images/x.png": PNG,
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_site(tmp_path, FILES)
    write_settings(
        tmp_path, THEME="veillee", PATH="content", SITENAME="T", SITEURL="https://t.example", DEFAULT_LANG="en",
        VEILLEE_LANGUAGES=["en", "fr"], PLUGINS=["veillee.plugin"],
    )  # fmt: skip
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [*words, "--now", NOW])
    message = str(result.exception) if result.exception and not isinstance(result.exception, SystemExit) else ""
    return result.exit_code, result.stdout, message


@pytest.mark.parametrize(
    "typed",
    [
        "count",
        "questions/count.yaml",
        "content/questions/count.yaml",
        "questions/count",
        "https://t.example/questions/count.html",
        "how do i count: once each?",
        "count: once",
    ],
)
def test_a_question_is_found_by_what_people_call_it(site: Path, typed: str) -> None:
    code, said, _ = run("promote", typed)
    assert code == 0
    assert said.startswith("content/knowledge/count.md is there, made from questions/count.\n")


def test_the_page_holds_the_answer_as_it_was_typed_and_everybody_who_helped(site: Path) -> None:
    run("promote", "count")
    text = (site / "content/knowledge/count.md").read_text(encoding="utf-8")
    head, body = text.split("---\n", 2)[1:]
    assert 'title: "How do I count: once each?"\n' in head
    assert "author: [amina, leo, Guest]\n" in head
    assert 'tags: [SQL, "on"]\n' in head
    assert "from_question: questions/count.yaml\nreview_by: 2027-05-22\n" in head
    assert "```sql\nSELECT 1 -- {filename}\n```" in body
    assert "## The question\n\nI count *twice*." in body
    assert (
        "## What others added\n\nHalf of it: [see]({filename}/questions/other.yaml) and ![this]({static}/images/"
        in body
    )


def test_the_two_pages_lead_to_each_other_and_credit_people(site: Path) -> None:
    run("promote", "count")
    assert run("build")[0] == 0
    knowledge = lxml.html.parse(site / "output/knowledge/count.html")
    question = lxml.html.parse(site / "output/questions/count.html")
    assert knowledge.xpath("//p[@class='from-question']/a/@href") == ["../questions/count.html"]
    assert question.xpath("//aside[@class='became']//a/@href") == ["../knowledge/count.html"]
    people = [
        " ".join(one.text_content().split())
        for one in knowledge.xpath("//section[@class='contributors']//li/span[last()]")
    ]
    assert people == ["Guest asked", "Amina Benali gave the accepted answer", "Léo answered"]
    index = lxml.html.parse(site / "output/knowledge/index.html")
    assert index.xpath("//h3/a/@href") == ["count.html"]


def test_nothing_is_written_over(site: Path) -> None:
    run("promote", "count")
    (site / "content/knowledge/count.md").write_text("mine")
    code, _, message = run("promote", "count")
    assert (code != 0, message) == (True, "content/knowledge/count.md is there already; open it, or take it away first")
    assert (site / "content/knowledge/count.md").read_text() == "mine"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("cuont", 'no question is called "cuont"; did you mean "count"?'),
        ("nothing like it", 'no question is called "nothing like it"; write one of: count, in-a-list'),
        ("in", None),
        ("other", '"Other question?" has no answer yet; there is nothing to promote'),
        (
            "in-a-list",
            (
                'no answer to "In a list?" was accepted; write accepted: true below one in questions/list.yaml, '
                "or name one with --answer 1"
            ),
        ),
    ],
)
def test_what_cannot_be_is_said_with_what_to_do(site: Path, typed: str, message: str | None) -> None:
    code, _, said = run("promote", typed)
    assert code != 0
    assert (
        said == message if message else said.startswith('several questions are meant by "in"; write one of: in-a-list')
    )
    assert not (site / "content/knowledge").exists()


def test_an_answer_can_be_chosen(site: Path) -> None:
    assert run("promote", "in-a-list", "--answer", "1")[0] == 0
    assert "from_question: questions/in-a-list\n" in (site / "content/knowledge/in-a-list.md").read_text()
    assert run("check")[0] == 0
    assert (
        run("promote", "count", "--answer", "3")[2] == "there is no answer 3; write --answer with a number from 1 to 2"
    )


def test_a_report_for_programs(site: Path) -> None:
    said = json.loads(run("promote", "count", "--json")[1])
    assert said == {"path": "content/knowledge/count.md", "question": "questions/count", "review_by": "2027-05-22"}


def test_a_page_whose_question_is_not_there_is_a_fault(site: Path) -> None:
    page = "---\ntitle: x\ndate: 2026-11-02\nfrom_question: questions/cuont.yaml\n---\ntext\n"
    write_site(site, {"knowledge/x.md": page})
    result = CliRunner().invoke(app, ["check", "--now", NOW])
    assert result.exit_code == 1
    assert (
        'content/knowledge/x.md:4: from_question "questions/cuont.yaml" is not there; a question of the content; '
        "did you mean questions/count?" in result.stderr
    )


def test_what_is_to_be_reviewed_is_named_by_check_until_it_was(site: Path) -> None:
    page = "---\ntitle: x\ndate: 2026-05-02\nreview_by: 2026-11-15\n---\ntext\n"
    write_site(site, {"knowledge/x.md": page})
    result = CliRunner().invoke(app, ["check", "--now", NOW])
    assert "content/knowledge/x.md:4: to be reviewed since 2026-11-15;" in result.stderr
    assert result.exit_code == 0
    write_site(site, {"knowledge/x.md": page.replace("review_by", "reviewed: 2026-11-16\nreview_by")})
    assert "to be reviewed" not in CliRunner().invoke(app, ["check", "--now", NOW]).stderr
    assert run("build")[0] == 0
    assert "reviewed <time" in (site / "output/knowledge/x.html").read_text()


def test_what_is_hidden_from_readers_stays_hidden(site: Path) -> None:
    hidden = FILES["questions/count.yaml"].replace("body:", "status: hidden\nbody:", 1)
    write_site(site, {"questions/count.yaml": hidden})
    assert run("promote", "count")[2] == '"How do I count: once each?" is not for everybody (hidden); publish it first'
    assert not (site / "content/knowledge").exists()


def test_a_slip_in_a_title_is_pointed_at(site: Path) -> None:
    assert run("promote", "How do I cuont: once each?")[2].endswith('did you mean "count"?')
