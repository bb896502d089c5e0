"""Reads: what one file of the content comes to, as a plain value, and back into what Pelican wants.

Tags, categories and authors point at the settings of a build; in a read they stand as names, and are made anew.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from pelican.urlwrappers import Author, Category, Tag, URLWrapper
from pelican.utils import SafeDatetime

from veillee.errors import Fault
from veillee.render.markdown import RenderedText
from veillee.site.content.findings import NOTHING, Findings
from veillee.site.content.memory import Asked
from veillee.site.content.records import Record
from veillee.site.packing import packed_as_call
from veillee.site.run import Run
from veillee.sources.posts import RawAnswer, RawPost


class Named(NamedTuple):
    """A tag, category or author: which of them, and its name."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class FileRead:
    """HTML (None where there is none to show) and metadata of a file, what is to be said of it, what its links asked.

    Nothing of it hangs on the build that it was read for.
    """

    html: str | None
    metadata: Mapping[str, Any]
    findings: Findings
    asked: Asked


class Wrappers:
    """Makes tags, categories and authors for one build; each name becomes a part of an address once."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._slugs: dict[Named, str] = {}

    def wrapped(self, named: Named) -> URLWrapper:
        made = _KINDS[named.kind](named.name, self._settings)
        known = self._slugs.get(named)
        if known is None:
            self._slugs[named] = made.slug
        elif known:  # of an empty one, Pelican says something
            made._slug = known
        return made

    def metadata(self, plain: Mapping[str, Any]) -> dict[str, Any]:
        """Metadata as Pelican's readers give it; nothing of it is shared with another build."""
        made: dict[Named, URLWrapper] = {}

        def one(value: Any) -> Any:
            if value.__class__ is Named:
                found = made.get(value)
                if found is None:
                    found = made[value] = self.wrapped(value)
                return found
            if value.__class__ is list:
                return [one(item) for item in value]
            return deepcopy(value) if value.__class__ in (dict, set) else value

        return {name: one(value) for name, value in plain.items()}


def wrappers_of(run: Run) -> Wrappers:
    """Those of this build."""
    if run.wrappers is None:
        run.wrappers = Wrappers(run.settings)
    found: Wrappers = run.wrappers
    return found


_KINDS: Mapping[str, type[URLWrapper]] = {"tag": Tag, "category": Category, "author": Author}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def plain_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The same with names for tags, categories and authors, where nobody chose their part of an address."""
    return {name: _plain(value) for name, value in metadata.items()}


def _plain(value: Any) -> Any:
    kind = value.__class__
    if kind in _NAMES and value._slug_from_name:
        return Named(_NAMES[kind], value._name)
    return [_plain(item) for item in value] if kind is list else value


def packed(read: FileRead) -> bytes | None:
    """A read as bytes; None where something in it is no plain value, such as an object of a plugin."""
    if not _are_plain(read.metadata.values()):
        return None
    said = None if read.findings is NOTHING else read.findings
    try:
        return pickle.dumps((read.html, read.metadata, said, read.asked), protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError):  # deep in a key that is nobody's
        return None


def unpacked(content: bytes) -> FileRead:
    """Raises whatever a pickle of another time raises."""
    html, metadata, findings, asked = pickle.loads(content)  # noqa: S301 from below the site's own folder, and sealed
    return FileRead(html, metadata, findings or NOTHING, asked)


_SINGLE = frozenset({str, int, float, bool, bytes, type(None), Named, Record, date, datetime, SafeDatetime})


def _are_plain(values: Iterable[Any]) -> bool:
    for value in values:
        kind = value.__class__
        if kind in _SINGLE:
            continue
        if kind is dict:
            if not (_are_plain(value) and _are_plain(value.values())):
                return False
        elif kind not in (list, tuple, set) or not _are_plain(value):
            return False
    return True


for _kind in (Named, Record, RenderedText, RawPost, RawAnswer, Fault, Findings):
    packed_as_call(_kind)
