"""Files among somebody's posts that are none: settings and data of other programs, read-me files, section pages."""

from __future__ import annotations

import re
from pathlib import PurePath

from veillee.sources.headers import Document
from veillee.sources.marked import Mapping, Scalar, Sequence
from veillee.sources.naming import Names
from veillee.sources.yamls import YamlRead

_NAMES = frozenset({"_index", "readme", "changelog", "contributing", "license", "code_of_conduct", "security"})
_LAYOUTS = frozenset({"page", "home", "default", "search", "archive", "tags", "categories", "404"})
_KEY = re.compile(r"\s*(?:- +)?[\"']?([A-Za-z][\w -]{0,40})[\"']?\s*:(?:\s|\Z)")


def is_other_file(read: YamlRead, text: str, names: Names, *, needs_text: bool) -> bool:
    """Whether no record of a YAML file is a post: that has a text or, unless it must have one, a date.

    Of a file that cannot be read, its lines tell.
    """
    if read.root is None:
        return _is_other({key[1] for line in text.splitlines() if (key := _KEY.match(line))}, names, needs_text)
    nodes = read.root.items if isinstance(read.root, Sequence) else (read.root,)
    records = [{entry.key for entry in node} for node in nodes if isinstance(node, Mapping)]
    return all(_is_other(keys, names, needs_text) for keys in records)


def _is_other(keys: set[str], names: Names, needs_text: bool) -> bool:  # noqa: FBT001
    meanings = {names.meaning_of(key) for key in keys}
    return not ("body" in meanings or (not needs_text and "date" in meanings))


def is_other_document(document: Document, shown: str) -> bool:
    """Whether a Markdown file without a date is known to be no post by its name or by its layout."""
    layout = document.head.get("layout")
    word = layout.value.text.strip() if layout and isinstance(layout.value, Scalar) else ""
    return PurePath(shown).stem.lower() in _NAMES or word in _LAYOUTS
