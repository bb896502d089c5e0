"""One record, field by field: marked values -> checked values and faults, all at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from typing import TypeVar

from veillee.errors import Fault, nearest
from veillee.model.places import slug_of
from veillee.model.urls import is_safe_url
from veillee.shown import shortened
from veillee.sources.dates import Moment, NotADateError, parse_moment
from veillee.sources.marked import Entry, Mapping, Node, Scalar, Sequence, described

_Choice = TypeVar("_Choice", bound=StrEnum)

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")
_SLUG = re.compile(r"[\w.~-]+(?:/[\w.~-]+)*\Z")
_YES = frozenset({"true", "yes", "on", "oui", "1"})
_NO = frozenset({"false", "no", "off", "non", "0"})
_DATE_FORM = "write YYYY-MM-DD or YYYY-MM-DD HH:MM"


@dataclass(slots=True)
class Fields:
    """Takes values out of a record; what is wrong is added to `faults`, and its value is None or empty.

    `entries` has each field under our name for it.
    """

    entries: dict[str, Entry]
    shown: str
    timezone: tzinfo
    faults: list[Fault] = field(default_factory=list)

    def text(self, key: str) -> str | None:
        """A text as typed (`2026`, `1.10` and `NO` too), without the space around it; None where there is none."""
        entry = self.entries.get(key)
        if entry is None:
            return None
        if not isinstance(entry.value, Scalar):
            self._wrong(entry, "a text", f"write {entry.key}: and the text on one line")
            return None
        return entry.value.text.strip() or None

    def line_text(self, key: str) -> str | None:
        """The same, on one line."""
        text = self.text(key)
        return " ".join(text.split()) if text else None

    def flag(self, key: str) -> bool | None:
        """True or false; None where the record does not say."""
        entry = self.entries.get(key)
        if entry is None or _is_empty(entry.value):
            return None
        word = entry.value.text.strip().lower() if isinstance(entry.value, Scalar) else ""
        if word in _YES or word in _NO:
            return word in _YES
        self._wrong(entry, "true or false", "write one of the two")
        return None

    def moment(self, key: str) -> Moment | None:
        entry = self.entries.get(key)
        return None if entry is None else self.moment_of(entry)

    def moment_of(self, entry: Entry) -> Moment | None:
        """The instant that an entry names; None where it is empty or a fault."""
        if _is_empty(entry.value):
            return None
        if not isinstance(entry.value, Scalar):
            self._wrong(entry, _DATE_FORM, "write it like 2026-11-20")
            return None
        try:
            return parse_moment(entry.value.text.strip(), timezone=self.timezone)
        except NotADateError as error:
            found = f'{entry.key} "{shortened(entry.value.text)}" is not a date'
            todo = str(error) or f"an example: {entry.key}: 2026-11-20 09:00"
            self.fault(entry.value.line, found, _DATE_FORM, todo)
            return None

    def choice(self, key: str, choices: type[_Choice], allowed: Collection[_Choice] | None = None) -> _Choice | None:
        """One word of a closed list."""
        entry = self.entries.get(key)
        if entry is None or _is_empty(entry.value):
            return None
        words = [choice.value for choice in allowed or choices]
        word = entry.value.text.strip().lower() if isinstance(entry.value, Scalar) else ""
        if word in words:
            return choices(word)
        near = nearest(word, words)
        todo = f'did you mean "{near}"?' if near else "choose one of them"
        self._wrong(entry, f"allowed: {', '.join(words)}", todo)
        return None

    def words(self, key: str) -> tuple[str, ...]:
        """A list, or one text with commas (or semicolons) between its words; each word once, in order."""
        entry = self.entries.get(key)
        if entry is None:
            return ()
        return tuple(dict.fromkeys(word for word in self._words_of(entry) if word))

    def _words_of(self, entry: Entry) -> Iterator[str]:
        if isinstance(entry.value, Scalar):
            yield from split_words(entry.value.text)
        elif isinstance(entry.value, Sequence):
            for item in entry.value.items:
                if isinstance(item, Scalar):
                    yield " ".join(item.text.split())
                else:
                    self._wrong(Entry(entry.key, item.line, item), "a list of words", "write one word or name a line")
        else:
            self._wrong(entry, "a list of words", f"write {entry.key}: [one, two]")

    def url(self, key: str, *, may_be_relative: bool) -> str | None:
        """An address whose scheme is on the allow-list."""
        entry = self.entries.get(key)
        url = self.text(key)
        if entry is None or url is None or is_safe_url(url, may_be_relative=may_be_relative):
            return url
        allowed = "http, https and mailto addresses" + (", and paths of the site" if may_be_relative else "")
        self.fault(
            entry.value.line, f'{entry.key} "{shortened(url)}" may not be linked to', allowed, "mend the address"
        )
        return None

    def language(self, key: str) -> str | None:
        """A language code, lower case with `-`."""
        entry = self.entries.get(key)
        code = (self.text(key) or "").partition(".")[0]  # en_US.UTF-8
        if entry is None or not code:
            return None
        if _LANGUAGE.match(code):
            return code.lower().replace("_", "-")
        self._wrong(entry, "a language code such as fr, en or pt-br", "write the code")
        return None

    def slug(self, key: str, *, is_lenient: bool = False) -> str | None:
        """A part of an address as typed; where one is lenient, as near to it as may be."""
        entry = self.entries.get(key)
        slug = (self.text(key) or "").strip("/")
        if entry is None or not slug:
            return None
        if _SLUG.match(slug) and ".." not in slug:
            return slug
        if is_lenient and (near := slug_of(slug)):
            return near
        self._wrong(entry, "letters, digits, - and _", "leave out spaces and other signs")
        return None

    def counts(self, key: str) -> tuple[tuple[str, int], ...]:
        """Words with whole numbers, in the order in which they were typed."""
        entry = self.entries.get(key)
        if entry is None or _is_empty(entry.value):
            return ()
        if not isinstance(entry.value, Mapping):
            self._wrong(entry, "words with numbers", f"write {entry.key}: {{merci: 4, bravo: 2}}")
            return ()
        return tuple(pair for one in entry.value if (pair := self._count(entry.key, one)))

    def _count(self, key: str, one: Entry) -> tuple[str, int] | None:
        number = one.value.value if isinstance(one.value, Scalar) else None
        if isinstance(number, int) and not isinstance(number, bool) and number >= 0:
            return shortened(one.key, 40), number
        found = f"{key}: {shortened(one.key)} is {described(one.value)}"
        self.fault(one.line, found, "a whole number, 0 or more", f"write {shortened(one.key)}: 1")
        return None

    def fault(self, line: int, found: str, allowed: str, todo: str) -> None:
        self.faults.append(Fault(self.shown, line, found, allowed, todo))

    def _wrong(self, entry: Entry, allowed: str, todo: str) -> None:
        self.fault(entry.value.line, f"{shortened(entry.key)} is {described(entry.value)}", allowed, todo)


def split_words(text: str) -> list[str]:
    """Words of a text with semicolons, else commas or line ends, between them."""
    separators = r"[;\n]" if ";" in text else r"[,\n]"
    return [" ".join(word.split()) for word in re.split(separators, text)]


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.text.strip()
