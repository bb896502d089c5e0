"""Catalogues of messages: `<code>.po` of a site, above that of the program -> what is said in a language.

English is written in the code and templates: it needs no catalogue, and stands in for what nobody has translated.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

FOLDER = "languages"
"""Where a site keeps catalogues of its own, beside its settings file."""

_HERE = Path(__file__).resolve().parent
_COMPLETE = "fr"  # a test holds that it has every message
_LINE = re.compile(r'\s*(?:#.*|(?:msg[a-z_]+(?:\[\d+\])?\s+)?"(?:[^"\\]|\\.)*"\s*)?\Z')  # or Babel drops letters
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class CatalogueError(ValueError):
    """A catalogue that cannot be used; `faults` are pairs of a line and what is wrong there."""

    def __init__(self, path: Path, faults: list[tuple[int, str]]) -> None:
        super().__init__(f"{path}: {faults}")
        self.path = path
        self.faults = faults


class Catalogues:
    """The program's catalogues, and those of one site, in `folder`, where there is one."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self.stamp = _stamp(folder)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The languages that have a catalogue, and English."""
        found = (path.stem for folder in self._folders() for path in folder.glob("*.po"))
        return tuple(dict.fromkeys(["en", *sorted(found)]))

    def messages(self, code: str) -> gettext.NullTranslations:
        """What is said in a language; raises CatalogueError where a catalogue is broken."""
        said: gettext.NullTranslations = gettext.NullTranslations()
        for folder in reversed(list(self._folders())):
            path = _path_of(folder, code)
            if path:
                mine = _compiled(path)
                mine.add_fallback(said)
                said = mine
        return said

    def _folders(self) -> Iterator[Path]:
        """The site's first."""
        if self._folder:
            yield self._folder
        yield _HERE


def untranslated_count(path: Path) -> tuple[int, int]:
    """How many of all messages a catalogue does not say, and how many there are."""
    said = {_id_of(one) for one in _read(path) if one.id and all(_texts(one.string))}
    wanted = {_id_of(one) for one in _read(_HERE / f"{_COMPLETE}.po") if one.id}
    return len(wanted - said), len(wanted)


def write_blank_catalogue(path: Path, code: str) -> int:
    """Writes a catalogue with every message, those untranslated that it did not have; gives how many that are.

    Raises CatalogueError where there is a broken one, OSError where it cannot be written.
    """
    try:
        locale = Locale.parse(code.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = None
    made = Catalog(locale=locale, fuzzy=False)
    own = {_id_of(one): one.string for one in _read(path)} if path.is_file() else {}
    for one in _read(_HERE / f"{_COMPLETE}.po"):
        if one.id:
            made.add(one.id, own.get(_id_of(one), ""))
    text = io.BytesIO()
    write_po(text, made, omit_header=False, width=0)
    header, _, rest = text.getvalue().decode().partition("\n\n")
    head = f'msgid ""\nmsgstr ""\n"Language: {code}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    plurals = re.search(r'"Plural-Forms: [^"]*"', header)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{head}{plurals[0] if plurals else ''}\n\n{rest}", encoding="utf-8", newline="\n")
    return untranslated_count(path)[0]


def _path_of(folder: Path, code: str) -> Path | None:
    """The catalogue of a language, else that of the language without its territory."""
    paths = (folder / f"{name}.po" for name in (code, code.partition("-")[0]))
    return next((path for path in paths if path.is_file()), None)


def _compiled(path: Path) -> gettext.GNUTranslations:
    catalogue = _read(path)
    faults = [(one.lineno or 1, fault) for one in catalogue if one.id for fault in _faults(one)]
    if faults:
        raise CatalogueError(path, faults)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _read(path: Path) -> Catalog:
    try:
        text = path.read_text(encoding="utf-8")
        if unquoted := [number for number, line in enumerate(text.splitlines(), start=1) if not _LINE.match(line)]:
            raise CatalogueError(path, [(number, "a text without quotation marks around it") for number in unquoted])
        return read_po(io.StringIO(text), locale=path.stem.replace("-", "_"), abort_invalid=True)
    except PoFileError as error:
        raise CatalogueError(path, [(error.lineno + 1, str(error).partition(" on ")[0])]) from error
    except CatalogueError:
        raise
    except ValueError as error:
        raise CatalogueError(path, [(1, f"it cannot be read: {error}")]) from error


def _faults(message: Any) -> Iterator[str]:
    """Names between `%(` and `)s` that the message does not have, or a percent sign that means nothing."""
    known = {name for text in _texts(message.id) for name in _PLACEHOLDER.findall(text)}
    for text in _texts(message.string):
        unknown = sorted(set(_PLACEHOLDER.findall(text)) - known)
        if unknown:
            allowed = f"one of {', '.join(sorted(known))}" if known else "in the message"
            yield f'"%({unknown[0]})s" is not {allowed}'
        elif not _is_filled(text, known):
            yield "a percent sign that means nothing: write %% for one"


def _is_filled(text: str, names: Iterable[str]) -> bool:
    try:
        return bool(text % dict.fromkeys(names, "")) or True
    except (ValueError, TypeError, KeyError):
        return False


def _texts(typed: Any) -> tuple[str, ...]:
    """One text, or one for each number."""
    return (typed,) if isinstance(typed, str) else tuple(typed or ())


def _id_of(message: Any) -> str:
    return _texts(message.id)[0]


def _stamp(folder: Path | None) -> bytes:
    """What tells one state of a site's catalogues from another."""
    paths = sorted(folder.glob("*.po")) if folder and folder.is_dir() else []
    found = blake2b(digest_size=16)
    for path in paths:
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.digest()
