"""Segments: a question asked of the subscribers, as text -> checked -> a tree. Pure; never SQL.

    lang=fr and (topic:sql or topic:python) and not domain=example.net and subscribed>=2026-01-01

`=` and `!=` compare, `:` asks whether a list has a word, dates know `<`, `<=`, `>` and `>=`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum

from veillee.errors import nearest
from veillee.model.address import AddressError, parse_address
from veillee.model.audience import Frequency, Subscriber, SubscriberState
from veillee.model.post import Stream

MAX_CHARACTERS = 2000
MAX_DEPTH = 40

TEXT_FIELDS: dict[str, Callable[[Subscriber], str]] = {
    "address": lambda one: one.address_key,
    "domain": lambda one: one.address_key.rpartition("@")[2],
    "frequency": lambda one: one.frequency,
    "lang": lambda one: one.lang,
    "name": lambda one: one.name,
    "state": lambda one: one.state.value,
    "timezone": lambda one: one.timezone,
}
LIST_FIELDS: dict[str, Callable[[Subscriber], tuple[str, ...]]] = {
    "digest": lambda one: one.digests,
    "left": lambda one: one.left,
    "stream": lambda one: one.streams,
    "topic": lambda one: one.topics,
}
DATE_FIELDS: dict[str, Callable[[Subscriber], datetime | None]] = {
    "consent": lambda one: one.consent.at,
    "subscribed": lambda one: one.subscribed_at,
}
FIELDS = tuple(sorted((*TEXT_FIELDS, *LIST_FIELDS, *DATE_FIELDS)))
_VALUES = {
    "state": tuple(one.value for one in SubscriberState),
    "frequency": ("", *(one.value for one in Frequency)),
    "stream": tuple(one.value for one in Stream),
}


class Operator(StrEnum):
    """How a field is compared with a value."""

    EQUAL = "="
    DIFFERENT = "!="
    HAS = ":"
    BEFORE = "<"
    UNTIL = "<="
    AFTER = ">"
    FROM = ">="


class SegmentError(ValueError):
    """What is wrong with a segment; `column` counts from 1."""

    def __init__(self, text: str, column: int, found: str, allowed: str) -> None:
        self.column = column
        self.found = found
        self.allowed = allowed
        shown = "".join(char if char.isprintable() else " " for char in text)
        super().__init__(f"{found}; {allowed}\n  {shown}\n  {' ' * (column - 1)}^")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field and one value. Texts are compared without regard to case; a date is the day's beginning in UTC."""

    field: str
    operator: Operator
    value: str
    day: datetime | None = None


@dataclass(frozen=True, slots=True)
class Not:
    part: Segment


@dataclass(frozen=True, slots=True)
class Both:
    left: Segment
    right: Segment


@dataclass(frozen=True, slots=True)
class Either:
    left: Segment
    right: Segment


def speaks_of(segment: Segment, field: str) -> bool:
    """Whether one of its comparisons is about a field."""
    if isinstance(segment, Not):
        return speaks_of(segment.part, field)
    if isinstance(segment, Comparison):
        return segment.field == field
    return speaks_of(segment.left, field) or speaks_of(segment.right, field)


Segment = Comparison | Not | Both | Either


def matches(segment: Segment, one: Subscriber) -> bool:
    """Whether a subscriber belongs to it: what the database says of the same segment, said in Python."""
    if isinstance(segment, Not):
        return not matches(segment.part, one)
    if isinstance(segment, Both):
        return matches(segment.left, one) and matches(segment.right, one)
    if isinstance(segment, Either):
        return matches(segment.left, one) or matches(segment.right, one)
    return _compares(segment, one)


def _compares(asked: Comparison, one: Subscriber) -> bool:
    if asked.day is not None:
        moment = DATE_FIELDS[asked.field](one)
        return moment is not None and _in_order(asked.operator, moment, asked.day)
    if asked.field in LIST_FIELDS:
        is_there = folded(asked.value) in map(folded, LIST_FIELDS[asked.field](one))
    else:
        is_there = folded(TEXT_FIELDS[asked.field](one)) == folded(asked.value)
    return is_there is not (asked.operator is Operator.DIFFERENT)


def _in_order(operator: Operator, moment: datetime, day: datetime) -> bool:
    """`=` means: on that day."""
    end = datetime.combine(day.date(), time.max, tzinfo=UTC)
    return {
        Operator.BEFORE: moment < day,
        Operator.UNTIL: moment <= end,
        Operator.AFTER: moment > end,
        Operator.FROM: moment >= day,
        Operator.EQUAL: day <= moment <= end,
        Operator.DIFFERENT: not day <= moment <= end,
    }[operator]


def folded(text: str) -> str:
    """Small ASCII letters: what every database does alike."""
    return "".join(chr(ord(char) + 32) if "A" <= char <= "Z" else char for char in text)


