"""The answers to a question: records -> raw answers, oldest fault first."""

from __future__ import annotations

from datetime import datetime

from veillee.sources.authorship import author_names
from veillee.sources.fields import Fields
from veillee.sources.marked import Mapping, Scalar, Sequence, described
from veillee.sources.naming import Names
from veillee.sources.post_keys import ANSWER_KEYS
from veillee.sources.raw_post import PostRules, RawAnswer

_NAMES = Names(ANSWER_KEYS)
_EXAMPLE = "write - {author: ..., date: ..., body: ...}"


def parse_answers(fields: Fields, *, asked_at: datetime | None, rules: PostRules) -> tuple[RawAnswer, ...]:
    """The answers as typed, in their order; faults go where those of `fields` go."""
    entry = fields.entries.get("answers")
    if entry is None or (isinstance(entry.value, Scalar) and not entry.value.text.strip()):
        return ()
    if not isinstance(entry.value, Sequence):
        fields.fault(entry.line, f"answers is {described(entry.value)}", "a list of answers", _EXAMPLE)
        return ()
    answers: list[RawAnswer] = []
    for item in entry.value.items:
        if not isinstance(item, Mapping):
            fields.fault(item.line, f"an answer is {described(item)}", "author, date and body", _EXAMPLE)
        elif answer := _answer(item, fields, asked_at, rules):
            answers.append(answer)
    _check_one_accepted(answers, fields)
    return tuple(answers)


def _answer(item: Mapping, question: Fields, asked_at: datetime | None, rules: PostRules) -> RawAnswer | None:
    named = _NAMES.sort_out(item, shown=question.shown, is_strict=rules.is_strict)
    fields = Fields(named.entries, question.shown, question.timezone, list(named.faults))
    authors = author_names(fields, rules)
    body = fields.text("body") or ""
    moment = fields.moment("date")
    answered_at = moment.instant if moment else None
    is_accepted = fields.flag("accepted") or False
    _check_whole(fields, item, authors, body, answered_at, asked_at, rules)
    question.faults.extend(fields.faults)
    answered_at = answered_at or asked_at
    if fields.faults or answered_at is None:
        return None
    entry = named.entries["body"].value
    line = entry.body_line if isinstance(entry, Scalar) else item.line
    return RawAnswer(authors[0], answered_at, body, is_accepted, line)


def _check_whole(
    fields: Fields,
    item: Mapping,
    authors: tuple[str, ...],
    body: str,
    answered_at: datetime | None,
    asked_at: datetime | None,
    rules: PostRules,
) -> None:
    if len(authors) != 1 and not _is_faulty(fields, "author"):
        count = "no author" if not authors else "several authors"
        fields.fault(item.line, f"an answer has {count}", "one author for each answer", "write author: and one name")
    if not body and not _is_faulty(fields, "body"):
        fields.fault(item.line, "an answer has no body", "a text", "write body: and the answer")
    if answered_at is None and not _is_faulty(fields, "date") and (rules.is_strict or asked_at is None):
        fields.fault(item.line, "an answer has no date", "YYYY-MM-DD or YYYY-MM-DD HH:MM", "write date: and the day")
    if (
        answered_at
        and asked_at
        and rules.is_strict
        and answered_at.date() < asked_at.astimezone(answered_at.tzinfo).date()
    ):
        found = "an answer is older than its question"
        fields.fault(item.line, found, "a date after that of the question", "mend one of the two dates")


def _is_faulty(fields: Fields, key: str) -> bool:
    """Whether something is wrong with a field already, so that its absence needs no word."""
    entry = fields.entries.get(key)
    return entry is not None and any(entry.line <= fault.line <= entry.value.end_line for fault in fields.faults)


def _check_one_accepted(answers: list[RawAnswer], fields: Fields) -> None:
    accepted = [answer for answer in answers if answer.is_accepted]
    for answer in accepted[1:]:
        found = f"a second answer is accepted (the first has its text in line {accepted[0].line})"
        fields.fault(answer.line, found, "one accepted answer", "take accepted: true from one of them")
