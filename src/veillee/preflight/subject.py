"""The subject of a mail, as a list of mails shows it -> findings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from veillee.preflight.finding import Check, Finding, Severity
from veillee.preflight.mail import Mail, Place
from veillee.shown import shortened

LONGEST = 78  # RFC 5322 section 2.1.1: what a line should have at most
ON_PHONES = 50  # what a telephone in an upright hand shows in its list, about
FEWEST_LETTERS = 8
_SHOUTED = re.compile(r"[!?]{3,}|!.*!.*!")


def find_subject_faults(mail: Mail) -> Iterator[Finding]:
    """What a reader, or a filter, would hold against the subject."""
    subject = mail.variant.subject.strip()
    place = _place(mail)
    if not subject:
        todo = "write subject: in the edition, or in digest.yaml"
        yield mail.finding(Severity.ERROR, Check.SUBJECT, place, "the subject is empty", "", todo)
        return
    said = f'the subject "{shortened(subject, 90)}"'
    yield from _length(mail, place, said, len(subject))
    if _is_shouted(subject):
        found, todo = f"{said} is in capital letters", "write it as a sentence: filters count shouting as spam"
        yield mail.finding(Severity.WARNING, Check.SUBJECT, place, found, "", todo)
    if _SHOUTED.search(subject):
        found, todo = f"{said} shouts", "one mark is enough: filters count more of them as spam"
        yield mail.finding(Severity.WARNING, Check.SUBJECT, place, found, "", todo)


def _length(mail: Mail, place: Place, said: str, length: int) -> Iterator[Finding]:
    found = f"{said} has {length} characters"
    todo = "put the words that matter first, or write a shorter one as subject: in the edition"
    if length > LONGEST:
        allowed = f"most programs cut it at {LONGEST}, telephones at about {ON_PHONES}"
        yield mail.finding(Severity.WARNING, Check.SUBJECT, place, found, allowed, todo)
    elif length > ON_PHONES:
        allowed = f"telephones cut it at about {ON_PHONES}"
        yield mail.finding(Severity.WARNING, Check.SUBJECT, place, found, allowed, todo)


def _is_shouted(subject: str) -> bool:
    letters = [char for char in subject if char.isalpha() and char.upper() != char.lower()]
    return len(letters) >= FEWEST_LETTERS and sum(char.isupper() for char in letters) > 0.8 * len(letters)


def _place(mail: Mail) -> Place:
    """The line that gives the subject: the edition's own, else the digest's, else the edition."""
    edition, digest = mail.edition_path, f"{mail.composed.digest.folder}/digest.yaml"
    path, line = mail.sources.place_of("\nsubject:", (edition, digest)) or (edition, 0)
    return path, line + bool(line)  # the line after the one that the text was looked for in
