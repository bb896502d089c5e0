"""A row of somebody's list, as typed -> what to store, or everything that is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from zoneinfo import available_timezones

from veillee.errors import Fault, nearest
from veillee.model import Consent, Frequency, RawSubscriber, Stream, SubscriberState
from veillee.model.address import Address, AddressError, forbidden_character, parse_address
from veillee.shown import shortened

MAX_NAME_CHARACTERS = 200
MAX_CHOICE_CHARACTERS = 100
MAX_CONSENT_CHARACTERS = 5000
_STREAMS = tuple(stream.value for stream in Stream)
_IMPORTED_STATES = (
    SubscriberState.ACTIVE,
    SubscriberState.PENDING,
    SubscriberState.PAUSED,
    SubscriberState.UNSUBSCRIBED,
)
"""What a list from elsewhere may say. Bounces and complaints are found out here; nobody is erased by a list."""
_FREQUENCIES = {
    "": "",
    **{one.value: one.value for one in Frequency},
    **dict.fromkeys(("immediate", "immédiat", "immédiate", "at once", "instantané"), "instant"),
    **dict.fromkeys(("daily", "jour", "quotidien", "quotidienne", "chaque jour"), "day"),
    **dict.fromkeys(("weekly", "semaine", "hebdomadaire", "chaque semaine"), "week"),
    **dict.fromkeys(("monthly", "mois", "mensuel", "mensuelle", "chaque mois"), "month"),
}
_LANG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*\Z")


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _timezones_folded() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(_timezones())}


@dataclass(frozen=True, slots=True)
class NewSubscriber:
    """Somebody to store, checked. None where the list did not speak of a thing: what is stored stays."""

    path: str
    line: int
    address: Address
    name: str | None = None
    lang: str | None = None
    digests: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    streams: tuple[str, ...] | None = None
    left: tuple[str, ...] | None = None
    frequency: str | None = None
    timezone: str | None = None
    state: SubscriberState | None = None
    consent: Consent | None = None


def check_rows(
    rows: Iterable[RawSubscriber | Fault], *, digest_ids: Collection[str]
) -> Iterator[NewSubscriber | Fault]:
    """Each row checked, each fault passed on; an address that comes a second time is a fault, in any spelling."""
    line_of_key: dict[int, int] = {}  # by the key's hash, 64 bits: a million addresses fit in little memory
    for row in rows:
        if isinstance(row, Fault):
            yield row
            continue
        for checked in check_row(row, digest_ids=digest_ids):
            if isinstance(checked, Fault):
                yield checked
            elif first := line_of_key.get(hash(checked.address.key)):
                found = f'"{row.address.strip()}" is here a second time (first in line {first})'
                yield Fault(row.path, row.line, found, "each address once", "remove one of the two")
            else:
                line_of_key[hash(checked.address.key)] = row.line
                yield checked


def check_row(row: RawSubscriber, *, digest_ids: Collection[str]) -> tuple[NewSubscriber | Fault, ...]:
    """The one subscriber that the row speaks of, or its faults, all of them."""
    checker = _RowChecker(row)
    address = checker.address()
    checked = NewSubscriber(
        path=row.path,
        line=row.line,
        address=address or Address("", "", ""),
        name=checker.name(),
        lang=checker.lang(),
        digests=checker.words("digests", row.digests, known=digest_ids),
        topics=checker.words("topics", row.topics),
        streams=checker.words("streams", row.streams, known=_STREAMS),
        left=checker.words("left", row.left),
        frequency=checker.frequency(),
        timezone=checker.timezone(),
        state=checker.state(),
        consent=checker.consent(),
    )
    return tuple(checker.faults) or (checked,)


class _RowChecker:
    """Looks at one row field by field and remembers every fault."""

    def __init__(self, row: RawSubscriber) -> None:
        self.row = row
        self.faults: list[Fault] = []

    def address(self) -> Address | None:
        typed = self.row.address
        if not typed.strip():
            self._fault("the address is empty", "an address like amina@example.org", "write it, or remove the row")
            return None
        try:
            return parse_address(typed)
        except AddressError as err:
            self._fault(f'"{shortened(typed)}" is not an address', str(err), "correct it, or remove the row")
            return None

    def name(self) -> str | None:
        if self.row.name is None:
            return None
        name = self.row.name.strip()
        self._check_characters("name", name)
        if len(name) > MAX_NAME_CHARACTERS:
            self._fault(f"the name has {len(name)} characters", f"at most {MAX_NAME_CHARACTERS}", "shorten it")
        return name

    def lang(self) -> str | None:
        if self.row.lang is None:
            return None
        lang = self.row.lang.strip().lower().replace("_", "-")
        if lang and not _LANG.match(lang):
            self._fault(f'lang "{shortened(self.row.lang)}" is not a language', "a code like fr or en", "correct it")
        return lang

    def frequency(self) -> str | None:
        if self.row.frequency is None:
            return None
        typed = " ".join(self.row.frequency.casefold().split())
        found = _FREQUENCIES.get(typed)
        if found is None:
            self._unknown("frequency", self.row.frequency, [one.value for one in Frequency])
        return found

    def timezone(self) -> str | None:
        typed = (self.row.timezone or "").strip()
        if typed and typed not in _timezones():
            near = _timezones_folded().get(typed.casefold()) or nearest(typed, _timezones_folded())
            meant = _timezones_folded().get(near, near) if near else None
            todo = f"did you mean {meant}?" if meant else "correct it, or leave it empty"
            self._fault(f'timezone "{shortened(typed)}" is not known', "a name like Europe/Paris", todo)
        return None if self.row.timezone is None else typed

    def state(self) -> SubscriberState | None:
        typed = (self.row.state or "").strip().lower()
        if not typed:
            return None
        if typed not in _IMPORTED_STATES:
            self._unknown("state", typed, [one.value for one in _IMPORTED_STATES])
            return None
        return SubscriberState(typed)

    def consent(self) -> Consent | None:
        """None where the row says nothing of it."""
        row = self.row
        if not (row.consent_at or row.consent_how or row.consent_text):
            return None
        how, text = (row.consent_how or "").strip(), (row.consent_text or "").strip()
        for what, said, limit in (("consent_how", how, 200), ("consent_text", text, MAX_CONSENT_CHARACTERS)):
            self._check_characters(what, said)
            if len(said) > limit:
                self._fault(f"{what} has {len(said):,} characters", f"at most {limit:,}", "shorten it")
        return Consent(self._consent_at(), how, text)

    def _consent_at(self) -> datetime | None:
        typed = (self.row.consent_at or "").strip()
        if not typed:
            return None
        try:
            moment = datetime.fromisoformat(typed)
        except ValueError:
            allowed = "a date like 2026-11-20 or 2026-11-20T09:00+01:00"
            self._fault(f'consent_at "{shortened(typed)}" is not a date', allowed, "write it so")
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def words(self, what: str, words: tuple[str, ...] | None, *, known: Collection[str] = ()) -> tuple[str, ...] | None:
        if words is None:
            return None
        cleaned = sorted({" ".join(word.split()) for word in words} - {""})
        for word in cleaned:
            self._check_word(what, word, known)
        return tuple(cleaned)

    def _check_word(self, what: str, word: str, known: Collection[str]) -> None:
        self._check_characters(what, word)
        if len(word) > MAX_CHOICE_CHARACTERS:
            self._fault(
                f"a word of {what} has {len(word)} characters", f"at most {MAX_CHOICE_CHARACTERS}", "shorten it"
            )
        elif known and word not in known:
            self._unknown(what, word, known)

    def _unknown(self, what: str, word: str, known: Collection[str]) -> None:
        near = nearest(word, known)
        todo = f"did you mean {near}?" if near else "correct it, or leave it empty for all of them"
        self._fault(f'{what} "{shortened(word)}" is not known', f"allowed: {', '.join(sorted(known))}", todo)

    def _check_characters(self, what: str, text: str) -> None:
        if found := forbidden_character(text):
            self._fault(f"the {what} holds the control character {found}", "one line of plain text", "remove it")

    def _fault(self, found: str, allowed: str, todo: str) -> None:
        self.faults.append(Fault(self.row.path, self.row.line, found, allowed, todo))