def _normalised(field: str, text: str) -> str:
    """A whole address or domain as it is stored: in ASCII, whatever its spelling."""
    try:
        if field == "address":
            return parse_address(text).key
        if field == "domain":
            return parse_address(f"x@{text.removeprefix('@')}").domain
    except AddressError:
        pass  # then nobody has it
    return text


_TOKEN = re.compile(r"""\s*(?:(?P<word>[^\s()"'=!:<>]+)|(?P<quoted>"[^"]*"|'[^']*')|(?P<sign><=|>=|!=|[=:<>()]))""")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def parse_segment(text: str) -> Segment:
    """The tree of a segment; raises SegmentError, which points at the place, where it is none."""
    if len(text) > MAX_CHARACTERS:
        raise SegmentError("", 1, f"the segment has {len(text):,} characters", f"at most {MAX_CHARACTERS:,}")
    return _Parser(text).whole()


class _Parser:
    """Reads from left to right: or < and < not < comparison."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._place = 0
        self._depth = 0

    def whole(self) -> Segment:
        found = self._either()
        if self._next().kind != "end":
            raise self._fault("here it should end", "join parts by and, or")
        return found

    def _either(self) -> Segment:
        found = self._both()
        while self._takes("or"):
            found = Either(found, self._both())
        return found

    def _both(self) -> Segment:
        found = self._one()
        while self._takes("and"):
            found = Both(found, self._one())
        return found

    def _one(self) -> Segment:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._fault("too many parts stand inside of each other", f"at most {MAX_DEPTH}")
        if self._takes("not"):
            found: Segment = Not(self._one())
        elif self._takes("("):
            found = self._either()
            if not self._takes(")"):
                raise self._fault("a bracket is opened and not closed", "close it with )")
        else:
            found = self._comparison()
        self._depth -= 1
        return found

    def _comparison(self) -> Comparison:
        name = self._next()
        if name.kind != "word":
            raise self._fault("a field is missing", f"fields: {', '.join(FIELDS)}")
        field = name.text.lower()
        if field not in FIELDS:
            near = nearest(field, FIELDS)
            hint = f"did you mean {near}?" if near else f"fields: {', '.join(FIELDS)}"
            raise self._fault(f'"{name.text}" is no field', hint)
        self._place += 1
        operator = self._operator(field)
        value = self._next()
        if value.kind not in ("word", "quoted"):
            raise self._fault("a value is missing", 'a word, or words in quotes: name="Amina Diallo"')
        checked = self._checked(field, operator, value)
        self._place += 1
        return checked

    def _operator(self, field: str) -> Operator:
        sign = self._next()
        allowed = [Operator.HAS, Operator.EQUAL, Operator.DIFFERENT] if field in LIST_FIELDS else list(Operator)
        if field in TEXT_FIELDS:
            allowed = [Operator.EQUAL, Operator.DIFFERENT]
        if field in DATE_FIELDS:
            allowed.remove(Operator.HAS)
        if sign.text not in [one.value for one in allowed] or sign.kind != "sign":
            raise self._fault(f"{field} is not compared so", f"allowed: {' '.join(one.value for one in allowed)}")
        self._place += 1
        return Operator(sign.text)

    def _checked(self, field: str, operator: Operator, value: _Token) -> Comparison:
        if field in DATE_FIELDS:
            try:
                day = date.fromisoformat(value.text)
            except ValueError:
                raise self._fault(f'"{value.text}" is not a date', "a date like 2026-11-20") from None
            return Comparison(field, operator, value.text, datetime.combine(day, time.min, tzinfo=UTC))
        known = _VALUES.get(field)
        if known and folded(value.text) not in known:
            near = nearest(value.text, known)
            shown = ", ".join(filter(None, known))
            raise self._fault(f'no {field} is "{value.text}"', f"did you mean {near}?" if near else f"allowed: {shown}")
        return Comparison(field, operator, _normalised(field, value.text))

    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _takes(self, text: str) -> bool:
        token = self._next()
        is_it = token.kind in ("word", "sign") and token.text.lower() == text
        self._place += is_it
        return is_it

    def _fault(self, found: str, allowed: str) -> SegmentError:
        return SegmentError(self._text, self._next().column, found, allowed)


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            column = place + len(text[place:]) - len(text[place:].lstrip()) + 1
            raise SegmentError(
                text, column, "this cannot be read", "quotes stand in pairs; signs are = != : < <= > >= ( )"
            )
        kind = match.lastgroup or ""
        found = match[kind]
        yield _Token(kind, found[1:-1] if kind == "quoted" else found, match.start(kind) + 1)
        place = match.end()
    yield _Token("end", "", len(text) + 1)
