"""Titles where none was typed: from the first heading of a text, its first words, or the name of its file."""

from __future__ import annotations

import html
import re
from pathlib import PurePath
from typing import NamedTuple

MAX_CHARS = 1_000  # no title is longer, and patterns stay quick on lines that are no titles

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*\Z")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*\Z")
_NO_PARAGRAPH = re.compile(r" {0,3}(?:[>|<]|[-*+][ \t]|\d+[.)][ \t]|#{1,6}(?:[ \t]|\Z))| {4}|\t|\s*\Z")
_FILE_DATE = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[-_. ]+(.*))?\Z")
_INLINE = (
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])"), r"\1"),
    (re.compile(r"\{[:#.][^}]*\}\s*\Z"), ""),
    (re.compile(r"<[a-zA-Z/][^>]*>"), ""),
    (re.compile(r"(`+)(.+?)\1"), r"\2"),
    (re.compile(r"(\*\*|__|\*|(?<!\w)_|~~)(?=\S)(.+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)
_LANGUAGE_ENDING = re.compile(r"\.[a-z]{2}(?:-[a-zA-Z]{2})?\Z")
_BUNDLES = frozenset({"index", "_index", "readme"})


class Heading(NamedTuple):
    """A heading's text without its marks, and where it stands: indexes of its first line and the line after it."""

    title: str
    start: int
    end: int
    level: int


def first_heading(lines: list[str]) -> Heading | None:
    """The first heading of a text in Markdown that has words in it, outside of code."""
    fence = ""
    for index, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) and not line.strip(" `~\t") else fence
        elif mark:
            fence = mark[1]
        elif heading := _heading_at(lines, index):
            return heading
    return None


def _heading_at(lines: list[str], index: int) -> Heading | None:
    line = lines[index][:MAX_CHARS]
    marks = _HEADING.match(line)
    if marks:
        title = without_marks(marks[2] or "")
        return Heading(title, index, index + 1, len(marks[1])) if title else None
    under = _UNDERLINE.match(lines[index + 1]) if index + 1 < len(lines) else None
    is_alone = index == 0 or _NO_PARAGRAPH.match(lines[index - 1])
    if under is None or not is_alone or _NO_PARAGRAPH.match(line):
        return None
    title = without_marks(line)
    return Heading(title, index, index + 2, 1 if under[1][0] == "=" else 2) if title else None


def without_heading(lines: list[str], heading: Heading) -> list[str]:
    """The text without a heading that stands above everything else or is of the first level; line count is kept."""
    opens = not any(line.strip() for line in lines[: heading.start])
    if not opens and heading.level > 1:
        return lines
    blank = [""] * (heading.end - heading.start)
    return [*lines[: heading.start], *blank, *lines[heading.end :]]


def first_words(body: str, limit: int = 60) -> str:
    """The beginning of a text in Markdown as a title, whole words; empty where there are none."""
    line = next((line for line in body.split("\n") if re.search(r"\w", line)), "")
    words = without_marks(line.strip(" \t>#-*+"))
    if len(words) <= limit:
        return words.rstrip(" .")
    return words[:limit].rpartition(" ")[0].rstrip(" ,;:.") + "…" if " " in words[:limit] else words[:limit] + "…"


def without_marks(text: str) -> str:
    """One line of Markdown as plain text."""
    text = text[:MAX_CHARS]
    for pattern, plain in _INLINE:
        text = pattern.sub(plain, text)
    return " ".join(html.unescape(text).split())


def title_of_file(shown: str) -> str:
    """`2026-11-20-our-picnic.md` -> `Our picnic`; for `night-shift/index.md`, the folder's name."""
    name = file_date_and_name(shown)[1] or file_name(shown)
    words = " ".join(name.replace("_", " ").replace("-", " ").split()) or name
    return words[:1].upper() + words[1:]


def file_date_and_name(shown: str) -> tuple[str | None, str]:
    """The date that the name of a file opens with, and the rest of the name."""
    name = file_name(shown)
    dated = _FILE_DATE.match(name)
    return (dated[1], dated[2] or "") if dated else (None, name)


def file_name(shown: str) -> str:
    """The name of a file without its ending and language (`picnic.fr.md`); its folder's, where it is called `index`."""
    path = PurePath(shown)
    stem = _LANGUAGE_ENDING.sub("", path.stem) or path.stem
    return path.parent.name if stem.lower() in _BUNDLES and path.parent.name else stem
