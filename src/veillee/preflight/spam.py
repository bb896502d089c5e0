"""What a spam filter says of a message: SpamAssassin's report as text -> rules and a score -> findings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from veillee.preflight.finding import Check, Finding, Severity

REFUSE_SCORE = 5.0  # where SpamAssassin calls a message spam unless told otherwise
_HEAD = re.compile(r"Content analysis details:\s+\((-?\d+(?:\.\d+)?) points")
_ROW = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s+([A-Z][A-Z0-9_]{2,})\s*(.*)$")

_TODO = {
    "MPART_ALT_DIFF": "let the text part say what the HTML says",
    "MPART_ALT_DIFF_COUNT": "let the text part say what the HTML says",
    "MIME_HTML_ONLY": "write a text part",
    "HTML_IMAGE_ONLY": "write more words beside the pictures",
    "HTML_TITLE_SUBJ_DIFF": "let mj-title say mail.subject, as shared/head.mjml does",
    "SUBJ_ALL_CAPS": "write the subject as a sentence",
    "MISSING_DATE": "the message needs a Date header",
    "MISSING_MID": "the message needs a Message-ID header",
    "MISSING_SUBJECT": "write a subject",
}
"""What to do about a rule, by the beginning of its name."""


@dataclass(frozen=True, slots=True)
class SpamRule:
    """A rule that a message met: what it costs, its name, and its sentence."""

    points: float
    name: str
    says: str


@dataclass(frozen=True, slots=True)
class SpamReport:
    """The score of a message, and the rules that made it, the dearest first."""

    score: float
    rules: tuple[SpamRule, ...]


def parse_report(text: str) -> SpamReport | None:
    """The report that SpamAssassin appends to a message; None where there is none."""
    heads = list(_HEAD.finditer(text))
    if not heads:
        return None
    rules: list[SpamRule] = []
    for line in text[heads[-1].end() :].splitlines()[1:]:
        if match := _ROW.match(line):
            rules.append(SpamRule(float(match[1]), match[2], match[3].strip()))
        elif rules and line.startswith(" " * 10) and line.strip():
            last = rules.pop()
            rules.append(SpamRule(last.points, last.name, f"{last.says} {line.strip()}"))
        elif rules and not line.strip():
            break
    return SpamReport(float(heads[-1][1]), tuple(sorted(rules, key=lambda rule: (-rule.points, rule.name))))


def find_spam_faults(report: SpamReport, *, path: str, lang: str) -> Iterator[Finding]:
    """A message that a filter would hold back, or that it likes less than it could."""
    if report.score <= 0:
        return
    severity = Severity.ERROR if report.score >= REFUSE_SCORE else Severity.WARNING
    costing = [rule for rule in report.rules if rule.points > 0]
    named = ", ".join(f"{rule.name} {rule.points:+.1f}" for rule in costing[:5])
    dearest = costing[0] if costing else SpamRule(report.score, "no rule", "")
    found = f"SpamAssassin gives {report.score:.1f} points" + (f" ({named})" if named else "")
    allowed = f"{REFUSE_SCORE:.0f} are spam, 0 or less is well"
    says = dearest.name if dearest.says.startswith("No description") else dearest.says.rstrip(".")
    todo = f"what costs most: {says}{_advice(dearest.name)}"
    yield Finding(severity, Check.SPAM, path, found, allowed, todo, languages=(lang,))


def _advice(name: str) -> str:
    found = next((todo for beginning, todo in _TODO.items() if name.startswith(beginning)), "")
    return f": {found}" if found else ""
