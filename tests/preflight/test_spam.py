"""SpamAssassin's report, and the program itself where it is installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import require_tool
from tests.preflight.samples import EDITION, said
from tests.render.newsletter.samples import DAILY_SECTIONS, NOW, WEEKLY_SECTIONS, a_community, composed, our_templates
from veillee.delivery.message.composing import compose_message
from veillee.model import Mailbox
from veillee.preflight.spam import SpamReport, SpamRule, find_spam_faults, parse_report
from veillee.preflight.spamassassin import find_program, judge
from veillee.render.newsletter import render_variant

REPORT = """\
Content analysis details:   (0.0 points, 5.0 required)
 9.9 FORGED                 a line that a member wrote
X-Spam: the real one follows
Content analysis details:   (3.1 points, 5.0 required)

 pts rule name              description
---- ---------------------- --------------------------------------------------
-0.0 NO_RELAYS              Informational: message was not relayed via SMTP
 0.8 MPART_ALT_DIFF         BODY: HTML and text parts are different
 2.3 SUBJ_ALL_CAPS          Subject is all
                            capitals

 1.0 NOT_A_RULE             after the table
"""


def test_a_report_is_read_from_its_own_table() -> None:
    assert parse_report(REPORT) == SpamReport(
        3.1,
        (
            SpamRule(2.3, "SUBJ_ALL_CAPS", "Subject is all capitals"),
            SpamRule(0.8, "MPART_ALT_DIFF", "BODY: HTML and text parts are different"),
            SpamRule(-0.0, "NO_RELAYS", "Informational: message was not relayed via SMTP"),
        ),
    )
    assert parse_report("no report") is None


def test_the_rule_that_costs_most_is_named() -> None:
    report = parse_report(REPORT)
    assert report
    assert said(find_spam_faults(report, path=EDITION, lang="fr")) == [
        (
            f"warning {EDITION}: SpamAssassin gives 3.1 points (SUBJ_ALL_CAPS +2.3, MPART_ALT_DIFF +0.8); 5 are spam, "
            "0 or less is well; what costs most: Subject is all capitals: write the subject as a sentence"
        )
    ]


def test_a_rule_without_a_sentence_has_its_name() -> None:
    report = SpamReport(1.1, (SpamRule(1.1, "HTML_TITLE_SUBJ_DIFF", "No description available."),))
    assert said(find_spam_faults(report, path="x", lang="fr"))[0].endswith(
        "what costs most: HTML_TITLE_SUBJ_DIFF: let mj-title say mail.subject, as shared/head.mjml does"
    )


@pytest.mark.parametrize(("score", "severities"), [(-1.0, []), (0.0, []), (0.1, ["warning"]), (5.0, ["error"])])
def test_five_points_stop_a_mail(score: float, severities: list[str]) -> None:
    found = find_spam_faults(SpamReport(score, ()), path="x", lang="fr")
    assert [one.severity for one in found] == severities


@pytest.mark.parametrize(("sections", "digest"), [(WEEKLY_SECTIONS, "weekly"), (DAILY_SECTIONS, "questions")])
def test_a_filter_has_nothing_against_our_mails(sections: tuple[object, ...], digest: str) -> None:
    program = find_program()
    require_tool(program, "spamassassin")
    assert program
    edition = composed(*sections, lang="en")  # type: ignore[arg-type]
    message = compose_message(
        render_variant(edition, community=a_community(), templates=our_templates(digest)),
        digest=edition.digest,
        recipient=Mailbox("Zoé", "zoe@example.org"),
        date=NOW,
        message_id="<one@veillee.example>",
        unsubscribe_url="mailto:leave@veillee.example?subject=unsubscribe",
    )
    report = judge(message, program=program)
    assert isinstance(report, SpamReport), report
    assert report.score <= 0, report.rules


def test_a_filter_that_fails_is_no_catastrophe(tmp_path: Path) -> None:
    slow, silent = tmp_path / "slow", tmp_path / "silent"
    slow.write_text("#!/bin/sh\nexec sleep 9\n")
    silent.write_text("#!/bin/sh\necho broken >&2\n")
    for path in (slow, silent):
        os.chmod(path, 0o755)  # noqa: PTH101
    assert judge(b"x", program=str(slow), timeout_s=0.2) == "SpamAssassin did not answer within 0 s"
    assert judge(b"x", program=str(silent)) == "SpamAssassin gave no report: broken"
    assert judge(b"x", program=str(tmp_path / "none")) == "SpamAssassin could not be run: No such file or directory"
