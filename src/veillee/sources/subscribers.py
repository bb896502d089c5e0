"""Lists of subscribers: a CSV or YAML file -> raw rows with their lines, and faults. Nothing is checked here
but the form of the file; who is a good subscriber is decided in `audience`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from veillee.errors import Fault, nearest
from veillee.model import RawSubscriber
from veillee.model.formulas import unguarded
from veillee.shown import shortened
from veillee.sources.csv_rows import CsvRow, read_csv_rows
from veillee.sources.documents import read_lines, read_text
from veillee.sources.marked import Entry, Node, Scalar, Sequence, described
from veillee.sources.marked import Mapping as MarkedMapping
from veillee.sources.yamls import load_yaml

MAX_BYTES = 2_000_000_000
MAX_YAML_BYTES = 50_000_000
"""A YAML file is held as a whole while it is read, a CSV file line by line."""

COLUMNS: dict[str, str] = {
    "address": "the email address; required",
    "name": "how the mail addresses its reader",
    "lang": "the language of the mails, a code like `fr`; default: the digest's first",
    "topics": "tags that they want to hear of; default: all",
    "digests": "which digests they get; default: all",
    "streams": "announcements, questions, buzz; default: all",
    "left": "digests that they have left, and get no more",
    "frequency": "how often they want mail at most: instant, day, week or month; default: each of their digests",
    "timezone": "a name like Europe/Paris; default: the digest's",
    "state": "active, pending, paused, unsubscribed, bounced or complained, for a list that comes from elsewhere; "
    "default: active; a list never wakes whom it finds silent",
    "subscribed_at": "since when, for somebody new; default: now",
    "consent_at": "when they agreed to be mailed, such as 2026-11-20 or 2026-11-20T09:00+01:00",
    "consent_how": "how they agreed: a form, a paper, by word of mouth",
    "consent_text": "the words that they agreed to",
}
"""What a list may say of a subscriber: the reference is made from this."""

NAMES: dict[str, str] = {
    **{name: name for name in COLUMNS},
    **dict.fromkeys(("email", "e-mail", "mail", "adresse", "courriel", "adresse e-mail"), "address"),
    **dict.fromkeys(("nom", "full name", "nom complet"), "name"),
    **dict.fromkeys(("language", "langue"), "lang"),
    **dict.fromkeys(("topic", "sujets", "sujet", "thèmes", "themes", "tags"), "topics"),
    **dict.fromkeys(("digest", "lettres", "lettre"), "digests"),
    **dict.fromkeys(("stream", "fils", "fil"), "streams"),
    **dict.fromkeys(("fréquence", "frequence", "rythme"), "frequency"),
    **dict.fromkeys(("time zone", "tz", "fuseau", "fuseau horaire"), "timezone"),
    **dict.fromkeys(("état", "etat", "status", "statut"), "state"),
    **dict.fromkeys(("subscribed", "subscribed at", "inscrit le", "abonné le", "date d'inscription"), "subscribed_at"),
    **dict.fromkeys(("consent at", "consent date", "date du consentement"), "consent_at"),
    **dict.fromkeys(("consent how", "consentement"), "consent_how"),
    **dict.fromkeys(("consent text", "texte du consentement"), "consent_text"),
}
_LISTS = frozenset(("topics", "digests", "streams", "left"))
_REQUIRED = 'the first line names the columns: "address", and if you like "name", "lang", "topics"'


@dataclass(frozen=True, slots=True)
class SubscribersRead:
    """A list as it was typed. `faults` concern the whole file, then there are no rows; `notes` say what is not read."""

    rows: Iterable[RawSubscriber | Fault] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def read_subscribers(path: Path, *, shown: str) -> SubscribersRead:
    """The rows of a `.csv`, `.yaml` or `.yml` file, in order. Never raises for what it holds."""
    if path.suffix.lower() not in (".csv", ".tsv", ".txt", ".yaml", ".yml"):
        todo = 'save the list as "CSV UTF-8"'
        return SubscribersRead(faults=(Fault(shown, 0, "this is not a list of subscribers", "CSV or YAML", todo),))
    if path.suffix.lower() in (".yaml", ".yml"):
        text = read_text(path, shown=shown, max_bytes=MAX_YAML_BYTES, allowed=_REQUIRED)
        return SubscribersRead(faults=(text,)) if isinstance(text, Fault) else _from_yaml(text, shown=shown)
    lines = read_lines(path, shown=shown, max_bytes=MAX_BYTES, allowed=_REQUIRED)
    return SubscribersRead(faults=(lines,)) if isinstance(lines, Fault) else _from_csv(lines, shown=shown)


def _from_csv(lines: Iterable[str], *, shown: str) -> SubscribersRead:
    rows = read_csv_rows(lines, shown=shown)
    header = next(rows, None)
    if not isinstance(header, CsvRow):
        return SubscribersRead(faults=(header,) if header else ())
    columns = [NAMES.get(_plain_name(cell)) for cell in header.cells]
    faults, notes = _check_header(header, columns, shown=shown)
    if faults:
        return SubscribersRead(faults=faults)
    return SubscribersRead(rows=(_csv_subscriber(row, columns, shown=shown) for row in rows), notes=notes)


def _check_header(
    header: CsvRow, columns: list[str | None], *, shown: str
) -> tuple[tuple[Fault, ...], tuple[str, ...]]:
    faults: list[Fault] = []
    notes: list[str] = []
    for cell, column in zip(header.cells, columns, strict=True):
        if column is None:
            _judge_unknown(cell, shown=shown, line=header.line, faults=faults, notes=notes)
        elif columns.count(column) > 1:
            found = f'two columns are read as "{column}"'
            faults.append(Fault(shown, header.line, found, "each column once", "remove or rename one of them"))
    if "address" not in columns and not faults:
        found = "the first line is a row already" if any("@" in cell for cell in header.cells) else "no column address"
        faults.append(Fault(shown, header.line, found, _REQUIRED, "add that line, or that name"))
    return tuple(dict.fromkeys(faults)), tuple(notes)


def _judge_unknown(name: str, *, shown: str, line: int, faults: list[Fault], notes: list[str]) -> None:
    """A slip of a name that is ours is a fault; a name that is simply not ours is said once."""
    near = nearest(_plain_name(name), NAMES)
    if near:
        found = f'"{shortened(name)}" is not known'
        faults.append(Fault(shown, line, found, f"allowed: {', '.join(COLUMNS)}", f"did you mean {near}?"))
    elif name.strip():
        notes.append(f'{shown}:{line}: "{shortened(name)}" is not read; what is: {", ".join(COLUMNS)}')


def _csv_subscriber(row: CsvRow | Fault, columns: list[str | None], *, shown: str) -> RawSubscriber | Fault:
    if isinstance(row, Fault):
        return row
    if len(row.cells) > len(columns):
        found = f"{len(row.cells)} cells, where the first line names {len(columns)}"
        return Fault(shown, row.line, found, "a cell with the separator in it stands in quotes", 'write "a, b"')
    fields: dict[str, Any] = {
        column: _words(unguarded(cell)) if column in _LISTS else unguarded(cell) if "'" in cell else cell
        for column, cell in zip(columns, row.cells, strict=False)
        if column
    }
    return _raw(shown, row.line, fields)


def _from_yaml(text: str, *, shown: str) -> SubscribersRead:
    read = load_yaml(text, shown=shown)
    root = read.root
    if isinstance(root, MarkedMapping) and (entry := root.get("subscribers")) and len(root.entries) == 1:
        root = entry.value
    if read.faults or not isinstance(root, Sequence):
        example = 'a list: each item "- {address: amina@example.org, name: Amina}"'
        missing = Fault(shown, 1, "this is not a list of subscribers", example, "write it so")
        return SubscribersRead(faults=read.faults or (missing,))
    notes: list[str] = []
    rows = tuple(found for item in root.items for found in _yaml_subscriber(item, shown=shown, notes=notes))
    return SubscribersRead(rows=rows, notes=tuple(notes))


def _yaml_subscriber(item: Node, *, shown: str, notes: list[str]) -> tuple[RawSubscriber | Fault, ...]:
    if isinstance(item, Scalar):
        return (_raw(shown, item.line, {"address": item.text}),)
    if not isinstance(item, MarkedMapping):
        example = "{address: amina@example.org, name: Amina}"
        return (
            Fault(shown, item.line, f"{described(item)} stands where a subscriber is meant", example, "write it so"),
        )
    faults: list[Fault] = []
    fields: dict[str, Any] = {}
    for entry in item:
        key = NAMES.get(_plain_name(entry.key))
        if key is None:
            _judge_unknown(entry.key, shown=shown, line=entry.line, faults=faults, notes=notes)
        elif key in fields:
            faults.append(Fault(shown, entry.line, f'"{key}" is said twice', "each once", "remove one of the two"))
        else:
            fields[key] = _yaml_field(entry, key, shown=shown, faults=faults)
    return tuple(faults) or (_raw(shown, item.line, fields),)


def _yaml_field(entry: Entry, key: str, *, shown: str, faults: list[Fault]) -> str | tuple[str, ...]:
    value = entry.value
    if isinstance(value, Scalar):
        return _words(value.text) if key in _LISTS else value.text
    if key in _LISTS and isinstance(value, Sequence) and all(isinstance(one, Scalar) for one in value.items):
        return tuple(one.text for one in value.items if isinstance(one, Scalar))
    allowed = "a word, or a list of words" if key in _LISTS else "a text"
    faults.append(Fault(shown, value.line, f"{key} is {described(value)}", allowed, "write it so"))
    return ()


def _raw(shown: str, line: int, fields: dict[str, Any]) -> RawSubscriber:
    """`fields` holds a text, or words, for each of `COLUMNS` that the row speaks of."""
    fields.setdefault("address", "")
    return RawSubscriber(shown, line, **fields)


@lru_cache(4096)
def _words(cell: str) -> tuple[str, ...]:
    """`sql, python`, `sql;python` or `sql|python` as words."""
    return tuple(word.strip() for word in cell.replace(";", ",").replace("|", ",").split(",") if word.strip())


def _plain_name(name: str) -> str:
    return " ".join(name.casefold().split())
