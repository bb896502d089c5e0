"""The parts of an index: pages -> which of them are indexed together, so that a change costs a part and not all.

A part holds whole months of one language. It is filled from the oldest month on, so that what is new, and what is
edited soon after, falls into the last one; pages that have no date change with what is new, and follow it. A reader's
browser asks each part, so that there are never many: they grow with the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby

MARK = b"data-pagefind-body"
"""What a page holds that is to be found. Where none does, Pagefind would take all of them, lists too."""

ROOT = ""
"""The part that a search begins with: the oldest of each language."""

LEAST_PAGES = 512
MOST_PARTS = 16
"""Of one language. How many pages make a part is a power of two: where they grew with each page, so would all parts."""

_LANGUAGE = re.compile(rb"""<html[^>]*?\slang=["']?([A-Za-z0-9-]+)""")
_MONTH = re.compile(rb'[^<>]*?\sdata-date="(\d{4}-\d{2})')
_UNKNOWN = "unknown"
_UNDATED = "~"


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be found of a page, by its digest; empty where nothing is. `month` is `2026-11`, or `~`."""

    digest: str = ""
    language: str = _UNKNOWN
    month: str = _UNDATED


def found_in(page: bytes) -> tuple[Found, bytes]:
    """What is to be found of a page, and the part of it that says so."""
    mark = page.find(MARK)
    if mark < 0:
        return Found(), b""
    part = found_part(page)
    language, month = _LANGUAGE.search(page), _MONTH.match(page, mark)
    return Found(
        blake2b(part, digest_size=16).hexdigest(),
        language[1].decode().lower() if language else _UNKNOWN,
        month[1].decode() if month else _UNDATED,
    ), part


def found_part(page: bytes) -> bytes:
    """A page without what stands around its main part, where that holds all that is to be found; else all of it."""
    opening = page.find(b"<html")
    head_end, start, end = page.find(b">", opening) + 1, page.find(b"<main"), page.rfind(b"</main>")
    if opening < 0 or not 0 <= start < page.find(MARK) <= page.rfind(MARK) < end:
        return page
    return page[opening:head_end] + b"<body>" + page[start:end] + b"</main></body></html>"


def parts_of(pages: Mapping[str, Found]) -> dict[str, list[str]]:
    """The parts of an index by name, `ROOT` first, then `fr-1`, `fr-2`, ...; each with the paths of its pages."""
    parts: dict[str, list[str]] = {}
    told = sorted((one.language, one.month, path) for path, one in pages.items() if one.digest)
    for language, group in groupby(told, key=lambda one: one[0]):
        for number, paths in enumerate(_months_together([one[1:] for one in group])):
            parts.setdefault(f"{language}-{number}" if number else ROOT, []).extend(paths)
    return parts


def _months_together(pages: list[tuple[str, str]]) -> Iterable[list[str]]:
    """Whole months together, as many as make a part; the pages come as month and path, in order."""
    least = max(LEAST_PAGES, _power_of_two_in(2 * len(pages) // MOST_PARTS))
    part: list[str] = []
    for _, month in groupby(pages, key=lambda one: one[0]):
        part += [path for _, path in month]
        if len(part) >= least:
            yield part
            part = []
    if part:
        yield part


def _power_of_two_in(count: int) -> int:
    return 1 << max(count.bit_length() - 1, 0)
