"""What was left to be filled in: template marks, words such as TODO, sample texts -> findings.

In a member's own words such a mark may be meant (a post about templates), so there it is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from veillee.preflight.finding import Check, Finding, Severity
from veillee.preflight.mail import Mail
from veillee.shown import shortened

AROUND = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """A form of what is left to be filled in; `is_certain` where nobody writes it on purpose."""

    pattern: re.Pattern[str]
    name: str
    is_certain: bool = False


_FIELDS = r"story|title|name|titre|nom|pr[ée]nom|subject|date|edition"
_REMINDERS = r"TODO|TBD|TBC|FIXME|XXX+|À (?:FAIRE|COMPLÉTER|DÉFINIR|VENIR)|A (?:COMPLETER|DEFINIR)"
_SAMPLES = r"your text here|insert (?:text|link) here|votre texte ici|ins[ée]re[rz] (?:le |un |du )?(?:texte|lien)"

MARKS = (
    Mark(re.compile(r"\{\{.{0,80}?\}\}|\{%.{0,80}?%\}|\{\{|\{%"), "a template's mark", is_certain=True),
    Mark(re.compile(rf"\{{(?:{_FIELDS})\}}", re.IGNORECASE), "a field", is_certain=True),
    Mark(re.compile(r"%\([A-Za-z_]+\)[sd]|\*\|[A-Z_:]+\|\*|\[\[[A-Za-z_ ]+\]\]"), "a field", is_certain=True),
    Mark(re.compile(r"\[(?:FIRST ?NAME|NAME|NOM|PR[ÉE]NOM|DATE|TITLE|TITRE)\]"), "a field", is_certain=True),
    Mark(re.compile(r"\bSITEURL\b"), "the name of a setting", is_certain=True),
    Mark(re.compile(r"\blorem ipsum\b", re.IGNORECASE), "a sample text", is_certain=True),
    Mark(re.compile(rf"\b(?:{_REMINDERS})\b"), "a reminder"),
    Mark(re.compile(rf"\b(?:{_SAMPLES})\b", re.IGNORECASE), "a sample text"),
)


def find_placeholders(mail: Mail) -> Iterator[Finding]:
    """Marks in the subject, the HTML as it is shown, its addresses and descriptions, and the text part."""
    seen: set[str] = set()
    for where, text in _texts(mail):
        for mark in MARKS:
            for match in mark.pattern.finditer(text):
                if match[0] not in seen:
                    seen.add(match[0])
                    yield _finding(mail, mark, match, where)


def _texts(mail: Mail) -> Iterator[tuple[str, str]]:
    yield "the subject", mail.variant.subject
    yield "the mail", mail.page.root.text
    for node in mail.page.nodes:
        for key in ("href", "src", "alt", "title"):
            if value := node.attributes.get(key):
                yield "an address" if key in ("href", "src") else "a description", value
    yield "the text part", mail.text


def _finding(mail: Mail, mark: Mark, match: re.Match[str], where: str) -> Finding:
    text = match.string
    before = text[: match.start()][-AROUND:].partition(" ")[2]
    after = text[match.end() :][:AROUND].rpartition(" ")[0]
    found = f'{where} holds {mark.name}, "{match[0]}", in "… {shortened(before + match[0] + after, 70)} …"'
    post = mail.post_saying(match[0])
    if post and where != "the subject":
        todo = f"if it is not meant, mend {mail.file_of_post(post)}"
        return mail.finding(Severity.WARNING, Check.PLACEHOLDERS, mail.place_of_post(post), found, "", todo)
    severity = Severity.ERROR if mark.is_certain else Severity.WARNING
    return mail.finding(
        severity, Check.PLACEHOLDERS, mail.place_of_words(match[0]), found, "", "fill it in, or remove it"
    )
