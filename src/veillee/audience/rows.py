"""A row of somebody's list, as typed -> what to store, or everything that is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from veillee.errors import Fault, nearest
from veillee.model import RawSubscriber, Stream
from veillee.model.address import Address, AddressError, forbidden_character, parse_address
from veillee.shown import shortened

MAX_NAME_CHARACTERS = 200
MAX_CHOICE_CHARACTERS = 100
_LANG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*\Z")


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


def check_rows(
    rows: Iterable[RawSubscriber | Fault], *, digest_ids: Collection[str]
) -> Iterator[NewSubscriber | Fault]:
    """Each row checked, each fault passed on; an address that comes a second time is a fault, in any spelling."""
    line_of_key: dict[str, int] = {}
    for row in rows:
        if isinstance(row, Fault):
            yield row
            continue
        for checked in check_row(row, digest_ids=digest_ids):
            if isinstance(checked, Fault):
                yield checked
            elif first := line_of_key.get(checked.address.key):
                found = f'"{row.address.strip()}" is here a second time (first in line {first})'
                yield Fault(row.path, row.line, found, "each address once", "remove one of the two")
            else:
                line_of_key[checked.address.key] = row.line
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
        streams=checker.words("streams", row.streams, known=[stream.value for stream in Stream]),
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
            near = nearest(word, known)
            todo = f"did you mean {near}?" if near else "correct it, or leave it empty for all of them"
            self._fault(f'{what} "{shortened(word)}" is not known', f"allowed: {', '.join(sorted(known))}", todo)

    def _check_characters(self, what: str, text: str) -> None:
        if found := forbidden_character(text):
            self._fault(f"the {what} holds the control character {found}", "one line of plain text", "remove it")

    def _fault(self, found: str, allowed: str, todo: str) -> None:
        self.faults.append(Fault(self.row.path, self.row.line, found, allowed, todo))
