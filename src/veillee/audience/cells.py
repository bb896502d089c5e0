"""A cell of somebody's list: text, as typed -> its value, or all that is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache
from zoneinfo import available_timezones

from veillee.errors import nearest
from veillee.model import Frequency, SubscriberState
from veillee.model.address import Address, AddressError, forbidden_character, parse_address
from veillee.shown import shortened

MAX_NAME_CHARACTERS = 200
MAX_CHOICE_CHARACTERS = 100
MAX_TEXT_CHARACTERS = 4000
MAX_TEXT_LINES = 50
REMEMBERED = 4096

FREQUENCIES: dict[str, Frequency] = {
    **{frequency.value: frequency for frequency in Frequency},
    **dict.fromkeys(("instantly", "immediate", "instantané", "immédiat", "tout de suite"), Frequency.INSTANT),
    **dict.fromkeys(("daily", "days", "jour", "chaque jour", "quotidien", "quotidienne", "journalier"), Frequency.DAY),
    **dict.fromkeys(("weekly", "weeks", "semaine", "chaque semaine", "hebdo", "hebdomadaire"), Frequency.WEEK),
    **dict.fromkeys(("monthly", "months", "mois", "chaque mois", "mensuel", "mensuelle"), Frequency.MONTH),
}

STATES: dict[str, SubscriberState] = {
    **{state.value: state for state in SubscriberState},
    **dict.fromkeys(("actif", "subscribed", "abonné", "inscrit"), SubscriberState.ACTIVE),
    **dict.fromkeys(("en attente", "unconfirmed", "à confirmer"), SubscriberState.PENDING),
    **dict.fromkeys(("en pause", "suspendu"), SubscriberState.PAUSED),
    **dict.fromkeys(("désabonné", "désinscrit", "left"), SubscriberState.UNSUBSCRIBED),
    **dict.fromkeys(("cleaned", "rejeté"), SubscriberState.BOUNCED),
    **dict.fromkeys(("spam", "plainte"), SubscriberState.COMPLAINED),
}
"""Words of ours, and of the systems that people come from."""

_LANG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*\Z")
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,40}\?[bBqQ]\?")
_SEPARATORS = re.compile(r"[,;|]")
_BREAKS = str.maketrans("", "", "\n\t")


class CellError(ValueError):
    """What is wrong with a cell: (what was found, what is allowed, what to do), each of them."""

    def __init__(self, *problems: tuple[str, str, str]) -> None:
        super().__init__("; ".join(problems[0]))
        self.problems = problems


def read_address(cell: str) -> Address:
    """The one cell that must be there."""
    if not cell.strip():
        raise CellError(("the address is empty", "an address like amina@example.org", "write it, or remove the row"))
    _refuse_encoded_words("address", cell)
    try:
        return parse_address(cell)
    except AddressError as err:
        found = f'"{shortened(cell)}" is not an address'
        raise CellError((found, str(err), "correct it, or remove the row")) from err


def read_name(cell: str) -> str:
    """How a mail addresses its reader."""
    return read_line(cell, what="name")


def read_line(cell: str, *, what: str) -> str:
    """One line of plain text, without spaces around it."""
    line = cell.strip()
    _check_characters(what, line)
    _refuse_encoded_words(what, line)
    if len(line) > MAX_NAME_CHARACTERS:
        raise CellError((f"the {what} has {len(line)} characters", f"at most {MAX_NAME_CHARACTERS}", "shorten it"))
    return line


def read_text(cell: str, *, what: str) -> str:
    """Text of several lines at most."""
    text = cell.replace("\r\n", "\n").strip()
    _check_characters(what, text.translate(_BREAKS))
    _refuse_encoded_words(what, text)
    if len(text) > MAX_TEXT_CHARACTERS or text.count("\n") >= MAX_TEXT_LINES:
        found = f"the {what} has {len(text)} characters in {text.count(chr(10)) + 1} lines"
        raise CellError(
            (found, f"at most {MAX_TEXT_CHARACTERS} in {MAX_TEXT_LINES}", "shorten it, or write where it is")
        )
    return text


def read_lang(cell: str) -> str:
    """A language code in lower case, or nothing."""
    lang = cell.strip().lower().replace("_", "-")
    if lang and not _LANG.match(lang):
        raise CellError((f'lang "{shortened(cell)}" is not a language', "a code like fr or en", "correct it"))
    return lang


def read_frequency(cell: str) -> str:
    """At most how often, as a value of Frequency; empty for no limit."""
    word = _folded(cell)
    if not word or word in FREQUENCIES:
        return FREQUENCIES[word].value if word else ""
    raise _unknown("frequency", cell, FREQUENCIES, allowed=[one.value for one in Frequency], empty="for no limit")


def read_state(cell: str) -> SubscriberState | None:
    """A state that a list may bring; None where the cell is empty."""
    word = _folded(cell)
    allowed = [state.value for state in SubscriberState if state is not SubscriberState.ERASED]
    if word == SubscriberState.ERASED:
        todo = "remove the row, and run: veillee subscribers erase"
        raise CellError((f'no list makes a subscriber "{word}"', f"allowed: {', '.join(allowed)}", todo))
    if not word or word in STATES:
        return STATES.get(word)
    raise _unknown("state", cell, STATES, allowed=allowed, empty="for active")


def read_timezone(cell: str) -> str:
    """The name of a time zone as IANA writes it, or nothing."""
    name = "_".join(cell.split())
    if not name:
        return ""
    if found := _zones().get(name.casefold()):
        return found
    near = _near_zone(name.casefold())
    todo = f"did you mean {near}?" if near else "correct it, or leave it empty for the digest's"
    raise CellError((f'timezone "{shortened(cell)}" is not known', "a name like Europe/Paris", todo))


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones())}


def _near_zone(name: str) -> str | None:
    """The zone with that city, else the one that is spelled most alike."""
    city = name.rpartition("/")[2]
    cities = {folded.rpartition("/")[2]: zone for folded, zone in _zones().items() if "/" in folded}
    found = _zones().get(nearest(name, _zones()) or "") or cities.get(city)
    return found or cities.get(nearest(city, cities) or "")


def read_instant(cell: str, *, what: str) -> datetime | None:
    """A date, or an instant, by ISO 8601; in UTC where it does not say. None where the cell is empty."""
    text = cell.strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as err:
        allowed = "a date like 2026-11-20, or 2026-11-20T08:00+01:00"
        raise CellError((f'{what} "{shortened(cell)}" is not a date', allowed, "correct it")) from err


def read_words(words: tuple[str, ...], *, what: str, known: Collection[str] = ()) -> tuple[str, ...]:
    """Words in order, each once; every one that is not among `known` is said, where there are any.

    What separates words in a list (`,` `;` `|`) separates them everywhere: no export could tell them apart.
    """
    cleaned = sorted({" ".join(part.split()) for word in words for part in _SEPARATORS.split(word)} - {""})
    problems = [problem for word in cleaned for problem in _problems_of_word(word, what, known)]
    if problems:
        raise CellError(*problems)
    return tuple(cleaned)


def _problems_of_word(word: str, what: str, known: Collection[str]) -> list[tuple[str, str, str]]:
    problems = []
    if found := forbidden_character(word):
        problems.append((f"the {what} holds the control character {found}", "one line of plain text", "remove it"))
    if encoded := _encoded(what, word):
        problems.append(encoded)
    if len(word) > MAX_CHOICE_CHARACTERS:
        found = f"a word of {what} has {len(word)} characters"
        problems.append((found, f"at most {MAX_CHOICE_CHARACTERS}", "shorten it"))
    elif known and word not in known:
        problems += _unknown(what, word, known, allowed=sorted(known), empty="for all of them").problems
    return problems


def _unknown(what: str, cell: str, known: Collection[str], *, allowed: list[str], empty: str) -> CellError:
    near = nearest(_folded(cell), known)
    todo = f"did you mean {near}?" if near else f"correct it, or leave it empty {empty}"
    return CellError((f'{what} "{shortened(cell)}" is not known', f"allowed: {', '.join(allowed)}", todo))


def _refuse_encoded_words(what: str, text: str) -> None:
    if problem := _encoded(what, text):
        raise CellError(problem)


def _encoded(what: str, text: str) -> tuple[str, str, str] | None:
    """Text that is encoded for a mail's header may decode to a line end (cpython issue 121650): it is not text yet."""
    if "=?" not in text or not _ENCODED_WORD.search(text):
        return None
    found = f'the {what} "{shortened(text)}" is still encoded for the header of a mail'
    return found, "the text itself, in UTF-8", "write it out"


def _check_characters(what: str, text: str) -> None:
    if found := forbidden_character(text):
        raise CellError((f"the {what} holds the control character {found}", "one line of plain text", "remove it"))


def _folded(cell: str) -> str:
    return " ".join(cell.casefold().split())
