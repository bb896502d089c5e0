"""Translations: which of Pelican's contents are versions of each other, found in linear time.

Pelican's own function looks for each content in the list of all others. Here it is asked group by group.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import groupby
from operator import attrgetter
from typing import Any

import pelican.generators
from pelican.utils import process_translations as pelicans

Split = tuple[list[Any], list[Any]]
"""Originals and translations."""


def hasten_translations() -> None:
    """Makes Pelican's generators quicker in sorting out translations; a second call changes nothing."""
    pelican.generators.process_translations = process_translations


def process_translations(contents: list[Any], translation_id: str | Collection[str] | None = None) -> Split:
    """What Pelican's function of this name makes of the whole list, which it sorts by `translation_id`, too."""
    return _by_groups(contents, translation_id, pelicans)


def _by_groups(contents: list[Any], translation_id: str | Collection[str] | None, split: Callable[..., Split]) -> Split:
    if not translation_id:
        return split(contents, translation_id)
    names = (translation_id,) if isinstance(translation_id, str) else translation_id
    try:
        key = attrgetter(*names)
        contents.sort(key=key)
    except (TypeError, AttributeError):
        return split(contents, translation_id)  # whatever is wrong, Pelican says it
    originals: list[Any] = []
    translations: list[Any] = []
    for _, group in groupby(contents, key):
        found, others = split(list(group), translation_id)
        originals += found
        translations += others
    return originals, translations
